"""The names under which processes talk about a room, and how one process tells all."""

from typing import Any
from uuid import UUID

from channels.layers import channel_layers

LAYER = "default"
NEWS = "room.news"


def room_group(room: UUID) -> str:
    return f"live.{room}"


async def tell(room: UUID, *, layer: str = LAYER, **news: Any) -> None:
    """Hand news of a room to the hub of every process that has a socket in it: `live.hub.Room.take` says which."""
    await channel_layers[layer].group_send(room_group(room), {"type": NEWS, **news})
