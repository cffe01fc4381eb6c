"""One message to every socket of a room: what a delivery costs the server and Redis, beside a bare set of sockets.

Beside them, for the reader alone: Channels as documented, with a channel of the layer for each socket, and what it
costs to write a message down before it is told.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from asgiref.sync import async_to_sync
from channels.layers import channel_layers
from django.core.management import call_command
from django.utils import timezone
from websockets.sync.client import connect

from accounts.models import User
from benchmarks.limits.room import STOCK_GROUP
from benchmarks.listeners import MARK
from benchmarks.measuring import CpuClock, Result, compare, service_roots, spent
from benchmarks.room import ensure_room
from benchmarks.serving import cookie_of
from benchmarks.sockets import Address, Listeners, allow_many_files, listening, running_sockets
from live import groups
from live.hub import Event
from live.models import LiveSession
from live.services.chat import say
from live.sockets import encode

SIZES = (200, 1_000, 3_000)
TABS = 3  # of each learner
TEXT = f"Bu misolda avval {MARK}, keyin suratlar qoʻshiladi. Savollar boʻlsa, qoʻlingizni koʻtaring."
STOCK_MESSAGES = 5
WRITTEN = 200


def results() -> Iterator[Result]:
    call_command("migrate", verbosity=0)
    allow_many_files()
    session, users = ensure_room(max(SIZES) // TABS)
    cookies = [cookie_of(user)["Cookie"] for user in users]
    addresses = [(f"/live/{session.uuid}/socket/?language=uz", cookie) for cookie in cookies for _ in range(TABS)]
    writing = _cost_of_writing(session, users[0])
    for size in SIZES:
        result = _measure(session, addresses[:size])
        yield replace(result, detail=result.detail | _stock_costs(size) | {"writing it first": writing / size})


def _measure(session: LiveSession, addresses: Sequence[Address]) -> Result:
    size = len(addresses)
    with ExitStack() as stack:
        ours, bare = (stack.enter_context(listening(stack.enter_context(running_sockets()))) for _ in range(2))
        ours.open(addresses, until_told=True)
        bare.open([("/limits/room/bare/", "")] * size, until_told=False)
        speaker = stack.enter_context(connect(f"ws://127.0.0.1:{bare.server.port}/limits/room/bare/?speaks"))
        runner = stack.enter_context(asyncio.Runner())  # keeps its connection to Redis
        numbers = count(LiveSession.objects.get(pk=session.pk).last_seq + 1)

        def tell_ours() -> None:
            runner.run(groups.tell(session.uuid, events=[_event(next(numbers))], at_once=True))
            ours.wait(size)

        def tell_bare() -> None:
            speaker.send(encode({"op": "news", "seq": 1, "events": [_event(1)]}))
            bare.wait(size)

        result = compare(
            f"fanout, {size}",
            ours=tell_ours,
            limit=tell_bare,
            at_most=1.25,
            clock=ours.server.clock,
            limit_clock=bare.server.clock,
            rows=size,
        )
    return _per_delivery(result, size)


def _event(seq: int) -> Event:
    """A message as the services tell it."""
    by = {"id": str(UUID(int=seq)), "name": "Darsov Anvar"}
    return {"seq": seq, "kind": "say", "at": timezone.now().isoformat(), "by": by, "key": str(uuid4()), "text": TEXT}


def _per_delivery(result: Result, size: int) -> Result:
    """The same in millionths of a second for each socket."""
    scale = 1000 / size
    detail: dict[str, object] = {
        side: {name: round(ms * scale, 2) for name, ms in parts.items()}
        for side, parts in result.detail.items()
        if isinstance(parts, dict)
    }
    ours, limit = result.ours * scale, result.limit * scale
    return replace(result, ours=ours, limit=limit, unit="CPU µs", n=result.n * size, detail=detail)


def _stock_costs(size: int) -> dict[str, object]:
    """CPU µs of a delivery by Channels as documented, over Redis' publishing and over its lists."""
    costs: dict[str, object] = {}
    for path, alias in (("stock", "default"), ("queued", "queued")):
        layer = channel_layers[alias]
        with running_sockets() as server, listening(server) as stock:
            stock.open([(f"/limits/room/{path}/", "")] * size, until_told=False)

            def tell(listeners: Listeners = stock, layer: Any = layer) -> None:
                frame = {"op": "news", "events": [_event(1)]}
                async_to_sync(layer.group_send)(STOCK_GROUP, {"type": "room.message", "frame": frame})
                listeners.wait(size)

            tell()
            cost = sum(spent(tell, STOCK_MESSAGES, server.clock).values())
        costs[f"as documented, {type(channel_layers[alias]).__name__}"] = round(cost * 1000 / size, 1)
    return costs


def _cost_of_writing(session: LiveSession, user: User) -> float:
    """CPU µs of a message until it is handed to Redis, in a room without sockets."""
    clock = CpuClock(**service_roots())
    write = partial(say, session, text=TEXT, by=user)
    write()
    return sum(spent(write, WRITTEN, clock).values()) * 1000
