"""As much of TURN as a browser speaks before picture and sound go through a relay (RFC 8489, 8656)."""

import hashlib
import hmac
import os
import socket
import struct
from collections.abc import Mapping

COOKIE = 0x2112A442
ALLOCATE, PERMIT, SEND, DATA = 0x003, 0x008, 0x016, 0x017
ALLOCATED, PERMITTED = 0x103, 0x108
USERNAME, INTEGRITY, ERROR, PEER, BODY, REALM, NONCE, TRANSPORT = 0x06, 0x08, 0x09, 0x12, 0x13, 0x14, 0x15, 0x19
Fields = Mapping[int, bytes]


class TurnClient:
    """One browser at one relay, with a name and password; it asks in vain until the relay has named its realm."""

    def __init__(self, relay: tuple[str, int], name: str, password: str) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(5)
        self.socket.connect(relay)
        self.name, self.password = name, password
        self.signed: dict[int, bytes] = {}

    def allocate(self) -> int:
        """Take an address at the relay; 0, or the code of the refusal."""
        kind, fields = self._ask(ALLOCATE, {TRANSPORT: b"\x11\0\0\0"})
        if _code(fields) == 401 and not self.signed:
            self.signed = {USERNAME: self.name.encode(), REALM: fields[REALM], NONCE: fields[NONCE]}
            kind, fields = self._ask(ALLOCATE, {TRANSPORT: b"\x11\0\0\0"})
        return 0 if kind == ALLOCATED else _code(fields)

    def permit(self, host: str) -> int:
        """Ask to be let through to this host; 0, or the code of the refusal."""
        kind, fields = self._ask(PERMIT, {PEER: _peer(host, 0)})
        return 0 if kind == PERMITTED else _code(fields)

    def send(self, host: str, port: int, body: bytes) -> None:
        self.socket.send(_message(SEND, {PEER: _peer(host, port), BODY: body}))

    def _ask(self, kind: int, fields: Fields) -> tuple[int, dict[int, bytes]]:
        self.socket.send(_message(kind, {**fields, **self.signed}, key=self._key() if self.signed else b""))
        return _parsed(self.socket.recv(2048))

    def _key(self) -> bytes:
        return hashlib.md5(b":".join((self.name.encode(), self.signed[REALM], self.password.encode()))).digest()


def _message(kind: int, fields: Fields, *, key: bytes = b"") -> bytes:
    body = b"".join(_field(name, value) for name, value in fields.items())
    head = struct.pack("!HHI", kind, len(body) + (24 if key else 0), COOKIE) + os.urandom(12)
    seal = _field(INTEGRITY, hmac.new(key, head + body, hashlib.sha1).digest()) if key else b""
    return head + body + seal


def _field(name: int, value: bytes) -> bytes:
    return struct.pack("!HH", name, len(value)) + value + b"\0" * (-len(value) % 4)


def _peer(host: str, port: int) -> bytes:
    address = int.from_bytes(socket.inet_aton(host), "big") ^ COOKIE
    return struct.pack("!HHI", 1, port ^ (COOKIE >> 16), address)


def _parsed(message: bytes) -> tuple[int, dict[int, bytes]]:
    fields, at = {}, 20
    while at < len(message):
        name, size = struct.unpack("!HH", message[at : at + 4])
        fields[name] = message[at + 4 : at + 4 + size]
        at += 4 + size + -size % 4
    return struct.unpack("!H", message[:2])[0], fields


def _code(fields: Fields) -> int:
    return fields[ERROR][2] * 100 + fields[ERROR][3] if ERROR in fields else 0
