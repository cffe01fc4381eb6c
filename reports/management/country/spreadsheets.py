"""The synthetic people as spreadsheets, as a region would send them: to be imported as they are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from django.db.models import Model

from accounts.models import District, Membership, User
from base.dates import short_date
from base.sheets import write_workbook
from enrollment.imports.kinds.registry import KINDS
from enrollment.models import Import, Referral, Resident, Wish
from reports.management.country.people import SYNTHETIC

SENDER = "synthetic-counter"
ROWS_OF_A_FILE = 250_000  # what an import reads within its memory
AT_A_TIME = 5_000
WHO = {
    name: f"person__{name}"
    for name in ("surname", "given_name", "patronymic", "birth_date", "gender", "phone", "external_id")
}
HOME = {
    "mahalla": "mahalla__code",
    "category": "household__category__code",
    "address": "household__address",
    "household": "household__external_id",
}
LIVING = HOME | WHO
TABLES: Mapping[str, tuple[type[Model], Mapping[str, str]]] = {
    Import.Kind.RESIDENTS: (Resident, LIVING),
    Import.Kind.WISHES: (
        Wish,
        {"kind": "kind", "profession": "profession__code", "course": "course__slug", "said_on": "said_on"}
        | {name: f"resident__{path}" for name, path in LIVING.items()},
    ),
    Import.Kind.REFERRALS: (
        Referral,
        {"course": "course__slug", "organization": "organization__code", "note": "note"}
        | {name: f"resident__{path}" for name, path in LIVING.items()},
    ),
}
"""By kind of table: its rows, and where the value of each column stands."""


def write_spreadsheets(folder: Path) -> list[Path]:
    """Write <kind>-<number>.xlsx for residents, wishes and referrals; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for kind, (model, paths) in TABLES.items():
        labels = {column.name: str(column.label) for column in KINDS[kind].columns}
        heads = [labels[name] for name in paths]
        for number, rows in enumerate(_parts(_rows(model, paths)), start=1):
            written.append(folder / f"{kind}-{number}.xlsx")
            with written[-1].open("wb") as file:
                write_workbook(file, [heads], rows)
    return written


def _rows(model: type[Model], paths: Mapping[str, str]) -> Iterator[list[str]]:
    ours = {f"{paths['external_id']}__startswith": SYNTHETIC}
    rows = model._default_manager.filter(**ours).order_by("pk").values_list(*paths.values())
    days = {place for place, name in enumerate(paths) if name in ("birth_date", "said_on")}
    for row in rows.iterator(AT_A_TIME):
        yield [_text(value, is_day=place in days) for place, value in enumerate(row)]


def _text(value: Any, *, is_day: bool) -> str:
    if value is None:
        return ""
    return short_date(value) if is_day else str(value)


def _parts(rows: Iterator[Sequence[str]]) -> Iterator[Iterable[Sequence[str]]]:
    """The rows in parts that each fit a file; one part has to be read before the next is asked for."""
    for first in rows:
        yield chain([first], islice(rows, ROWS_OF_A_FILE - 1))


def make_sender() -> User:
    """Somebody at the counter of every district, who may send all of these tables and cannot sign in."""
    user = User(username=SENDER)
    user.set_unusable_password()
    user.save()
    counter = Membership.Role.COUNTER
    Membership.objects.bulk_create(
        Membership(user=user, role=counter, district=district) for district in District.objects.all()
    )
    return user
