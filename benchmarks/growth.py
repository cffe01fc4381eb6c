"""Every list at ten rows and at a million: as many statements of SQL, and nearly as fast.

Both are the same pages of the same server on two databases; each shows ten lines.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial

from benchmarks.listing.counting import HEADER
from benchmarks.listing.databases import ensure_database, using
from benchmarks.listing.lists import LISTS
from benchmarks.listing.readers import places, readers
from benchmarks.measuring import Clock, Result, compare, service_roots
from benchmarks.serving import Server, ServerClock, running_server

FEW, MANY = 10, int(os.environ.get("BENCH_GROWTH", "1000000"))
CHOSEN = os.environ.get("BENCH_LISTS", "")  # only the views in whose names this regular expression is found
REQUESTS_IN_A_ROUND, ROUNDS = 20, 5


@dataclass(frozen=True)
class Side:
    """One of the two databases with its server: by the name of each view of a list its address and who asks."""

    server: Server
    views: Mapping[str, tuple[str, Mapping[str, str]]]

    def get(self, view: str) -> int:
        """Ask for it; returns how many statements the answer took."""
        headers, _body = self.server.ask(*self.views[view])
        return int(headers[HEADER])


def results() -> Iterator[Result]:
    names = ensure_database(FEW), ensure_database(MANY)
    with ExitStack() as stack:
        few, many = (stack.enter_context(running_side(name)) for name in names)
        clock = ServerClock(few=few.server.process, many=many.server.process, **service_roots())
        for view in filter(re.compile(CHOSEN).search, many.views):
            yield from measure(view, few, many, clock)


@contextmanager
def running_side(name: str) -> Iterator[Side]:
    with using(name) as url:
        known, where = readers(), places()
        views = {view: (path, known[entry.reader]) for entry in LISTS for view, path in entry.views(where)}
    with running_server(DATABASE_URL=url, DJANGO_SETTINGS_MODULE="benchmarks.listing.settings") as server:
        yield Side(server, views)


def measure(view: str, few: Side, many: Side, clock: Clock) -> Iterator[Result]:
    """The time of a view of a list; and its statements of SQL where they are not as many."""
    name, at_few = (
        f"growth, {view}",
        view.removesuffix(", middle"),
    )  # what stands in the middle of ten shows fewer lines
    few.get(at_few), many.get(view)
    asked = {"queries": [few.get(at_few), many.get(view)]}
    if len(set(asked["queries"])) > 1:
        fewer, more = asked["queries"]
        yield Result(name=f"{name}: queries", ours=more, limit=fewer, at_most=1, unit="queries", n=1, rows=MANY)
    result = compare(
        name,
        ours=partial(many.get, view),
        limit=partial(few.get, at_few),
        at_most=1.3,
        clock=clock,
        rounds=ROUNDS,
        least=REQUESTS_IN_A_ROUND,
        rows=MANY,
    )
    yield replace(result, detail=result.detail | asked)
