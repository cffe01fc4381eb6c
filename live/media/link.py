"""One WebSocket to Janus for a whole process, with the handles of all its browsers side by side on it.

A handle is one seat in a room: of somebody who publishes, of somebody who watches, or our own, which hears who
publishes. Each message carries a token made for it. https://janus.conf.meetecho.com/docs/rest
"""

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from django.conf import settings
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from live.media.janus import MediaServerAway, Refusal
from live.media.tokens import PLUGIN, session_token

SECONDS = 10  # until an answer is taken to be lost
KEEP_ALIVE_SECONDS = 25  # Janus forgets a session that says nothing for 60
MOST_BYTES = 2**20  # of one message of Janus
ENDED = frozenset({"hangup", "detached"})

Message = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """What Janus says on a handle: the plug-in's data, and a session description where there is one."""

    data: Message
    sdp: str = ""
    has_ended: bool = False  # picture and sound no longer flow


class Handle:
    """One seat in a room."""

    def __init__(self, link: "Link", number: int, hear: Callable[[Said], None]) -> None:
        self.hear = hear
        self._link = link
        self._number = number

    async def ask(self, request: str, *, sdp: str = "", kind: str = "offer", **fields: Any) -> Said:
        """Ask the plug-in for something. Raises Refusal, MediaServerAway."""
        jsep = {"jsep": {"type": kind, "sdp": sdp}} if sdp else {}
        body = {"request": request, **fields}
        said = _said(await self._link.request("message", handle_id=self._number, body=body, **jsep))
        if "error_code" in said.data:
            raise Refusal(said.data["error_code"], said.data["error"])
        return said

    async def detach(self) -> None:
        """Give the seat up; one that is gone is given up."""
        self._link.handles.pop(self._number, None)
        with contextlib.suppress(Refusal, MediaServerAway):
            await self._link.request("detach", handle_id=self._number)


class Link:
    """The WebSocket, and the one session of Janus that lives on it; `lost` is called when it breaks."""

    def __init__(self, lost: Callable[[], None]) -> None:
        self.handles: dict[int, Handle] = {}
        self._lost = lost
        self._answers: dict[str, asyncio.Future[Message]] = {}
        self._socket: ClientConnection | None = None
        self._session: int | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Raises MediaServerAway, Refusal."""
        protocols = [Subprotocol("janus-protocol")]
        try:
            self._socket = await connect(
                settings.JANUS_URL, subprotocols=protocols, open_timeout=SECONDS, max_size=MOST_BYTES, compression=None
            )
        except (OSError, WebSocketException, TimeoutError) as error:
            raise MediaServerAway(str(error)) from error
        self._tasks.append(asyncio.create_task(self._read(self._socket)))
        self._session = (await self.request("create"))["data"]["id"]
        self._tasks.append(asyncio.create_task(self._keep_alive()))

    async def shut(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._socket:
            await self._socket.close()

    async def attach(self, hear: Callable[[Said], None]) -> Handle:
        """Take a seat; what is said on it later goes to `hear`. Raises Refusal, MediaServerAway."""
        number: int = (await self.request("attach", plugin=PLUGIN))["data"]["id"]
        handle = self.handles[number] = Handle(self, number, hear)
        return handle

    async def request(self, what: str, **fields: Any) -> Message:
        """Send a message and wait for its answer. Raises Refusal, MediaServerAway."""
        name = token_hex(8)
        session = {"session_id": self._session} if self._session else {}
        message = {"janus": what, "transaction": name, "token": session_token(), **session, **fields}
        future = self._answers[name] = asyncio.get_running_loop().create_future()
        try:
            if self._socket is None:
                raise MediaServerAway("not connected")
            await self._socket.send(json.dumps(message))
            answer: Message = await asyncio.wait_for(future, SECONDS)
        except (OSError, WebSocketException, TimeoutError) as error:
            raise MediaServerAway(str(error)) from error
        finally:
            self._answers.pop(name, None)
        if answer["janus"] == "error":
            raise Refusal(answer["error"]["code"], answer["error"]["reason"])
        return answer

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for text in socket:
                self._take(json.loads(text))
        except (OSError, WebSocketException):
            pass
        for future in self._answers.values():
            if not future.done():
                future.set_exception(MediaServerAway("the connection broke"))
        self._lost()

    def _take(self, message: Message) -> None:
        if message["janus"] == "ack":  # the answer follows
            return
        future = self._answers.get(message.get("transaction", ""))
        if future and not future.done():
            future.set_result(message)
        elif handle := self.handles.get(message.get("sender", 0)):
            handle.hear(_said(message))

    async def _keep_alive(self) -> None:
        with contextlib.suppress(Refusal, MediaServerAway):
            while True:
                await asyncio.sleep(KEEP_ALIVE_SECONDS)
                await self.request("keepalive")
        assert self._socket
        await self._socket.close()  # which the reader finds, and says


def _said(message: Message) -> Said:
    data = message.get("plugindata", {}).get("data", {})
    return Said(data, message.get("jsep", {}).get("sdp", ""), message["janus"] in ENDED)
