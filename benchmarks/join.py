"""A thousand people enter a room: what each costs the server, PostgreSQL and Redis, how fast they are in, and how much
memory each holds.

Each socket is let in by its session and rights, written down as a visit, and told who is there; the limit only accepts.
"""

import time
from collections.abc import Iterator, Sequence
from statistics import median

from django.core.management import call_command

from benchmarks.measuring import Result
from benchmarks.room import ensure_room
from benchmarks.serving import cookie_of
from benchmarks.sockets import Address, Listeners, allow_many_files, listening, memory_of, running_sockets
from live.models import Visit
from tests.services import wait_for

SOCKETS, ROUNDS = 1_000, 5
WARM = 50
SETTLE_SECONDS = 0.5  # until the last newcomers are told to all


def results() -> Iterator[Result]:
    call_command("migrate", verbosity=0)
    allow_many_files()
    session, users = ensure_room(SOCKETS)
    ours = [(f"/live/{session.uuid}/socket/?language=uz", cookie_of(user)["Cookie"]) for user in users]
    bare = [("/limits/room/bare/", "")] * SOCKETS
    with running_sockets() as server, running_sockets() as other, listening(server) as room, listening(other) as limit:
        for listeners, addresses in ((room, ours), (limit, bare)):
            _enter(listeners, addresses[:WARM])
        memory, least = _memory(room, ours), _memory(limit, bare)  # first: memory that is free again is not given back
        rounds = [(_enter(room, ours), _enter(limit, bare)) for _ in range(ROUNDS)]
    sides = [
        {part: round(median(one[part] for one in side), 3) for part in side[0]} for side in zip(*rounds, strict=True)
    ]
    waits = [side.pop("wall") for side in sides]
    totals = [median(sum(one.values()) - one["wall"] for one in side) for side in zip(*rounds, strict=True)]
    yield Result(
        name="join",
        ours=totals[0],
        limit=totals[1],
        at_most=6.0,
        unit="CPU ms",
        n=SOCKETS * ROUNDS,
        rows=SOCKETS,
        detail={"ours": sides[0], "limit": sides[1]},
    )
    rates: dict[str, object] = {"a second": round(1000 / waits[0]), "bare sockets a second": round(1000 / waits[1])}
    yield Result(
        name="join, rate",
        ours=waits[0],
        limit=waits[1],
        at_most=6.0,
        unit="wall ms",
        n=SOCKETS * ROUNDS,
        rows=SOCKETS,
        detail=rates,
    )
    detail: dict[str, object] = {"a bare socket": round(least, 1)}
    yield Result(
        name="join, memory", ours=memory, limit=60, at_most=1.0, unit="kB", n=SOCKETS, rows=SOCKETS, detail=detail
    )


def _enter(room: Listeners, addresses: Sequence[Address]) -> dict[str, float]:
    """CPU ms of each socket, by who spends them, and ms as time passes; all are gone again afterwards."""
    before = room.server.clock.read()
    seconds = _open(room, addresses)
    after = room.server.clock.read()
    _leave(room)
    spent = {part: after[part] - before[part] for part in after} | {"wall": seconds}
    return {part: value * 1000 / len(addresses) for part, value in spent.items()}


def _memory(room: Listeners, addresses: Sequence[Address]) -> float:
    """How many kB of memory each of them holds, on a server that nobody has been on but a few."""
    before = memory_of(room.server.process)
    _open(room, addresses)
    held = memory_of(room.server.process) - before
    _leave(room)
    return held / len(addresses)


def _open(room: Listeners, addresses: Sequence[Address]) -> float:
    """How many seconds it took until the last was in."""
    started = time.perf_counter()
    room.open(addresses, until_told=bool(addresses[0][1]))
    seconds = time.perf_counter() - started
    time.sleep(SETTLE_SECONDS)
    return seconds


def _leave(room: Listeners) -> None:
    room.close()
    wait_for(lambda: not Visit.objects.filter(left_at=None).exists(), 60)
    time.sleep(SETTLE_SECONDS)
