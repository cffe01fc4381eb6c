"""A client of a class's socket, as a browser with a session would be."""

import asyncio
import functools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from asgiref.sync import async_to_sync, sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.test import Client as Browser

from accounts.models import User
from live.models import LiveSession
from lms.asgi import application

HERE = "http://127.0.0.1:8000"
WAIT = 5.0
Frame = dict[str, Any]


def scenario(story: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run an async story as a test; its services then use the database connection of the test."""

    @functools.wraps(story)
    def test(**fixtures: Any) -> None:
        async_to_sync(story)(**fixtures)

    return test


class Client:
    """What one socket hears, and ways to speak."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket

    async def send_text(self, text: str) -> None:
        await self.socket.send_input({"type": "websocket.receive", "text": text})

    async def send(self, op: str, **fields: Any) -> None:
        await self.send_text(json.dumps({"op": op, **fields}))

    async def say(self, text: str, key: str | None = None) -> None:
        await self.send("say", text=text, key=key or str(uuid4()))

    async def hear(self, op: str | None = None, having: str | None = None) -> Frame:
        """The next frame, or the next with this `op` or a field `having`; others are passed over."""
        while True:
            message = await self.socket.receive_output(timeout=WAIT)
            assert message["type"] == "websocket.send", message
            frame: Frame = json.loads(message["text"])
            if op in (None, frame["op"]) and (having is None or having in frame):
                return frame

    async def hear_event(self, kind: str) -> Frame:
        """The next event of a kind; the others of its frame are passed over."""
        while True:
            frame = await self.hear("news", having="events")
            for event in frame["events"]:
                if event["kind"] == kind:
                    return dict(event)

    async def hears_nothing(self) -> bool:
        return bool(await self.socket.receive_nothing(timeout=0.4))

    async def refusal(self, op: str, **fields: Any) -> str:
        """Send a command that is refused; return the code of the refusal."""
        await self.send(op, **fields)
        return str((await self.hear("error"))["code"])

    async def close_code(self) -> int:
        """Wait until the server closes, whatever it says before."""
        while True:
            message = await self.socket.receive_output(timeout=WAIT)
            if message["type"] == "websocket.close":
                return int(message["code"])


def sign_in(user: User) -> str:
    browser = Browser()
    browser.force_login(user)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


async def open_socket(session: LiveSession, user: User | None, origin: str = HERE, cookie: str = "") -> Any:
    """Ask for a socket, with a session of `user` or that of `cookie`; the first message back says if it is accepted."""
    headers = [(b"origin", origin.encode()), (b"host", b"127.0.0.1:8000")]
    if user:
        cookie = await sync_to_async(sign_in)(user)
    if cookie:
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()))
    scope = {
        "type": "websocket",
        "path": f"/live/{session.uuid}/socket/",
        "query_string": b"language=en",
        "headers": headers,
        "client": ("127.0.0.1", 40000),
    }
    socket: Any = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]  # asgiref has no types
    await socket.send_input({"type": "websocket.connect"})
    return socket


@asynccontextmanager
async def connected(session: LiveSession, user: User | None) -> AsyncIterator[Client]:
    """A client on a socket that was accepted, though it may be closed with a code right away."""
    socket = await open_socket(session, user)
    assert (await socket.receive_output(timeout=WAIT))["type"] == "websocket.accept"
    try:
        yield Client(socket)
    finally:
        await socket.send_input({"type": "websocket.disconnect", "code": 1001})
        await socket.wait(timeout=WAIT)


@asynccontextmanager
async def joined(session: LiveSession, user: User) -> AsyncIterator[Client]:
    """A client that has been welcomed."""
    async with connected(session, user) as client:
        await client.hear("welcome")
        yield client


async def settle() -> None:
    """Let a little more than the gathering time pass."""
    await asyncio.sleep(0.3)
