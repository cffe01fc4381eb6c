"""Two tables about the same people at once, and a form beside a table: nobody is written down twice."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from accounts.models import Person, User
from accounts.services.people import PersonData
from base.services.jobs import run_job
from courses.models import Course
from enrollment.models import Household, Import, Referral, Resident
from enrollment.services.imports import start_import
from enrollment.services.residents import ResidentKnown, register_resident
from tests.accounts.factories import make_mahalla, make_organization, make_user
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_category, make_household
from tests.enrollment.tables import csv_of
from tests.pinfl import make_pinfl

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROWS = 300


def lines(course: Course) -> list[dict[str, Any]]:
    """People known by PINFL, by a number, by an address and their name alone."""
    rows = []
    for n in range(ROWS):
        who = {"surname": f"Sinovov{n}", "given_name": "Anvar", "birth_date": "1990-02-01", "address": f"Bog, {n // 2}"}
        if n % 3 == 0:
            who["pinfl"] = make_pinfl(birth="1990-02-01", gender="male")
        elif n % 3 == 1:
            who["external_id"] = f"X-{n}"
        rows.append(who | {"category": "in-need", "course": course.slug})
    return rows


def started(user: User, content: bytes) -> Import:
    return start_import("referrals", ContentFile(content, "t.csv"), name="t.csv", by=user, apply=True, enqueue=False)


def run(job_id: int) -> None:
    try:
        run_job(job_id)
    finally:
        connection.close()


def test_two_tables_of_the_same_people_make_each_once(tmp_path: Path) -> None:
    mahalla = make_mahalla()
    make_category(code="in-need")
    course = make_published_course(provider=make_organization())
    content = csv_of(lines(course))
    users = [make_user(role="counter", place=mahalla.district) for _ in range(2)]
    before = Person.objects.count()
    tables = [started(user, content) for user in users]

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, [table.job_id for table in tables]))

    answers = [Import.objects.select_related("job").get(pk=table.pk) for table in tables]
    assert [answer.job.status for answer in answers] == ["done", "done"], [answer.job.error for answer in answers]
    assert sorted((one.rows_new, one.rows_unchanged, one.rows_wrong) for one in answers) == [(0, ROWS, 0), (ROWS, 0, 0)]
    assert Person.objects.count() - before == Resident.objects.count() == Referral.objects.count() == ROWS
    assert Household.objects.count() == ROWS / 2


def test_a_form_beside_a_table_makes_each_once() -> None:
    mahalla = make_mahalla()
    category = make_category(code="in-need")
    course = make_published_course(provider=make_organization())
    rows = lines(course)
    user, typist = (make_user(role="counter", place=mahalla.district) for _ in range(2))
    home = make_household(mahalla=mahalla, category=category)
    table = started(user, csv_of(rows))

    def type_in() -> int:
        known = 0
        try:
            for row in rows[::3]:
                data = PersonData(row["surname"], row["given_name"], pinfl=row["pinfl"])
                try:
                    register_resident(home, data, by=typist)
                except ResidentKnown:
                    known += 1
        finally:
            connection.close()
        return known

    with ThreadPoolExecutor(2) as pool:
        typed = pool.submit(type_in)
        pool.submit(run, table.job_id).result()
        typed.result()

    answer = Import.objects.select_related("job").get(pk=table.pk)
    assert answer.job.status == "done", answer.job.error
    assert Person.objects.filter(pinfl_hash__isnull=False).count() == ROWS / 3
    assert Resident.objects.count() == ROWS
