"""A table that is to be written wholly or not at all, while somebody else changes what it rests on."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction

from accounts.models import AuditEvent, Person
from base.models import Job
from base.services import jobs
from base.services.jobs import cancel_job, run_job
from enrollment.imports.kinds.residents import ResidentsKind
from enrollment.models import Import, ImportProblem, Resident
from enrollment.services.imports import apply_import, start_import
from tests.accounts.factories import make_mahalla, make_person, make_user
from tests.enrollment.factories import make_category, make_household, make_resident
from tests.enrollment.tables import csv_of
from tests.services import wait_for

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROWS, CHUNK = 70, 20
WAITS_FOR_US = "SELECT count(*) FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid"


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Import:
    """A checked table of chunks; rows of the third and the last chunk change the phones of known residents."""
    monkeypatch.setattr(ResidentsKind, "chunk", CHUNK)
    monkeypatch.setattr(jobs, "PULSE_SECONDS", 0.05)
    mahalla, category = make_mahalla(), make_category(code="in-need")
    user = make_user(role="counter", place=mahalla.district)
    rows: list[dict[str, Any]] = [
        {"surname": f"Sinovov{n}", "given_name": "Anvar", "birth_date": "1990-02-01", "category": "in-need"}
        for n in range(ROWS)
    ]
    for place, number in ((45, "X-45"), (65, "X-65")):
        names = {name: rows[place][name] for name in ("surname", "given_name", "birth_date")}
        home = make_household(mahalla=mahalla, category=category)
        make_resident(household=home, person=make_person(**names, external_id=number))
        rows[place] |= {"external_id": number, "phone": "+998901234567"}
    table = start_import("residents", ContentFile(csv_of(rows), "t.csv"), name="t.csv", by=user, enqueue=False)
    run_job(table.job_id)
    table = reread(table)
    assert (table.rows_new, table.rows_changed, table.rows_wrong) == (ROWS - 2, 2, 0)
    return apply_import(table, all_or_none=True, by=user, enqueue=False)


def reread(table: Import) -> Import:
    return Import.objects.select_related("job__owner").get(pk=table.pk)


def run(job_id: int) -> None:
    try:
        run_job(job_id)
    finally:
        connection.close()


@contextmanager
def stopped_in_the_middle(table: Import) -> Iterator["Future[None]"]:
    """The table being written, at rest where its third chunk wants somebody who is locked; it goes on at the end."""
    with ThreadPoolExecutor(1) as pool, connection.cursor() as cursor:
        with transaction.atomic():
            Person.objects.select_for_update().get(external_id="X-45")
            at_work = pool.submit(run, table.job_id)
            wait_for(lambda: at_work.done() or (cursor.execute(WAITS_FOR_US) and cursor.fetchone()[0]), seconds=20)
            if at_work.done():
                at_work.result()
                raise AssertionError(f"{reread(table).job.error}")
            yield at_work
        at_work.result()


def move_away() -> None:
    """Let somebody of the last chunk live where the sender does not work."""
    home = make_household(mahalla=make_mahalla())
    Resident.objects.filter(person__external_id="X-65").update(household=home, mahalla=home.mahalla)


def written() -> tuple[int, int, int]:
    audit = AuditEvent.objects.filter(action__in=["resident.registered", "person.changed", "household.created"])
    return Resident.objects.count() - 2, Person.objects.filter(phone="+998901234567").count(), audit.count()


def test_a_row_that_becomes_wrong_while_others_are_written_takes_them_all_back(table: Import) -> None:
    with stopped_in_the_middle(table):
        move_away()

    table = reread(table)
    assert (table.job.status, table.job.error_code) == ("failed", "rows-wrong")
    assert "67" in table.job.why
    assert written() == (0, 0, 0)
    assert (table.rows_new, table.rows_changed) == (0, 0)

    home = make_household(mahalla=Resident.objects.get(person__external_id="X-45").mahalla)
    Resident.objects.filter(person__external_id="X-65").update(household=home, mahalla=home.mahalla)
    assert table.job.owner
    run(apply_import(table, all_or_none=True, by=table.job.owner, enqueue=False).job_id)
    assert reread(table).is_applied
    assert written()[:2] == (ROWS - 2, 2)


def test_of_a_table_by_chunks_the_same_row_is_wrong_alone(table: Import) -> None:
    Import.objects.filter(pk=table.pk).update(all_or_none=False)
    with stopped_in_the_middle(table):
        move_away()

    assert reread(table).is_applied
    assert written()[:2] == (ROWS - 2, 1)
    assert [*ImportProblem.objects.values_list("row", "code")] == [(67, "known-elsewhere")]


def test_how_far_it_is_is_told_meanwhile_and_it_can_be_stopped(table: Import) -> None:
    with stopped_in_the_middle(table):
        job = Job.objects.filter(pk=table.job_id)
        wait_for(lambda: job.get().rows_done == 2 * CHUNK, seconds=10)
        assert written() == (0, 0, 0)
        cancel_job(job.get())

    assert reread(table).job.status == "cancelled"
    assert written() == (0, 0, 0)
