"""Figures counted from nothing, beside one GROUP BY into each table; and how soon a move stands on a page.

The limit counts what the tables hold at their finest, from each kind of rows that they count; ours adds the sums that
pages read, for places, providers, courses and so on.
"""

import re
import time
from collections.abc import Iterator
from statistics import median

from django.db import connection, transaction

from accounts.models import User
from benchmarks.country import ensure_country
from benchmarks.measuring import CpuClock, Result, compare, service_roots
from benchmarks.serving import Server, cookie_of, running_server
from benchmarks.statistics import pages, supervisor
from enrollment.models import Enrollment
from enrollment.services.enrollments import withdraw_enrollment
from lms.supervisor import worker_command
from reports.queries.addresses import read_query
from reports.services import rollup
from tests.services import running, wait_for

MOVES = 9
PATIENCE = 60.0


def results() -> Iterator[Result]:
    referrals = ensure_country()
    yield compare(
        "rollup, rebuild",
        ours=rollup.rebuild,
        limit=group_once,
        at_most=3.0,
        clock=CpuClock(**service_roots()),
        rounds=3,
        rows=referrals,
    )
    seconds = [*seconds_until_shown()]
    name, detail = "rollup, a move until it is on the page", {"longest": round(max(seconds), 3)}
    yield Result(
        name=name,
        ours=median(seconds),
        limit=1.0,
        at_most=5.0,
        unit="seconds",
        n=MOVES,
        rows=referrals,
        detail={**detail},
    )


def group_once() -> None:
    """Fill both tables with their finest grain, under their indexes; then as if nothing had been."""
    with transaction.atomic():
        for model, sources in rollup.SOURCES.items():
            rows = model._default_manager.all()
            rows._raw_delete(rows.db)
            for source in sources:
                rollup._count_cells(model, source, source.rows)
        transaction.set_rollback(True)


def seconds_until_shown() -> Iterator[float]:
    """Learners leave their course; from each commit until the page of their district says so."""
    page = next(page for page in pages() if page.name == "supervisor: mahalla")
    district = read_query(page.asked).narrowed["district"]
    reader, headers = supervisor(), cookie_of(supervisor())
    leaving = Enrollment.objects.filter(referral__district=district, status=Enrollment.Status.ACTIVE)[:MOVES]
    with running_server() as server, running(worker_command()):
        for enrollment in leaving:
            yield _leave(enrollment, reader, server, page.path, headers)
    connection.close()


def _leave(enrollment: Enrollment, by: User, server: Server, path: str, headers: dict[str, str]) -> float:
    before = _table(server.get(path, headers))
    withdraw_enrollment(enrollment, reason="other", by=by)
    started = time.perf_counter()
    wait_for(lambda: _table(server.get(path, headers)) != before, PATIENCE)
    return time.perf_counter() - started


def _table(page: bytes) -> bytes:
    """The figures, without what changes at each visit."""
    found = re.search(rb"<table.*?</table>", page, re.DOTALL)
    assert found
    return found[0]
