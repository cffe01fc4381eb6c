"""A client written by what docs/live.asyncapi.yaml says, and nothing else; only its waits are shorter."""

import asyncio
import contextlib
import json
import random
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

BEAT_SECONDS = 2.0
FIRST_WAIT, LONGEST_WAIT = 0.1, 1.0
STAY_AWAY = {4401, 4404, 4410, 4429}


class Stranger:
    """One tab: it shows each event once and in order, and comes back where it can."""

    def __init__(self, addresses: Sequence[str], headers: dict[str, str]) -> None:
        self.addresses = list(addresses)  # of the nodes, the first of which is asked first
        self.headers = headers
        self.shown: list[dict[str, Any]] = []
        self.refusals: list[str] = []
        self.unsent: dict[str, str] = {}  # said and not yet seen as an event: text by key
        self.unanswered: dict[str, str] = {}  # votes that the server has not answered: choice by poll
        self.answered: dict[str, list[str]] = {}
        self.stays: list[list[float]] = []  # from a welcome until the connection was gone
        self.welcomed = asyncio.Event()
        self.may_return = True
        self._is_in = False
        self._early: dict[int, dict[str, Any]] = {}
        self._socket: ClientConnection | None = None

    @property
    def seen(self) -> int:
        return self.shown[-1]["seq"] if self.shown else 0

    async def run(self) -> None:
        wait = FIRST_WAIT
        while self.may_return:
            with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                url = self.addresses[0]
                own = "http://" + urlsplit(url).netloc  # the origin of a page of the same host
                async with connect(url, origin=Origin(own), additional_headers=self.headers) as socket:
                    self._socket, wait = socket, FIRST_WAIT
                    await self._stay(socket)
                if socket.close_code in STAY_AWAY:
                    return
            self.addresses.append(self.addresses.pop(0))
            await asyncio.sleep(random.uniform(0, wait))
            wait = min(2 * wait, LONGEST_WAIT)

    async def _stay(self, socket: ClientConnection) -> None:
        beats = asyncio.create_task(self._beat(socket))
        try:
            async for text in socket:
                await self._take(socket, json.loads(text))
        finally:
            beats.cancel()
            if self._is_in:
                self.stays[-1][1] = time.time()
                self._is_in = False

    async def _beat(self, socket: ClientConnection) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            await self._send(socket, "beat")

    async def _take(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        if frame["op"] == "error":
            self.refusals.append(frame["code"])
            return
        if frame["op"] == "welcome":
            if not self._is_in:  # a welcome in mid-stay only says that frames were lost
                self.stays.append([time.time()] * 2)
                self._is_in = True
            self.welcomed.set()
            for key, text in self.unsent.items():
                await self._send(socket, "say", key=key, text=text)
            for poll, choice in self.unanswered.items():
                await self._send(socket, "vote", poll=poll, choices=[choice])
        if frame["op"] == "results" and "mine" in frame:
            self.answered[frame["poll"]] = frame["mine"]
            self.unanswered.pop(frame["poll"], None)
        self._show(frame.get("events", ()))
        if frame.get("seq", 0) > self.seen or self._early or frame.get("more"):
            await self._send(socket, "sync", since=self.seen)

    def _show(self, events: Sequence[dict[str, Any]]) -> None:
        self._early |= {event["seq"]: event for event in events if event["seq"] > self.seen}
        while event := self._early.pop(self.seen + 1, None):
            self.shown.append(event)
            self.unsent.pop(event.get("key", ""), None)

    async def say(self, text: str) -> None:
        key = str(uuid4())
        self.unsent[key] = text
        await self.ask("say", key=key, text=text)

    async def vote(self, poll: str, choice: str) -> None:
        self.unanswered[poll] = choice
        await self.ask("vote", poll=poll, choices=[choice])

    async def ask(self, op: str, **fields: Any) -> None:
        """Send a command, if there is a connection to send it on."""
        with contextlib.suppress(OSError, WebSocketException):
            if self._socket and self.welcomed.is_set():
                await self._send(self._socket, op, **fields)

    async def _send(self, socket: ClientConnection, op: str, **fields: Any) -> None:
        await socket.send(json.dumps({"op": op, **fields}))
