"""The territory and the classifier of occupations, kept as the state's lists say."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import District, Mahalla, Profession, Region, User
from accounts.services import audit
from accounts.services.lists import Changes, Column, Row, keep_list, read_rows
from accounts.signals import territory_changed

DATA = Path(__file__).resolve().parent.parent / "data"

NAME = Column("name_uz", re.compile(r".{1,350}"), _("a name of 1 to 350 characters"))
REGION_CODE = re.compile(r"\d{4}")
DISTRICT_CODE = re.compile(r"\d{7}")

REGIONS = (
    Column("soato", REGION_CODE, _("a SOATO code of 4 digits")),
    Column("iso_3166_2", re.compile(r"UZ-[A-Z]{2}"), _("an ISO 3166-2 code such as UZ-SA")),
    NAME,
)
DISTRICTS = (
    Column("soato", DISTRICT_CODE, _("a SOATO code of 7 digits")),
    Column("region_soato", REGION_CODE, _("a SOATO code of 4 digits")),
    Column("kind", re.compile("|".join(District.Kind.values)), _("“district” or “city”")),
    NAME,
)
MAHALLAS = (
    Column("mfy_code", re.compile(r"[0-9-]{8}"), _("an MFY code of 8 characters")),
    Column("district_soato", DISTRICT_CODE, _("a SOATO code of 7 digits")),
    Column("district_match", re.compile("|".join(Mahalla.Match.values)), _("“high”, “medium” or “low”")),
    NAME,
)
PROFESSIONS = (
    Column("code", re.compile(r"\d{4}(\.\d{1,4})?"), _("a code such as 7212 or 7212.9")),
    NAME,
)


@transaction.atomic
def load_territory(
    folder: Path = DATA, *, by: User | None = None, today: date | None = None, accept_loss: bool = False
) -> list[Changes]:
    """Make regions, districts and mahallas those of the three files in `folder`; a second time changes nothing.

    Raises BadList where a file is broken or has lost too many rows; then nothing has changed.
    """
    keep = partial(keep_list, today=today, accept_loss=accept_loss)
    regions = read_rows(folder / "regions.csv", REGIONS)
    districts = read_rows(folder / "districts.csv", DISTRICTS)
    mahallas = read_rows(folder / "mahallas.csv", MAHALLAS)
    done = [keep(Region, {row.code: {"names": row.names, "iso_code": row["iso_3166_2"]} for row in regions})]
    parents = _ids(Region, regions)
    wanted = {
        row.code: {"names": row.names, "region_id": _parent(row, "region_soato", parents), "kind": row["kind"]}
        for row in districts
    }
    done.append(keep(District, wanted))
    parents = _ids(District, districts)
    wanted = {
        row.code: {
            "names": row.names,
            "district_id": _parent(row, "district_soato", parents),
            "district_match": row["district_match"],
        }
        for row in mahallas
    }
    done.append(keep(Mahalla, wanted))
    _record("territory.loaded", done, by)
    if any(done):
        territory_changed.send(Mahalla)
    return done


@transaction.atomic
def load_professions(
    file: Path = DATA / "professions.csv",
    *,
    by: User | None = None,
    today: date | None = None,
    accept_loss: bool = False,
) -> list[Changes]:
    """Make the occupations those of `file`; as `load_territory`."""
    wanted = {row.code: {"names": row.names} for row in read_rows(file, PROFESSIONS)}
    done = [keep_list(Profession, wanted, today=today, accept_loss=accept_loss)]
    _record("professions.loaded", done, by)
    return done


def _ids(model: type[Region] | type[District], rows: list[Row]) -> dict[str, int]:
    """The primary keys of the rows that the file holds, by code."""
    ids = dict(model.objects.values_list("code", "pk"))
    return {row.code: ids[row.code] for row in rows}


def _parent(row: Row, column: str, parents: Mapping[str, int]) -> int:
    if row[column] not in parents:
        raise row.refusal(column, _("a code of the list above it"))
    return parents[row[column]]


def _record(action: str, done: list[Changes], by: User | None) -> None:
    """Write one audit row for a load that changed something."""
    if any(done):
        audit.record(action, by=by, changes=[asdict(changes) for changes in done])
