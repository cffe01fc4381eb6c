"""The demo is whole, is made once, and takes learners on whatever day it is started."""

from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker, Settings

from accounts.models import Employment, Mahalla, Membership, Organization, Person, User
from accounts.pinfl import check_pinfl
from base.models import Notice
from certificates.models import Credential
from certificates.services.papers import read_pdf
from enrollment.models import AttendanceEntry, Cohort, Enrollment, Outcome, Referral, TrainingAssignment, TrainingCheck
from enrollment.services.enrollments import enroll_person
from learning.models import Attempt
from live.models import LiveSession, RoomEvent
from lms.demo.clock import Calendar
from lms.demo.people import CENTRE, DISTRICT, EMPLOYER, MAHALLA, REGION
from lms.demo.seed import load_demo
from lms.demo.supply import COOKING, SEWING, WELDING
from lms.demo_accounts import ACCOUNTS, PASSWORD
from reports.models import CompletionStatistics, Rollup, TrainingPlan
from reports.services.checking import check_figures
from tests.accounts.factories import make_district, make_mahalla, make_person, make_profession, make_region

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo of TODAY over the places that it names; thrown away at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        region = make_region(code=REGION)
        district = make_district(code=DISTRICT, region=region)
        make_district(code="1726262")
        for code in (MAHALLA, "14140069", "14140018", "14140008"):
            make_mahalla(code=code, district=district)
        for code in ("14010002", "14020002"):
            make_mahalla(code=code, district=make_district(region=region))
        for code in (SEWING, COOKING, WELDING):
            make_profession(code=code)
        assert load_demo(today=TODAY)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(made: None, db: None) -> Calendar:
    """Each test may change it and leaves it as it was."""
    return Calendar(TODAY)


def count_rows() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def test_a_second_time_changes_nothing(demo: Calendar) -> None:
    before = count_rows()
    assert not load_demo(today=TODAY)
    assert count_rows() == before


def test_referrals_stand_at_each_stage(demo: Calendar) -> None:
    assert set(Referral.objects.values_list("status", flat=True)) == set(Referral.Status.values)
    waiting = Referral.objects.filter(status="submitted")
    assert waiting.filter(due_at__lt=demo.moment(0)).exists()
    assert waiting.filter(due_at__gt=demo.moment(0)).exists()
    assert {*Referral.objects.values_list("door", flat=True)} == set(Referral.Door.values)
    for referral in Referral.objects.all():
        steps = [*referral.moves.values_list("at", flat=True)]
        assert steps == sorted(steps)
        assert steps[-1] < demo.moment(0)


def test_learning_has_left_its_traces(demo: Calendar) -> None:
    assert set(Enrollment.objects.values_list("status", flat=True)) == set(Enrollment.Status.values)
    assert set(Outcome.objects.values_list("status", flat=True)) == set(Outcome.Status.values)
    assert Outcome.objects.filter(status="confirmed", on__lte=demo.day(-90)).exists()
    assert {"live", "on-site"} <= {*AttendanceEntry.objects.values_list("source", flat=True)}
    assert {"open", "submitted"} == {*Attempt.objects.values_list("status", flat=True)}
    assert Attempt.objects.filter(number=2).exists()
    past = LiveSession.objects.filter(status="ended", counted_at__isnull=False).latest("starts_at")
    kinds = {RoomEvent.Kind.START, RoomEvent.Kind.SAY, RoomEvent.Kind.HAND, RoomEvent.Kind.END}
    assert kinds <= {*past.events.values_list("kind", flat=True)}
    assert past.cohort.state == Cohort.State.RUNNING
    assert Notice.objects.filter(user__username="assistant", read_at=None).exists()


def test_each_completion_has_its_certificate(demo: Calendar) -> None:
    completed = Enrollment.objects.filter(status="completed")
    assert completed.count() == Credential.objects.count() > 10
    for credential in Credential.objects.all():
        assert read_pdf(credential).startswith(b"%PDF")
        assert credential.issued_on < TODAY
    for issuer in Organization.objects.providers():
        sequences = [*issuer.credentials.order_by("id").values_list("sequence", flat=True)]
        assert sequences == list(range(1, len(sequences) + 1))


def test_figures_are_counted(demo: Calendar) -> None:
    assert check_figures() == []
    assert Rollup.objects.filter(employed__gt=0).exists()
    assert CompletionStatistics.objects.filter(cohort__code="TIK-3").exists()


