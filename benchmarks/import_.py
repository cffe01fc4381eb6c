"""243,000 referrals from one workbook, people and households new: checked, then applied, as a worker does it.

The limit reads the workbook by calamine and copies the same rows, as ours came to lie there, into the same tables with
their indexes, in a database like ours. Each runs once: so many rows are median enough.
"""

import os
import resource
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from django.core.files.base import File
from django.core.management import call_command
from django.db import connection
from openpyxl import Workbook

from accounts.models import AuditEvent, Mahalla, Person, User
from base.services.jobs import run_job
from benchmarks.limits.import_ import Dump, copy_out, read_and_copy
from benchmarks.measuring import Clock, CpuClock, Operation, Result, service_roots
from enrollment.models import Household, HouseholdCategoryPeriod, Import, Referral, ReferralMove, Resident
from enrollment.services.imports import apply_import, start_import
from reports.management.country.names import Names
from reports.management.country.spreadsheets import make_sender
from reports.management.country.teaching import Teaching, set_up_teaching
from reports.models import DueCount
from tests.services import database_url

ROWS = int(os.environ.get("BENCH_IMPORT", "243000"))
WRITTEN = (Person, Household, HouseholdCategoryPeriod, Resident, Referral, ReferralMove, AuditEvent, DueCount)
"""What a row of the workbook becomes, each after those that its rows point to."""
HEADS = (
    *("mahalla", "category", "address", "household", "surname", "given_name", "patronymic", "pinfl", "birth_date"),
    *("gender", "phone", "external_id", "course", "organization", "note", "again"),
)
MEMORY_MB = 400


def results() -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as name, two_databases() as (set_up, other):
        folder = Path(name)
        counter, teaching = set_up()
        write_workbook(folder / "referrals.xlsx", teaching)
        limit_url = other()
        rest = resident_mb()
        clock = CpuClock(here=os.getpid(), **service_roots())
        ours: dict[str, dict[str, float]] = {}
        last = {model: model._default_manager.order_by("-pk").values_list("pk", flat=True).first() for model in WRITTEN}
        table = send(folder / "referrals.xlsx", counter)
        ours["dry run"] = once(lambda: run_job(table.job_id), clock)
        apply_import(checked(table), all_or_none=True, by=counter, enqueue=False)
        ours["apply"] = once(lambda: run_job(table.job_id), clock)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - rest
        assert checked(table).is_applied, checked(table).job.error
        dumps = [copy_out(model, last[model] or 0, folder) for model in WRITTEN]
        limit = measure_limit(folder / "referrals.xlsx", dumps, limit_url, clock)
    for name, most in (("dry run", 2.0), ("apply", 4.0)):
        yield result_of(f"import, {name}", ours[name], limit, most)
    yield Result(
        name="import, memory", ours=grown, limit=MEMORY_MB, at_most=1.0, unit="MB above rest", n=ROWS, rows=ROWS
    )


def measure_limit(workbook: Path, dumps: list[Dump], url: str, clock: Clock) -> dict[str, float]:
    with psycopg.connect(url) as other:
        return once(lambda: read_and_copy(workbook, dumps, other), clock)


def result_of(name: str, ours: dict[str, float], limit: dict[str, float], at_most: float) -> Result:
    return Result(
        name=name,
        ours=sum(ours.values()),
        limit=sum(limit.values()),
        at_most=at_most,
        unit="CPU s",
        n=ROWS,
        rows=ROWS,
        detail={"ours": ours, "limit": limit},
    )


def once(operation: Operation, clock: Clock) -> dict[str, float]:
    """Seconds that an operation costs, by who spends them."""
    before = clock.read()
    operation()
    after = clock.read()
    return {name: round(after[name] - before[name], 2) for name in after}


@contextmanager
def two_databases() -> Iterator[tuple[Any, Any]]:
    """A database of our own to be set up, and then one like it; what other benchmarks measure stays as it is."""
    name, used = f"import_{secrets.token_hex(4)}", connection.settings_dict["NAME"]
    like = f"{name}_limit"
    server = psycopg.connect(database_url(connection.settings_dict), autocommit=True)
    connection.close()

    def set_up() -> tuple[User, Teaching]:
        server.execute(f'CREATE DATABASE "{name}"')
        connection.settings_dict["NAME"] = name
        call_command("migrate", verbosity=0)
        call_command("load_territory", verbosity=0)
        return make_sender(), set_up_teaching(ROWS)

    def other() -> str:
        connection.close()
        server.execute(f'CREATE DATABASE "{like}" TEMPLATE "{name}"')
        return database_url(connection.settings_dict | {"NAME": like})

    try:
        yield set_up, other
    finally:
        connection.close()
        connection.settings_dict["NAME"] = used
        for mine in (name, like):
            server.execute(f'DROP DATABASE IF EXISTS "{mine}" WITH (FORCE)')
        server.close()


def send(path: Path, by: User) -> Import:
    with path.open("rb") as file:
        return start_import("referrals", File(file), name=path.name, by=by, enqueue=False)


def checked(table: Import) -> Import:
    return Import.objects.select_related("job").get(pk=table.pk)


def write_workbook(path: Path, teaching: Teaching) -> None:
    """People who do not exist, each in a household of the own, each referred to a centre of the region."""
    random = Random(1)  # to be repeatable is the point
    names, book = Names(random), Workbook(write_only=True)
    sheet: Any = book.create_sheet()
    sheet.append(HEADS)
    mahallas = list(Mahalla.objects.order_by("code").values_list("code", "district__region"))
    for n in range(ROWS):
        code, region = random.choice(mahallas)
        centre = random.choice(teaching.by_region[region])
        gender = random.choice(("male", "female"))
        name, born = names.make(gender), date(1965, 1, 1) + timedelta(days=random.randrange(15_000))
        sheet.append(
            [
                *(code, "poor", f"Sinov koʻchasi, {random.randrange(300)}-uy", f"bench-{n}"),
                *(name.surname, name.given, name.patronymic, pinfl(n, born, gender), born, gender),
                *(f"+99890{random.randrange(10**7):07}", f"bench-{n}"),
                *(random.choice(teaching.offers[centre.pk]).course.slug, centre.code, "Sinov", ""),
            ]
        )
    book.save(path)


def pinfl(n: int, born: date, gender: str) -> str:
    first = (3 if gender == "male" else 4) + (2 if born.year >= 2000 else 0)
    body = f"{first}{born:%d%m%y}{n // 1000 % 1000:03}{n % 1000:03}"
    return body + str(sum(int(digit) * (7, 3, 1)[place % 3] for place, digit in enumerate(body)) % 10)


def resident_mb() -> float:
    """What this process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20
