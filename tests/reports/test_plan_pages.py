"""The pages of training plans: what each reader is shown and may press, forms and their refusals, files, queries."""

import csv
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEvent, User
from reports.models import PlanLine, TrainingPlan
from reports.services.plans import add_line, agree_plan, start_plan
from tests.accounts.factories import make_district, make_mahalla, make_profession, make_user
from tests.enrollment.factories import make_household, make_resident
from tests.reports.test_plans import Planned

pytestmark = pytest.mark.django_db
PLANS = "/supply/plans/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(plan: TrainingPlan, rest: str = "") -> str:
    return f"{PLANS}{plan.uuid}/{rest}"


def typed(town: Planned, **fields: Any) -> dict[str, Any]:
    wanted = {"course": town.course.slug, "target": 5, "owner": str(town.manager.uuid), "due_on": town.plan.ends_on}
    return wanted | fields


def test_a_supervisor_writes_a_plan_from_beginning_to_end() -> None:
    town = Planned()
    client = signed_in(town.by)
    answer = client.post(
        f"{PLANS}new/", {"district": town.district.code, "year": timezone.localdate().year + 1, "season": "first"}
    )
    plan = TrainingPlan.objects.get(year=timezone.localdate().year + 1)
    assert urlsplit(answer["Location"]).path == page_of(plan)
    assert client.post(page_of(plan, "propose/")).status_code == 302
    assert client.post(page_of(plan, "lines/"), typed(town, due_on=plan.ends_on)).status_code == 302
    line = plan.lines.get()
    assert (line.profession, line.course, line.owner, line.target) == (town.trade, town.course, town.manager, 5)
    assert client.get(page_of(plan, "agree/")).status_code == 200
    assert client.post(page_of(plan, "agree/")).status_code == 302
    url = f"/supply/lines/{line.uuid}/"
    assert client.post(url, typed(town, target=6, due_on=plan.ends_on)).status_code == 422
    assert client.post(url, typed(town, target=6, due_on=plan.ends_on, reason="More came")).status_code == 302
    assert "More came" in client.get(page_of(plan)).content.decode()
    assert client.post(page_of(plan, "close/"), {"note": "Done"}).status_code == 302
    plan.refresh_from_db()
    assert plan.status == "closed"
    assert "propose/" not in client.get(page_of(plan)).content.decode()


def test_a_line_may_name_an_occupation_by_words() -> None:
    town = Planned()
    make_profession(code="7531.1", search_key="tikuvchi bichuvchi", names={"uz": "Tikuvchi bichuvchi"})
    two = make_profession(code="7531.2", search_key="tikuvchi", names={"uz": "Tikuvchi ustasi"})
    client = signed_in(town.by)
    url = page_of(town.plan, "lines/")
    assert client.post(url, typed(town, course="")).status_code == 422
    assert client.post(url, typed(town, course="", words="hech narsa")).status_code == 422
    assert "7531.2" in client.post(url, typed(town, course="", words="tikuvchi")).content.decode()
    client.post(url, typed(town, course="", words="tikuvchi", profession="7531.2"))
    assert town.plan.lines.get().profession == two


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": "x"},
        {"target": -1},
        {"target": 10**30},
        {"owner": "00000000-0000-0000-0000-000000000000"},
        {"owner": "x"},
        {"course": "no-course"},
        {"organization": "x"},
        {"due_on": "2020-01-01"},
        {"note": "n" * 501},
        {"words": "\0", "course": ""},
    ],
    ids=str,
)
def test_what_is_typed_wrong_is_said_and_kept(wrong: dict[str, Any]) -> None:
    town = Planned()
    answer = signed_in(town.by).post(page_of(town.plan, "lines/"), typed(town, **wrong))
    assert answer.status_code == 422
    assert not PlanLine.objects.exists()


def test_a_plan_is_begun_in_ones_own_territory_alone() -> None:
    town = Planned()
    foreign = {"district": make_district().code, "year": timezone.localdate().year, "season": "first"}
    assert signed_in(town.by).post(f"{PLANS}new/", foreign).status_code == 422
    assert signed_in(make_user(role="auditor", place=town.region)).get(f"{PLANS}new/").status_code == 403
    assert TrainingPlan.objects.count() == 1


