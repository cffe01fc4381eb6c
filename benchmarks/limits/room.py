"""The least that a room can be, a set of sockets that the same text is sent to; and Channels as documented."""

import json
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

STOCK_GROUP = "bench"


class BareRoom:
    """An ASGI application: a text reaches all who listen. There is no session, no right, no Redis."""

    def __init__(self) -> None:
        self.sends: set[Any] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        if scope["query_string"] != b"speaks":
            self.sends.add(send)
        try:
            while (message := await receive())["type"] == "websocket.receive":
                frame = {"type": "websocket.send", "text": message["text"]}
                for each in tuple(self.sends):
                    await each(frame)
        finally:
            self.sends.discard(send)


class StockConsumer(AsyncWebsocketConsumer):
    """A channel of the layer for each socket, as the documents of Channels show it."""

    async def connect(self) -> None:
        await self.channel_layer.group_add(STOCK_GROUP, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(STOCK_GROUP, self.channel_name)

    async def room_message(self, message: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(message["frame"]))


class QueuedStockConsumer(StockConsumer):
    """The same over lists of Redis rather than its publishing."""

    channel_layer_alias = "queued"
