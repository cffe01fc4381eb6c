"""BigBlueButton and LiveKit as far as Malaka knows them: they check what they are told as the real ones do."""

import base64
import hashlib
import hmac
import json
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar, Self
from urllib.parse import parse_qsl, urlsplit

SECRET = "a secret of thirty-two letters, or more"
KEY = "APImalaka"


def read_token(token: str, secret: str = SECRET) -> dict[str, Any]:
    """The claims of a JSON Web Token, checked as servers check them; an empty answer for one that is not good."""
    head, body, seal = [*token.split("."), "", ""][:3]
    expected = hmac.new(secret.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(_decoded(seal), expected) or json.loads(_decoded(head))["alg"] != "HS256":
        return {}
    claims: dict[str, Any] = json.loads(_decoded(body))
    return claims if claims["nbf"] <= time.time() < claims["exp"] else {}


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Fake(ABC):
    """A server on a port of its own. `broken`, where set, is what it answers to everything: status, body, seconds."""

    rooms: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    broken: tuple[int, bytes, float] | None = None
    url: str = ""

    @abstractmethod
    def answer(self, path: str, query: str, headers: Any, body: bytes) -> tuple[int, bytes]:
        """Status and body."""

    @contextmanager
    def running(self) -> Iterator[Self]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, said, seconds = fake.broken or (*fake.answer(parts.path, parts.query, self.headers, body), 0)
                self.send_response(status)
                self.send_header("Content-Length", str(len(said)))
                self.send_header("Location", f"{fake.url}/elsewhere")
                self.end_headers()
                with suppress(ConnectionError):  # whoever asked waits no longer
                    for piece in (said[:4], said[4:]):
                        time.sleep(seconds)
                        self.wfile.write(piece)

            do_POST = do_GET  # noqa: N815  # as http.server asks for it

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


class FakeBigBlueButton(Fake):
    def answer(self, path: str, query: str, headers: Any, body: bytes) -> tuple[int, bytes]:
        call = path.removeprefix("/bigbluebutton/api/")
        signed, _, checksum = query.rpartition("checksum=")
        signed = signed.removesuffix("&")
        expected = hashlib.sha256(f"{call}{signed}{SECRET}".encode()).hexdigest()
        if checksum != expected:
            return 200, _failed("checksumError")
        self.calls.append(call)
        fields = dict(parse_qsl(signed, strict_parsing=bool(signed)))
        return 200, getattr(self, f"on_{call.lower()}")(fields)

    def on_create(self, fields: dict[str, str]) -> bytes:
        if not 2 <= len(fields["name"]) <= 64:
            return _failed("validationError")
        if self.rooms.setdefault(fields["meetingID"], fields) != fields:
            return _failed("idNotUnique")
        return _done()

    def on_end(self, fields: dict[str, str]) -> bytes:
        return _done() if self.rooms.pop(fields["meetingID"], None) else _failed("notFound")

    def on_getmeetings(self, fields: dict[str, str]) -> bytes:
        meetings = (f"<meeting><meetingID>{escape(name)}</meetingID></meeting>" for name in self.rooms)
        return _done(f"<meetings>{''.join(meetings)}</meetings>")

    def on_join(self, fields: dict[str, str]) -> bytes:
        room = self.rooms.get(fields["meetingID"])
        if room is None or fields["role"] not in ("MODERATOR", "VIEWER"):
            return _failed("notFound")
        room.setdefault("people", {})[fields["userID"]] = fields
        return _done()


def _done(more: str = "") -> bytes:
    return f"<response><returncode>SUCCESS</returncode>{more}</response>".encode()


def _failed(key: str) -> bytes:
    return f"<response><returncode>FAILED</returncode><messageKey>{key}</messageKey></response>".encode()


class FakeLiveKit(Fake):
    """Rooms with `people`: what each may publish, by identity."""

    GRANTS: ClassVar[dict[str, str]] = {"CreateRoom": "roomCreate", "DeleteRoom": "roomCreate", "ListRooms": "roomList"}

    def answer(self, path: str, query: str, headers: Any, body: bytes) -> tuple[int, bytes]:
        call, fields = path.removeprefix("/twirp/livekit.RoomService/"), json.loads(body)
        claims = read_token(headers["Authorization"].removeprefix("Bearer "))
        grants = claims.get("video", {})
        grant = self.GRANTS.get(call, "roomAdmin")
        if claims.get("iss") != KEY or not grants.get(grant) or grants.get("room", "") not in ("", fields.get("room")):
            return 401, b'{"code": "unauthenticated"}'
        self.calls.append(call)
        if "room" in fields and fields["room"] not in self.rooms:
            return 404, b'{"code": "not_found"}'
        return 200, json.dumps(getattr(self, f"on_{call.lower()}")(**fields)).encode()

    def on_createroom(self, name: str, empty_timeout: int) -> dict[str, Any]:
        self.rooms.setdefault(name, {"people": {}})
        return {"name": name}

    def on_deleteroom(self, room: str) -> dict[str, Any]:
        del self.rooms[room]
        return {}

    def on_listrooms(self) -> dict[str, Any]:
        return {"rooms": [{"name": name} for name in self.rooms]}

    def on_listparticipants(self, room: str) -> dict[str, Any]:
        people = self.rooms[room]["people"].items()
        return {"participants": [{"identity": who, "permission": {"can_publish": may}} for who, may in people]}

    def on_removeparticipant(self, room: str, identity: str) -> dict[str, Any]:
        self.rooms[room]["people"].pop(identity)
        return {}

    def on_updateparticipant(self, room: str, identity: str, permission: dict[str, bool]) -> dict[str, Any]:
        self.rooms[room]["people"][identity] = permission["can_publish"]
        return {}