def test_the_foreign_and_the_reading_change_nothing() -> None:
    town = Planned()
    line = town.line(organization=town.centre)
    town.agreed()
    stranger = signed_in(make_user(role="supervisor", place=town.other))
    readers = [signed_in(make_user(role="auditor", place=town.region)), signed_in(town.manager)]
    for rest in ("propose/", "agree/", "close/", "lines/"):
        assert stranger.post(page_of(town.plan, rest)).status_code == 404
        assert [reader.post(page_of(town.plan, rest)).status_code for reader in readers] == [403, 403]
    for rest in ("", "remove/"):
        assert stranger.post(f"/supply/lines/{line.uuid}/{rest}").status_code == 404
        assert [reader.post(f"/supply/lines/{line.uuid}/{rest}").status_code for reader in readers] == [403, 403]


def test_a_centre_sees_its_own_lines_and_their_sum() -> None:
    town = Planned()
    town.line(organization=town.centre, target=3)
    town.line(owner=town.by, target=40)
    town.agreed()
    client = signed_in(town.manager)
    values = client.get(page_of(town.plan)).context
    assert (len(values["lines"]), values["total"].target) == (1, 3)
    ((_plan, total, count),) = client.get(PLANS).context["lines"]
    assert (total.target, count) == (3, 1)
    rows = csv.reader(StringIO(client.get(page_of(town.plan, "table.csv")).content.decode("utf-8-sig")), delimiter=";")
    assert len([*rows]) == 2


def test_a_supervisor_of_the_region_sees_how_far_its_districts_are() -> None:
    town = Planned()
    town.line(target=4)
    town.enroll()
    town.agreed()
    other = start_plan(district=town.other, year=town.plan.year, season=town.plan.season, by=town.by)
    lines = signed_in(make_user(role="supervisor", place=town.region)).get(PLANS).context["lines"]
    assert [(plan, total.target, total.enrolled) for plan, total, _ in lines] == [(other, 0, 0), (town.plan, 4, 1)]


def test_plans_are_listed_by_season_and_state() -> None:
    town = Planned()
    later = start_plan(district=town.other, year=town.plan.year + 1, season=town.plan.season, by=town.by)
    client = signed_in(make_user(role="supervisor", place=town.region))

    def listed(**asked: str) -> list[TrainingPlan]:
        return [plan for plan, _total, _count in client.get(PLANS, asked).context["lines"]]

    assert listed() == [later, town.plan]
    assert listed(season=f"{later.year}-{later.season}") == [later]
    assert listed(season=f"{later.year}-{later.season}", status="closed") == []
    assert listed(season="2026-x") == [later, town.plan]


def test_people_behind_a_figure_are_read_by_those_who_follow_them_and_audited() -> None:
    town = Planned()
    line = town.line(organization=town.centre)
    town.enroll()
    url = f"/supply/lines/{line.uuid}/rows/"
    client = signed_in(town.by)
    assert "figure=enrolled" in client.get(page_of(town.plan)).content.decode()
    assert client.get(url, {"figure": "enrolled"}).context["count"] == 1
    assert client.get(url, {"figure": "referred"}).context["count"] == 1
    assert client.get(url, {"figure": "x"}).status_code == 404
    assert AuditEvent.objects.filter(action="referral.listed").count() == 2


def test_the_file_holds_the_plan_and_no_formula() -> None:
    town = Planned()
    town.line(note="=1+1")
    answer = signed_in(town.by).get(page_of(town.plan, "table.csv"), headers={"accept-language": "en"})
    (line,) = csv.DictReader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert (line["Target"], line["Enrolled"], line["Note"]) == ("2", "0", "'=1+1")
    assert signed_in(town.by).get(page_of(town.plan, "table.xlsx")).content[:2] == b"PK"
    assert signed_in(town.by).get(page_of(town.plan, "table.doc")).status_code == 404


@pytest.mark.parametrize("lines", [1, 3])
def test_pages_take_the_same_queries_for_few_and_many_lines(
    django_assert_num_queries: DjangoAssertNumQueries, lines: int
) -> None:
    town = Planned()
    for n in range(lines):
        plan = start_plan(district=town.district, year=town.plan.year + n, season="second", by=town.by)
        for _ in range(lines):
            wanted = town.line_plan(profession=make_profession(), due_on=plan.ends_on)
            add_line(plan, wanted, by=town.by)
        agree_plan(plan, by=town.by)
    make_resident(household=make_household(mahalla=make_mahalla(district=town.district)))
    client = signed_in(town.by)
    for url, queries in ((PLANS, 12), (page_of(plan), 11)):
        with django_assert_num_queries(queries):
            client.get(url)