@pytest.mark.parametrize("username", ACCOUNTS)
def test_each_account_signs_in(demo: Calendar, username: str) -> None:
    client = Client()
    client.post(reverse("account_login"), {"login": username, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(User.objects.get(username=username).pk)


def test_accounts_stand_where_they_should(demo: Calendar) -> None:
    places = {row.user.username: row.place for row in Membership.objects.select_related("user")}
    assert [getattr(places[name], "code", None) for name in ("assistant", "counter", "supervisor", "auditor")] == [
        MAHALLA,
        DISTRICT,
        REGION,
        REGION,
    ]
    assert places["centre"] == places["instructor"] == Organization.objects.get(code=CENTRE)
    mahalla = Mahalla.objects.select_related("district").get(code=MAHALLA)
    assert mahalla.district.region_id == getattr(places["supervisor"], "pk", None)


def test_the_civil_servant_has_one_course_begun_and_one_to_begin(demo: Calendar) -> None:
    learner = User.objects.get(username="learner")
    assert Employment.objects.current(TODAY).get(person=learner.person).organization.code == EMPLOYER
    assert Membership.objects.get(user__username="manager").place == Organization.objects.get(code=EMPLOYER)
    begun = Enrollment.objects.get(person=learner.person)
    assert begun.status == "active"
    assert 0 < begun.progress < 1
    assert Cohort.objects.filter(is_standing=True).exclude(course=begun.cohort.course).exists()


def test_the_resident_learns_in_a_group_that_runs(demo: Calendar) -> None:
    resident = User.objects.get(username="resident")
    enrollment = Enrollment.objects.get(person=resident.person)
    assert enrollment.status == "active"
    with demo.on(0):
        assert enrollment.cohort.state == Cohort.State.RUNNING
    assert LiveSession.objects.visible_to(resident).coming().exists()


def open_groups() -> Any:
    return Cohort.objects.open().filter(organization__code=CENTRE)


@pytest.mark.parametrize("days", [0, 1, 17, 18, 30, 90, 200, 400])
def test_a_group_takes_learners_on_any_day(demo: Calendar, days: int) -> None:
    later = TODAY + timedelta(days=days)
    load_demo(today=later)
    with Calendar(later).on(0):
        assert all(group.seats_free > 0 for group in open_groups())
        assert open_groups()
    for group in Cohort.objects.filter(organization__code=CENTRE):
        assert [user.username for user in group.instructors.all()] == ["instructor"]
    assert not load_demo(today=later)


def test_a_full_group_is_followed_by_another(demo: Calendar) -> None:
    with demo.on(0):
        group = open_groups().get()
        while group.seats_taken < (group.seats or 0):
            enroll_person(cohort=group, person=make_person(), by=None)
            group = Cohort.objects.get(pk=group.pk)
    assert load_demo(today=TODAY)
    with demo.on(0):
        assert open_groups().exclude(pk=group.pk).get().seats_free == 12


def test_pinfls_are_right_and_belong_to_no_district(demo: Calendar) -> None:
    known = [person for person in Person.objects.all() if person.pinfl]
    assert len(known) > 50
    for person in known:
        assert person.pinfl
        assert person.pinfl.digits[7:10] == "999"
        assert check_pinfl(person.pinfl, birth_date=person.birth_date, gender=person.gender) == []


def test_a_plan_stands_in_each_state(demo: Calendar) -> None:
    plans = TrainingPlan.objects.order_by("year", "season")
    assert [plan.status for plan in plans] == ["closed", "agreed", "draft"]
    assert all(plan.lines.filter(target__gt=0).exists() for plan in plans)
    assert plans[0].lines.get().enrolled == 12


def test_the_clock_goes_on_afterwards(demo: Calendar) -> None:
    with demo.on(-100):
        assert timezone.localdate() == demo.day(-100)
    assert timezone.localdate() >= TODAY


def test_nobody_makes_it_by_mistake(db: None, settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="MALAKA_DEMO=1"):
        call_command("load_demo", stdout=StringIO())


def test_mandatory_training_stands_in_every_state(demo: Calendar) -> None:
    manager = User.objects.get(username="manager")
    rows = TrainingAssignment.objects.managed_by(manager)
    assert {*rows.values_list("status", flat=True)} >= {"due", "started", "met", "exempt"}
    with demo.on(0):
        assert rows.pending().filter(due_on__lt=TODAY).exists()
        assert rows.pending().filter(due_on__range=(TODAY, TODAY + timedelta(days=30))).exists()
    learner = User.objects.get(username="learner")
    own = TrainingAssignment.objects.filter(person=learner.person)
    assert {*own.values_list("status", flat=True)} == {"started", "due"}
    assert not TrainingCheck.objects.exists()
