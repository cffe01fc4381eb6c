"""The statistics of the REST interface."""

from datetime import date
from random import Random
from typing import Any

import pytest

from reports.queries.figures import DIMENSIONS, Selection, read_table
from reports.queries.rows import MEASURES
from reports.services.rollup import rebuild
from tests.accounts.factories import make_token, make_user
from tests.api import ApiClient
from tests.reports.factories import World

pytestmark = pytest.mark.django_db


def make_counted_world() -> World:
    world = World()
    world.fill(Random(7), 80)
    rebuild()
    return world


@pytest.mark.parametrize("by", DIMENSIONS)
def test_the_public_gets_rows_without_small_counts(by: str) -> None:
    make_counted_world()
    answer = ApiClient().get("/statistics", by=by)
    assert answer.status_code == 200
    body = answer.json()
    for row in [*body["items"], body["total"]]:
        assert set(row) == {"key", "median_days_to_answer", *MEASURES}
        assert all(row[name] is None or row[name] == 0 or row[name] >= 5 for name in MEASURES)
    assert body["suppressed"] is True


def test_who_oversees_the_republic_gets_every_count() -> None:
    make_counted_world()
    api = ApiClient(make_user(role="supervisor"))
    for by in DIMENSIONS:
        body = api.get("/statistics", by=by).json()
        table = read_table(Selection(by), exact=True)
        assert body["suppressed"] is False
        assert [row["key"]["code"] for row in body["items"]] == [line.code for line in table.lines]
        for row, line in zip(body["items"], table.lines, strict=True):
            assert {name: row[name] for name in MEASURES} == line.figures
            assert row["median_days_to_answer"] == line.median_days_to_answer


def test_filters_and_period_are_obeyed() -> None:
    world = make_counted_world()
    api = ApiClient(make_user(role="auditor"))
    query: dict[str, Any] = {
        "by": "gender",
        "region": world.districts[0].region.code,
        "district": world.districts[0].code,
        "mahalla": world.mahallas[0].code,
        "organization": str(world.organizations[0].uuid),
        "course": world.courses[0].slug,
        "profession": world.professions[0].code,
        "category": world.categories[0].code,
        "gender": "female",
        "from": "2026-01-15",
        "to": "2026-05-10",
    }
    wanted = {
        "region": world.districts[0].region,
        "district": world.districts[0],
        "mahalla": world.mahallas[0],
        "organization": world.organizations[0],
        "course": world.courses[0],
        "profession": world.professions[0],
        "category": world.categories[0],
        "gender": "female",
    }
    for left_out in ("", "mahalla", "organization", "gender", "course"):
        part = {name: value for name, value in wanted.items() if name != left_out}
        asked = {name: value for name, value in query.items() if name != left_out}
        table = read_table(Selection("gender", part, date(2026, 1, 15), date(2026, 5, 10)), exact=True)
        body = api.get("/statistics", **asked).json()
        assert {name: body["total"][name] for name in MEASURES} == table.total.figures


def test_own_centre_gets_its_own_counts_alone() -> None:
    world = make_counted_world()
    api = ApiClient(make_user(role="centre-manager", place=world.organizations[0]))
    own, other = (str(organization.uuid) for organization in world.organizations)
    assert api.get("/statistics", by="course", organization=own).json()["suppressed"] is False
    assert api.get("/statistics", by="course", organization=other).json()["suppressed"] is True
    assert api.get("/statistics", by="course").json()["suppressed"] is True


def test_csv_is_given_to_whoever_prefers_it() -> None:
    make_counted_world()
    answer = ApiClient(Accept="text/csv").get("/statistics", by="region")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.decode().startswith("code,name,wished,referred,")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "by"),
        ({"by": "nothing"}, "by"),
        ({"by": "region", "region": "99"}, "region"),
        ({"by": "region", "organization": "x"}, "organization"),
        ({"by": "region", "from": "yesterday"}, "from"),
        ({"by": "region", "from": "2026-02-02", "to": "2026-02-01"}, "to"),
    ],
)
def test_bad_input_names_its_field(query: dict[str, str], field: str) -> None:
    answer = ApiClient().get("/statistics", **query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_a_bad_token_is_refused() -> None:
    assert ApiClient(Authorization="Bearer wrong").get("/statistics", by="region").status_code == 401
    token = make_token(make_user(), scopes=("write",))
    answer = ApiClient(Authorization=f"Bearer {token}").get("/statistics", by="region")
    assert answer.status_code == 403
