"""One connection to a class: it writes at once while its reader keeps up, and waits within bounds while not."""

import asyncio
import contextlib
import json
import types
from collections import deque
from collections.abc import Awaitable, Callable, Generator
from enum import IntEnum
from typing import Any

MOST_FRAMES = 64  # that wait for a slow client

Frame = dict[str, Any]
Person = dict[str, Any]  # id, name, teaches


class Close(IntEnum):
    """Why the server ends a connection; docs/live.asyncapi.yaml tells clients what to do then."""

    TOO_LARGE = 1009
    SIGN_IN = 4401
    NOT_FOUND = 4404
    SENT_OUT = 4403
    SILENT = 4408
    OVER = 4410
    WAITING = 4423
    TOO_MANY = 4429


def encode(frame: Frame) -> str:
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


@types.coroutine
def _go_on(steps: Generator[Any, Any, None], waits_for: object) -> Generator[Any, Any, None]:
    """Go on, inside another task, with what was begun outside and stands waiting."""
    try:
        yield waits_for
    except BaseException:
        steps.close()
        raise
    yield from steps


class Socket:
    """One connection. It writes at once while the reader keeps up; else a bounded number of frames wait.

    With more than that it drops them all and, once the reader has caught up, says welcome anew: from its number the
    client asks for what it missed.
    """

    def __init__(self, send: Callable[[Any], Awaitable[None]], *, person: Person, visit: int) -> None:
        self.person = person
        self.visit = visit
        self.welcome: Callable[[], str] = str
        self.heard_at = 0.0
        self.hear()
        self._send = send
        self._waiting: deque[Frame] = deque()
        self._is_behind = False
        self._is_closed = False
        self._writer: asyncio.Task[None] | None = None

    def hear(self) -> None:
        """Note a sign of life."""
        self.heard_at = asyncio.get_running_loop().time()

    def write(self, text: str) -> None:
        self.put({"type": "websocket.send", "text": text})

    def close(self, code: Close) -> None:
        self.put({"type": "websocket.close", "code": int(code)})
        self._is_closed = True

    def drop(self) -> None:
        """Stop writing: the connection is gone."""
        if self._writer:
            self._writer.cancel()

    def put(self, message: Frame) -> None:
        """Send a message of ASGI, which many sockets may share."""
        if self._is_closed:
            return
        if self._writer:
            self._wait(message)
            return
        # Nearly every write ends without having to wait, and a task for each would cost more than the write itself.
        steps = self._send(message).__await__()
        try:
            waits_for = next(steps)
        except StopIteration:
            return
        except (OSError, RuntimeError):  # gone, and about to be told so
            return
        self._writer = asyncio.get_running_loop().create_task(self._catch_up(_go_on(steps, waits_for)))

    def _wait(self, message: Frame) -> None:
        if not self._is_behind and len(self._waiting) == MOST_FRAMES:
            self._waiting.clear()
            self._is_behind = True
        if not self._is_behind or message["type"] == "websocket.close":
            self._waiting.append(message)

    async def _catch_up(self, first: Awaitable[None]) -> None:
        with contextlib.suppress(OSError, RuntimeError):
            await first
            while self._waiting or self._is_behind:
                if self._is_behind:
                    self._is_behind = False
                    self._waiting.appendleft({"type": "websocket.send", "text": self.welcome()})
                await self._send(self._waiting.popleft())
        self._writer = None
