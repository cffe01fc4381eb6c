"""What is wanted and offered: each figure equals a count by hand, in each place, however the change came."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import District, Profession, Region
from enrollment.models import Cohort, Referral, Wish
from enrollment.services.cohorts import cancel_cohort, create_cohort, publish_cohort
from enrollment.services.referrals import accept_referral, enroll_referral, make_referral, waitlist_referral
from enrollment.services.wishes import move_wish, record_wish
from reports import tasks
from reports.models import DueCount, Supply, SupplyDue
from reports.queries.supply import Place, groups_to_open, rows_behind, trades_of, usual_sizes
from reports.services import supply
from reports.services.checking import check_figures, mend_rollup
from reports.services.rollup import note_change, rebuild, refresh
from tests.accounts.factories import make_district, make_mahalla, make_organization, make_profession, make_user
from tests.courses.factories import make_published_course
from tests.enrollment.factories import (
    make_cohort,
    make_household,
    make_open_referral,
    make_referred_enrollment,
    make_resident,
    make_wish,
    plan_of,
)

pytestmark = pytest.mark.django_db
MEASURES = ("wishes", "waiting", "seatless", "free", "planned", "unlimited")


class Town:
    """Two districts of a region; a trade that a centre in the first one teaches."""

    def __init__(self) -> None:
        self.district = make_district()
        self.region: Region = self.district.region
        self.other = make_district(region=self.region)
        self.trade: Profession = make_profession()
        self.centre = make_organization(district=self.district)
        self.course = make_published_course(provider=self.centre, profession=self.trade)

    def resident(self, district: District | None = None) -> Any:
        return make_resident(household=make_household(mahalla=make_mahalla(district=district or self.district)))

    def wish(self, district: District | None = None, **fields: Any) -> Wish:
        return make_wish(**{"resident": self.resident(district), "profession": self.trade} | fields)

    def group(self, **plan: Any) -> Cohort:
        return make_cohort(course=self.course, **plan)

    def row(self, place: District | Region | None = None, trade: Profession | None = None) -> dict[str, int]:
        refresh()
        where: dict[str, Any] = {"level": "republic"} if place is None else {"level": place._meta.model_name}
        if place is not None:
            where[str(place._meta.model_name)] = place
        row = Supply.objects.filter(profession=trade or self.trade, is_total=False, **where).first() or Supply()
        return {name: n for name in (*MEASURES, "lacking") if (n := getattr(row, name))}


def count_by_hand() -> dict[tuple[int, int | None], Counter[str]]:
    """By district and trade, one row after another, from the words of the page alone."""
    found: dict[tuple[int, int | None], Counter[str]] = {}

    def add(district: int, trade: int | None, **n: int) -> None:
        found.setdefault((district, trade), Counter()).update(n)

    for wish in Wish.objects.filter(kind="training", status="open").select_related("mahalla", "course"):
        trade = wish.profession_id or (wish.course.profession_id if wish.course else None)
        held = any(referral.status == "accepted" for referral in wish.referrals.all())
        add(wish.mahalla.district_id, trade, wishes=1, seatless=int(not held))
    for referral in Referral.objects.filter(status__in=["draft", "submitted", "waitlisted", "lapsed"]):
        covered = referral.wish is not None and (referral.wish.status, referral.wish.kind) == ("open", "training")
        waits = int(referral.status == "waitlisted")
        add(referral.mahalla.district_id, referral.course.profession_id, waiting=waits, seatless=int(not covered))
    for cohort in Cohort.objects.select_related("course", "organization"):
        if cohort.is_standing or not cohort.organization.district_id or not cohort.course.profession_id:
            continue
        key = cohort.organization.district_id, cohort.course.profession_id
        figure = {"draft": "planned", "open": "free"}.get(cohort.state)
        if figure and cohort.seats is None:
            add(*key, unlimited=1)
        elif figure:
            add(*key, **{figure: cohort.seats_free or 0})
    return {key: +counts for key, counts in found.items() if +counts}


def kept() -> dict[tuple[int, int | None], Counter[str]]:
    rows = Supply.objects.filter(level="district", is_total=False)
    return {
        (row.district_id or 0, row.profession_id): +Counter({name: getattr(row, name) for name in MEASURES})
        for row in rows
    }


def test_each_step_of_the_way_is_counted_as_it_happens() -> None:
    town, by = Town(), make_user()
    resident = town.resident()
    assert town.row() == {}
    wish = record_wish(resident, kind="training", profession=town.trade, by=by)
    assert town.row(town.district) == {"wishes": 1, "seatless": 1, "lacking": 1}
    cohort = create_cohort(
        course=town.course, organization=town.centre, plan=plan_of(make_cohort(course=make_published_course())), by=None
    )
    assert town.row(town.district) == {"wishes": 1, "seatless": 1, "planned": 3}
    publish_cohort(cohort, by=None)
    referral = make_referral(resident=resident, course=town.course, organization=town.centre, wish=wish, by=by)
    assert town.row(town.region) == {"wishes": 1, "seatless": 1, "free": 3}
    waitlist_referral(referral, by=by)
    assert town.row() == {"wishes": 1, "waiting": 1, "seatless": 1, "free": 3}
    accept_referral(referral, cohort=cohort, by=by)
    assert town.row() == {"wishes": 1, "free": 2}
    enroll_referral(referral, by=by)
    assert town.row() == {"free": 2}
    assert check_figures() == []
    assert kept() == count_by_hand()


def test_a_wish_that_names_a_course_wants_its_occupation_and_one_that_names_nothing_none() -> None:
    town = Town()
    town.wish(profession=None, course=town.course)
    town.wish(profession=None)
    town.wish(kind="loan")
    rebuild()
    assert town.row(town.district) == {"wishes": 1, "seatless": 1, "lacking": 1}
    assert Supply.objects.get(level="district", profession=None, is_total=False).wishes == 1
    assert Supply.objects.get(level="district", is_total=True).wishes == 2


def test_seats_of_one_district_serve_the_next() -> None:
    town = Town()
    for _ in range(3):
        town.wish(town.other)
    town.group(seats=2)
    rebuild()
    assert town.row(town.other)["lacking"] == 3
    assert town.row(town.region) == {"wishes": 3, "seatless": 3, "free": 2, "lacking": 1}


def test_a_group_without_limit_leaves_nothing_lacking() -> None:
    town = Town()
    town.wish()
    town.group(seats=None)
    rebuild()
    assert town.row(town.district) == {"wishes": 1, "seatless": 1, "unlimited": 1}


def test_what_serves_nobody_here_is_no_supply() -> None:
    """Groups that are full or over, cancelled, of no occupation, or of a provider without a district."""
    town = Town()
    today = timezone.localdate()
    make_referred_enrollment(cohort=town.group(seats=1))
    cancel_cohort(town.group(), by=None)
    town.group(enrol_until=today - timedelta(days=1))
    town.group(starts_on=today - timedelta(days=50), ends_on=today - timedelta(days=1))
    make_cohort(course=make_published_course(provider=town.centre))
    make_cohort(course=make_published_course(provider=make_organization(), profession=town.trade))
    rebuild()
    assert town.row(town.district) == town.row() == {}


def test_what_no_signal_tells_is_found_and_mended() -> None:
    town = Town()
    town.group(enrol_until=timezone.localdate())
    rebuild()
    assert town.row(town.district) == {"free": 3}
    Cohort.objects.update(enrol_until=timezone.localdate() - timedelta(days=1))
    Supply.objects.filter(level="region", is_total=True).delete()
    found = check_figures()
    assert {("supply of district", "free"), ("supply of region", "free")} <= {(d.grain, d.figure) for d in found}
    assert mend_rollup() > 0
    assert check_figures() == []
    assert not Supply.objects.exists()


def test_counting_again_writes_nothing() -> None:
    town = Town()
    town.wish()
    rebuild()
    before = set(Supply.objects.values_list("pk", flat=True))
    rebuild()
    assert set(Supply.objects.values_list("pk", flat=True)) == before
    move_wish(Wish.objects.get(), "withdrawn", by=None)
    assert town.row(town.district) == {}
    assert not DueCount.objects.exists()
    assert not SupplyDue.objects.exists()


def test_the_sweep_finds_districts_left_uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks.refresh, "delay", lambda: asked.append("refresh"))
    town = Town()
    town.wish()
    DueCount.objects.all().delete()
    SupplyDue.objects.create(district=town.district)
    tasks.sweep()
    assert asked == ["refresh"]
    tasks.refresh()
    assert town.row(town.district)["wishes"] == 1


# --- Groups that would be filled ------------------------------------------------------------------
def test_a_change_that_comes_while_districts_are_counted_is_not_left(monkeypatch: pytest.MonkeyPatch) -> None:
    first, later = make_wish(), make_wish()
    count = supply.count_due_districts

    def count_while_another_comes() -> int:
        monkeypatch.undo()
        note_change(DueCount.Kind.WISH, later.pk)  # its own refresh finds the figures locked and goes
        return count()

    monkeypatch.setattr(supply, "count_due_districts", count_while_another_comes)
    note_change(DueCount.Kind.WISH, first.pk)
    refresh()
    assert not DueCount.objects.exists()
    assert not SupplyDue.objects.exists()


def test_groups_that_would_be_filled_are_of_the_usual_size() -> None:
    town = Town()
    place = Place(town.region, town.district)
    for _ in range(7):
        town.wish()
    rebuild()
    assert usual_sizes([town.trade.pk]) == {town.trade.pk: 20}
    assert groups_to_open(place) == []
    done = town.group(seats=3, starts_on=timezone.localdate() - timedelta(days=60))
    town.group(seats=3, starts_on=timezone.localdate() - timedelta(days=400))
    assert done.state == Cohort.State.FINISHED
    rebuild()
    (group,) = groups_to_open(place)
    assert (group.profession, group.count, group.size, group.people) == (town.trade, 2, 3, 6)


def test_no_group_is_counted_where_no_course_leads() -> None:
    town = Town()
    trade = make_profession()
    for _ in range(30):
        town.wish(profession=trade)
    rebuild()
    place = Place(town.region)
    assert groups_to_open(place) == []
    assert [row.profession for row in trades_of(place, show="no-course")] == [trade]
    assert not trades_of(place, show="fill")


# --- The rows behind ------------------------------------------------------------------------------
def test_each_figure_equals_the_rows_behind_it() -> None:
    town = Town()
    auditor = make_user(role="auditor", place=town.region)
    for _ in range(2):
        town.wish()
        waitlist_referral(make_open_referral(cohort=town.group(), resident=town.resident()), by=None)
    town.wish(town.other)
    rebuild()
    for place in (Place(town.region), Place(town.region, town.district), Place(town.region, town.other)):
        for row in place.rows:
            trade = [] if row.is_total else [row.profession]
            assert rows_behind("wishes", place, trade, auditor).count() == row.wishes
            assert rows_behind("waiting", place, trade, auditor).count() == row.waiting
            groups: Any = rows_behind("free", place, trade, auditor)
            seats = sum(cohort.seats_free or 0 for cohort in groups)
            assert seats == row.free
