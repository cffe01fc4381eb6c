"""Counting all figures from nothing; the limit groups the referrals once into each of the two tables."""

from collections.abc import Iterator

from django.db import connection, transaction

from benchmarks.country import ensure_country
from benchmarks.measuring import CpuClock, Result, compare, service_roots
from reports.models import AnswerDays, Rollup
from reports.queries.rows import ANSWERS, REFERRALS
from reports.services import rollup


def group_once() -> None:
    """One INSERT … SELECT … GROUP BY into each table, with its indexes; then as if nothing had been."""
    with transaction.atomic():
        for model in (Rollup, AnswerDays):
            rows = model._default_manager.all()
            rows._raw_delete(rows.db)
        rollup._count_cells(Rollup, REFERRALS, REFERRALS.rows)
        rollup._count_cells(AnswerDays, ANSWERS, ANSWERS.rows)
        transaction.set_rollback(True)


def results() -> Iterator[Result]:
    referrals = ensure_country()
    yield compare(
        "rollup, rebuild",
        ours=rollup.rebuild,
        limit=group_once,
        at_most=3.0,
        clock=CpuClock(**service_roots()),
        rounds=5,
        rows=referrals,
    )
    connection.close()
