"""`python -m benchmarks.listeners`: the far ends of many sockets, in a process whose work is not counted.

Reads one JSON command a line and answers each with one line: `open` addresses (and say when all are open, or have
been told a first frame), wait until so many frames with a message were heard in all, `close` them.
"""

import asyncio
import base64
import json
import os
import sys
from typing import Any

import uvloop

MARK = "umumiy maxraj topiladi"  # by which the message is known among other frames
HEARD = MARK.encode()
AT_ONCE = 64  # that shake hands at the same time, as when a class begins
BEAT_SECONDS = 15
TEXT, PING, PONG = 0x1, 0x9, 0xA


class Listener(asyncio.Protocol):
    """One socket: it asks for an upgrade as a browser does, counts frames and answers pings."""

    def __init__(self, ears: "Ears", path: str, cookie: str, origin: str) -> None:
        self.ears = ears
        self.opened = asyncio.get_running_loop().create_future()
        self.buffer = b""
        key = base64.b64encode(os.urandom(16)).decode()
        self.request = (
            f"GET {path} HTTP/1.1\r\nHost: {origin}\r\nOrigin: http://{origin}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nCookie: {cookie}\r\n\r\n"
        )
        self.is_upgraded = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(self.request.encode())

    def connection_lost(self, error: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("the server closed it"))

    def data_received(self, data: bytes) -> None:
        data = self.buffer + data
        if not self.is_upgraded:
            head, end, rest = data.partition(b"\r\n\r\n")
            if not end:
                self.buffer = data
                return
            if self.opened.done():
                return
            if not head.startswith(b"HTTP/1.1 101") or b"permessage-deflate" in head:
                self.opened.set_exception(ConnectionError(head.decode()))
                return
            self.is_upgraded, data = True, rest
            if not self.ears.is_told_first:
                self.opened.set_result(None)
        while len(data) >= 2:
            size, at = data[1] & 127, 2
            if size > 125:
                at = 4 if size == 126 else 10
                size = int.from_bytes(data[2:at], "big")
            if len(data) < at + size:
                break
            self.take(data[0] & 15, data[at : at + size])
            data = data[at + size :]
        self.buffer = data

    def write(self, opcode: int, payload: bytes) -> None:
        """A short frame, masked with zeros."""
        self.transport.write(bytes([0x80 | opcode, 0x80 | len(payload), 0, 0, 0, 0]) + payload)

    def take(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self.write(PONG, payload)
        elif opcode == TEXT:
            if HEARD in payload:
                self.ears.hear()
            elif not self.opened.done():
                self.opened.set_result(None)


class Ears:
    """All the listeners of this process, and how many messages they have heard."""

    def __init__(self) -> None:
        self.listeners: list[Listener] = []
        self.heard = self.awaited = 0
        self.is_told_first = False
        self.is_enough = asyncio.Event()
        self.beats = asyncio.create_task(self.beat())

    def hear(self) -> None:
        self.heard += 1
        if self.heard >= self.awaited:
            self.is_enough.set()

    async def beat(self) -> None:
        """Give the sign of life without which a socket of a class is closed."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            for listener in self.listeners if self.is_told_first else ():
                listener.write(TEXT, b'{"op":"beat"}')

    async def open(self, port: int, sockets: list[tuple[str, str]], first: bool) -> None:
        self.is_told_first = first
        gate = asyncio.Semaphore(AT_ONCE)

        async def connect(path: str, cookie: str) -> None:
            async with gate:
                loop = asyncio.get_running_loop()
                _, listener = await loop.create_connection(
                    lambda: Listener(self, path, cookie, f"127.0.0.1:{port}"), "127.0.0.1", port
                )
                self.listeners.append(listener)
                await listener.opened

        await asyncio.gather(*(connect(path, cookie) for path, cookie in sockets))

    async def wait(self, count: int) -> None:
        self.awaited = count
        if self.heard < count:
            self.is_enough.clear()
            await self.is_enough.wait()

    async def close(self) -> None:
        for listener in self.listeners:
            listener.transport.abort()
        self.listeners.clear()


async def main() -> None:
    ears, reader = Ears(), asyncio.StreamReader(limit=2**24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        command, arguments = json.loads(line)
        await getattr(ears, command)(**arguments)
        print(json.dumps({"heard": ears.heard}), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
