"""The pages and files of the statistics: who sees what, and that nothing asked in vain breaks them."""

import csv
import re
from datetime import date, timedelta
from io import StringIO
from random import Random
from urllib.parse import parse_qs, urlparse

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEvent, User
from enrollment.models import Enrollment
from reports.queries.figures import Selection, read_table
from reports.services.completion import freeze_completion
from reports.services.rollup import rebuild
from tests.accounts.factories import make_mahalla, make_user
from tests.reports.factories import World

pytestmark = pytest.mark.django_db
PAGE = "/statistics/"
TABLES = ["region", "district", "mahalla", "organization", "course", "profession", "category", "gender", "month"]
HOSTILE = [
    {"by": "nothing"},
    {"by": "region", "region": "99"},
    {"by": "region", "region": "\0"},
    {"by": "region", "organization": "no-uuid"},
    {"by": "region", "gender": "x"},
    {"by": "region", "from": "2026-02-31"},
    {"by": "region", "from": "2026-05-01", "to": "2026-04-01"},
    {"by": "region", "course": "' OR 1=1 --"},
    {"by": "region", "mahalla": "9" * 5000},
]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def make_counted_world() -> World:
    """A world in which each of the four mahallas has more than four referrals, and one has three of another kind."""
    world = World()
    for mahalla in range(4):
        for n in range(6 + mahalla):
            world.referral(on=date(2026, 1 + n % 3, 5), mahalla=mahalla, reached="completed", organization=mahalla // 3)
    for _ in range(3):
        world.referral(on=date(2026, 2, 7), mahalla=3, organization=1, reached="failed", gender="male")
    rebuild()
    return world


def cells(html: str) -> list[str]:
    """Every figure of the table, the median at the end of each line left out."""
    found = re.findall(r'<td class="num">([^<]*)</td>', html)
    return [cell for n, cell in enumerate(found) if (n + 1) % 11]


@pytest.mark.parametrize("by", TABLES)
def test_each_table_is_shown_to_everybody(client: Client, by: str) -> None:
    world = make_counted_world()
    answer = client.get(PAGE, {"by": by, "region": world.districts[0].region.code})
    assert answer.status_code == 200
    assert 'aria-current="page"' in answer.content.decode()


def test_an_empty_country_is_shown(client: Client) -> None:
    assert client.get(PAGE).status_code == 200
    assert client.get(PAGE, {"by": "course"}).status_code == 200


def test_the_public_sees_no_small_count(client: Client) -> None:
    make_counted_world()
    html = client.get(PAGE, {"by": "gender"}).content.decode()
    assert not {"1", "2", "3", "4"} & set(cells(html))
    assert "*" in cells(html)


def test_a_supervisor_sees_own_region_whole_and_the_rows_behind() -> None:
    world = make_counted_world()
    region = world.districts[2].region
    client = signed_in(make_user(role="supervisor", place=region))
    html = client.get(PAGE, {"by": "gender", "region": region.code}).content.decode()
    assert "3" in cells(html)
    assert "*" not in cells(html)
    assert reverse("reports:rows") in html
    elsewhere = client.get(PAGE, {"by": "gender", "region": world.districts[0].region.code}).content.decode()
    assert reverse("reports:rows") not in elsewhere


@pytest.mark.parametrize("figure", ["referred", "accepted", "enrolled", "active", "completed", "failed", "employed"])
def test_each_figure_equals_the_number_of_rows_behind_it(figure: str) -> None:
    world = World()
    world.fill(Random(5), 60)
    rebuild()
    region = world.districts[0].region
    client = signed_in(make_user(role="supervisor", place=region))
    asked = {"by": "month", "region": region.code, "course": world.courses[0].slug, "from": "2026-02-01"}
    wanted = {"region": region, "course": world.courses[0]}
    shown = read_table(Selection("month", wanted, since=date(2026, 2, 1)), exact=True).total.figures[figure]
    answer = client.get(reverse("reports:rows"), asked | {"figure": figure})
    assert answer.context["count"] == shown
    assert AuditEvent.objects.filter(action="referral.listed").count() == 1


def test_rows_are_shown_to_those_who_may_see_them_alone(client: Client) -> None:
    world = make_counted_world()
    url = reverse("reports:rows")
    assert client.get(url).status_code == 302
    assert signed_in(make_user()).get(url).status_code == 403
    stranger = signed_in(make_user(role="supervisor", place=world.districts[0].region))
    assert stranger.get(url, {"region": world.districts[2].region.code}).status_code == 403
    assert stranger.get(url, {"region": world.districts[0].region.code, "figure": "x"}).status_code == 422
    assert stranger.get(url, {"region": world.districts[0].region.code, "after": "x"}).status_code == 422


@pytest.mark.parametrize("asked", HOSTILE, ids=lambda asked: str(asked)[:40])
def test_what_is_asked_in_vain_is_said_and_breaks_nothing(client: Client, asked: dict[str, str]) -> None:
    answer = client.get(PAGE, asked)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert client.get(reverse("reports:statistics_csv"), asked).status_code == 422


@pytest.mark.parametrize(("since", "until"), [("0001-01-01", "9999-12-31"), ("9999-12-31", ""), ("", "0001-01-01")])
def test_days_at_the_ends_of_time_are_no_error(client: Client, since: str, until: str) -> None:
    make_counted_world()
    assert client.get(PAGE, {"from": since, "to": until}).status_code == 200


def test_the_csv_holds_the_table(client: Client) -> None:
    world = make_counted_world()
    answer = client.get(reverse("reports:statistics_csv"), {"by": "organization"})
    assert answer["Content-Disposition"] == 'attachment; filename="malaka-organization.csv"'
    lines = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [line["referred"] for line in lines] == ["21", "12", "33"]
    assert lines[0]["code"] == str(world.organizations[0].uuid)
    assert lines[-1]["code"] == ""


def test_no_name_becomes_a_formula(client: Client) -> None:
    world = World()
    for start in "=+-@":
        world.organizations[0].names = {"uz": f"{start}HYPERLINK(1)"}
        world.organizations[0].save()
        for _ in range(5):
            world.referral(on=date(2026, 1, 1))
        rebuild()
        answer = client.get(reverse("reports:statistics_csv"), {"by": "organization"})
        rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[1][1] == f"'{start}HYPERLINK(1)"


def test_every_link_of_a_table_leads_on(client: Client) -> None:
    """From the country down to a mahalla, and to the files: each address answers."""
    make_counted_world()
    waiting, seen = [PAGE], set[str]()
    while waiting and len(seen) < 60:
        url = waiting.pop(0)
        if url in seen:
            continue
        seen.add(url)
        answer = client.get(url)
        assert answer.status_code == 200, url
        if "json" not in answer["Content-Type"] and "csv" not in answer["Content-Type"]:
            links = re.findall(r'href="((?:/statistics/|/api/v1/statistics)[^"]*)"', answer.content.decode())
            waiting += [link.replace("&amp;", "&") for link in links]
    assert any("district" in parse_qs(urlparse(url).query) for url in seen)


def test_the_month_of_a_line_is_the_period_it_leads_to(client: Client) -> None:
    make_counted_world()
    html = client.get(PAGE, {"by": "month"}).content.decode()
    assert "from=2026-02-01&amp;to=2026-02-28" in html


@pytest.mark.parametrize("lines", [1, 3])
def test_pages_take_the_same_queries_for_few_and_many_lines(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, lines: int
) -> None:
    world = World()
    for mahalla in range(lines):
        for _ in range(6):
            world.referral(on=date(2026, 1, 5), mahalla=mahalla, course=mahalla, reached="completed")
    rebuild()
    for by, queries in (("course", 4), ("district", 3)):
        with django_assert_num_queries(queries):
            client.get(PAGE, {"by": by})
    with django_assert_num_queries(4):
        client.get(PAGE, {"by": "mahalla", "region": world.districts[0].region.code})


def test_the_way_leaves_out_who_came_without_a_referral(client: Client) -> None:
    world = World()
    for _ in range(6):
        world.referral(on=date(2026, 1, 5), reached="completed")
        world.learner(on=date(2026, 1, 5), reached="completed")
    rebuild()
    page = client.get(PAGE, {"by": "course"}).context["page"]
    assert page.table.total.figures["enrolled"] == 12
    assert [step.value for step in page.funnel] == ["0", "6", "6", "6", "6", "0", "0"]


# --- Completion ---------------------------------------------------------------------------------
def test_an_academy_sees_how_far_the_learners_of_its_courses_are() -> None:
    world = World()
    course = world.courses[0]
    learner = world.learner(on=date(2026, 1, 5))
    today = timezone.localdate()
    freeze_completion(today - timedelta(days=31))
    Enrollment.objects.filter(pk=learner.pk).update(status="completed", ended_at=timezone.now())
    freeze_completion(today - timedelta(days=1))
    client = signed_in(make_user(role="academy-admin", place=course.provider))
    (row,) = client.get(reverse("reports:completion")).context["rows"]
    assert (row[0].completed, row[1]) == (1, 1)
    answer = client.get(reverse("reports:completion_course", args=[course.slug]))
    assert [cohort.cohort for cohort in answer.context["page"].items] == [learner.cohort]
    assert [day["value"] for day in answer.context["days"]] == [0, 1]


def test_completion_is_for_academies_and_centres_and_their_own_courses() -> None:
    world = World()
    world.learner(on=date(2026, 1, 5))
    freeze_completion(timezone.localdate())
    url = reverse("reports:completion_course", args=[world.courses[0].slug])
    assert Client().get(url).status_code == 302
    assert signed_in(make_user(role="assistant", place=make_mahalla())).get(url).status_code == 403
    other = signed_in(make_user(role="centre-manager", place=world.organizations[1]))
    assert other.get(url).status_code == 200  # it has a group of this course, though none that was learning
    assert other.get(url).context["page"].items == []
    assert other.get(reverse("reports:completion"), {"after": "x"}).status_code == 404


def test_completion_before_the_first_night_says_so() -> None:
    world = World()
    client = signed_in(make_user(role="academy-admin", place=world.courses[0].provider))
    assert client.get(reverse("reports:completion")).status_code == 200
