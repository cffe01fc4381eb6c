"""The pages of supply and demand: who reaches which place, files, hostile addresses, queries."""

import csv
from io import BytesIO, StringIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEvent, User
from reports.services.rollup import rebuild
from tests.accounts.factories import make_district, make_membership, make_organization, make_profession, make_user
from tests.reports.test_supply import Town

pytestmark = pytest.mark.django_db
PAGE = "/supply/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def make_counted_town() -> Town:
    town = Town()
    town.wish()
    town.wish(town.other)
    town.group()
    rebuild()
    return town


def test_everybody_begins_at_the_widest_place_of_their_own() -> None:
    town = make_counted_town()
    elsewhere = make_organization()
    for role, place, codes in (
        ("supervisor", town.region, {"region": town.region.code}),
        ("supervisor", town.district, {"district": town.district.code}),
        ("auditor", town.other, {"district": town.other.code}),
        ("centre-manager", town.centre, {"region": town.region.code}),
        ("academy-admin", elsewhere, {}),
        ("supervisor", None, {}),
    ):
        assert signed_in(make_user(role=role, place=place)).get(PAGE).context["place"].codes == codes


def test_what_lies_outside_ones_reach_does_not_exist() -> None:
    town, foreign = make_counted_town(), make_district()
    of_district = signed_in(make_user(role="supervisor", place=town.district))
    assert of_district.get(PAGE, {"district": town.other.code}).status_code == 404
    assert of_district.get(PAGE, {"region": town.region.code}).status_code == 404
    of_region = signed_in(make_user(role="supervisor", place=town.region))
    centre = signed_in(make_user(role="centre-manager", place=town.centre))
    trade = reverse("reports:supply_trade", args=[town.trade.code])
    for client in (of_region, centre):
        assert client.get(PAGE, {"district": town.other.code}).status_code == 200
        for url in (PAGE, trade, f"{PAGE}table.csv", f"{PAGE}rows/"):
            assert client.get(url, {"region": foreign.region.code}).status_code == 404
            assert client.get(url, {"district": foreign.code}).status_code == 404


def test_another_region_chosen_leaves_the_district_behind() -> None:
    town = make_counted_town()
    client = signed_in(make_user(role="supervisor"))
    other = make_district().region
    html = client.get(PAGE, {"region": other.code, "district": town.district.code}).content.decode()
    assert f'<h2 id="place">{other.name}</h2>' in html


@pytest.mark.parametrize(
    "query", ["?region=%00", "?district=%00", "?region=' OR 1=1", "?after=x", "?district=" + "9" * 900]
)
def test_a_hostile_address_finds_nothing(query: str) -> None:
    make_counted_town()
    assert signed_in(make_user(role="supervisor")).get(PAGE + query).status_code == 404


def test_odd_filters_are_left_out() -> None:
    town = make_counted_town()
    client = signed_in(make_user(role="supervisor", place=town.region))
    for query in ({"show": "x"}, {"words": "\0"}, {"words": "%_'"}, {"words": "w" * 500}):
        assert client.get(PAGE, query).status_code == 200
    assert client.get("/supply/occupations/%00/").status_code == 404
    assert client.get("/supply/table.exe").status_code == 404


def test_only_rows_that_one_may_open_are_linked_and_opened() -> None:
    town = make_counted_town()
    rows = reverse("reports:supply_rows")
    supervisor = signed_in(make_user(role="supervisor", place=town.region))
    html = supervisor.get(PAGE).content.decode()
    assert "figure=free" in html
    assert "figure=wishes" not in html
    assert supervisor.get(rows, {"figure": "wishes"}).status_code == 403
    assert supervisor.get(rows, {"figure": "seatless"}).status_code == 404
    auditor = signed_in(make_user(role="auditor", place=town.region))
    assert "figure=wishes" in auditor.get(PAGE).content.decode()
    answer = auditor.get(rows, {"figure": "wishes", "occupation": town.trade.code})
    assert answer.context["count"] == 2
    assert auditor.get(rows, {"figure": "wishes", "occupation": "none"}).context["count"] == 0
    assert AuditEvent.objects.filter(action="wish.listed").count() == 2
    centre = signed_in(make_user(role="centre-manager", place=town.centre))
    assert centre.get(rows, {"figure": "waiting"}).status_code == 403
    assert centre.get(rows, {"figure": "planned"}).status_code == 200


def test_who_is_auditor_of_a_district_alone_does_not_read_the_wishes_of_the_region() -> None:
    town = make_counted_town()
    user = make_user(role="auditor", place=town.district)
    make_membership(user=user, role="supervisor", place=town.region)
    client = signed_in(user)
    rows = reverse("reports:supply_rows")
    assert client.get(rows, {"figure": "wishes"}).status_code == 403
    assert client.get(rows, {"figure": "wishes", "district": town.district.code}).context["count"] == 1


def test_the_files_hold_the_table_and_no_formula() -> None:
    town = make_counted_town()
    town.trade.names = {"uz": "=HYPERLINK(1)"}
    town.trade.save()
    client = signed_in(make_user(role="supervisor", place=town.region))
    answer = client.get("/supply/table.csv", headers={"accept-language": "en"})
    (line,) = csv.DictReader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert line["Occupation"] == "'=HYPERLINK(1)"
    assert (line["Without a seat"], line["Free seats"], line["Usual size of a group"]) == ("2", "3", "3")
    sheet = load_workbook(BytesIO(client.get("/supply/table.xlsx").content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][:2] == [town.trade.code, "'=HYPERLINK(1)"]


@pytest.mark.parametrize("lines", [1, 3])
def test_pages_take_the_same_queries_for_few_and_many_lines(
    django_assert_num_queries: DjangoAssertNumQueries, lines: int
) -> None:
    town = Town()
    for _ in range(lines):
        town.wish(profession=make_profession())
        town.wish(make_district(region=town.region))
    rebuild()
    client = signed_in(make_user(role="supervisor", place=town.region))
    for url, queries in ((PAGE, 18), (reverse("reports:supply_trade", args=[town.trade.code]), 17)):
        with django_assert_num_queries(queries):
            client.get(url)
