"""Planning, holding and ending classes: each move, each refusal, each second call."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from base.errors import DomainError, IllegalMove, InvalidInput
from base.models import Notice
from enrollment.models import AttendanceEntry, Cohort
from live.models import LiveSession, RoomEvent, Visit
from live.services.chat import say
from live.services.sessions import (
    TRANSITIONS,
    CohortNotTaught,
    SessionOverlaps,
    StartTooEarly,
    cancel_session,
    end_session,
    reschedule_session,
    start_session,
)
from live.tasks import end_abandoned
from tests.live.conftest import Class
from tests.live.factories import make_live_cohort, make_session, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(instructor: User) -> Cohort:
    return make_live_cohort(instructor=instructor)


def ago(session: LiveSession, **times: int) -> LiveSession:
    """Move times of a class so many minutes into the past."""
    moved = {name: timezone.now() - timedelta(minutes=minutes) for name, minutes in times.items()}
    LiveSession.objects.filter(pk=session.pk).update(**moved)
    session.refresh_from_db()
    return session


# --- Planning ---------------------------------------------------------------------------------
def test_class_planned_twice_is_one_and_the_cohort_knows_when(cohort: Cohort) -> None:
    starts_at = timezone.now() + timedelta(days=1)
    first, second = (make_session(cohort, starts_at=starts_at) for _ in range(2))
    cohort.refresh_from_db()
    assert first == second
    assert cohort.next_session_at == starts_at


def test_plan_is_refused_where_it_cannot_be(cohort: Cohort, outsider: User) -> None:
    now = timezone.now()
    page = cohort.version.lessons.get(kind="page")
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("lesson", {"lesson": page}),
        ("lesson", {"lesson": make_live_cohort().version.lessons.get(kind="live")}),
        ("ends_at", {"ends_at": now}),
        ("ends_at", {"ends_at": now + timedelta(hours=9)}),
        ("starts_at", {"starts_at": now - timedelta(hours=2), "ends_at": now - timedelta(hours=1)}),
        ("teacher", {"teacher": outsider}),
    ]
    for field, fields in wrong:
        with pytest.raises(InvalidInput) as refusal:
            make_session(cohort, **fields)
        assert refusal.value.field == field


def test_group_has_one_class_at_a_time(cohort: Cohort) -> None:
    session = make_session(cohort)
    for shift in (timedelta(minutes=-30), timedelta(minutes=30)):
        with pytest.raises(SessionOverlaps):
            make_session(cohort, starts_at=session.starts_at + shift)
    make_session(cohort, starts_at=session.ends_at)


def test_group_that_is_not_published_has_no_classes(cohort: Cohort) -> None:
    Cohort.objects.filter(pk=cohort.pk).update(status="draft")
    with pytest.raises(CohortNotTaught):
        make_session(cohort)


def test_class_is_put_off_once(cohort: Cohort) -> None:
    session, later = make_session(cohort), timezone.now() + timedelta(days=2)
    for _ in range(2):
        session = reschedule_session(session, starts_at=later, ends_at=later + timedelta(hours=1), by=None)
    cohort.refresh_from_db()
    assert session.starts_at == cohort.next_session_at == later
    start_late = ago(session, starts_at=0)
    start_session(start_late, by=None)
    with pytest.raises(IllegalMove):
        reschedule_session(session, starts_at=later, ends_at=later + timedelta(hours=2), by=None)


def test_class_called_off_leaves_the_calendar(cohort: Cohort) -> None:
    session = make_session(cohort)
    for _ in range(2):
        session = cancel_session(session, by=None)
    cohort.refresh_from_db()
    assert session.status == "cancelled"
    assert cohort.next_session_at is None
    assert make_session(cohort, starts_at=session.starts_at) != session


def test_learners_hear_of_plan_and_change(
    room: Class, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        session = make_session(room.cohort, starts_at=room.session.ends_at)
    with django_capture_on_commit_callbacks(execute=True):
        later = session.starts_at + timedelta(days=1)
        reschedule_session(session, starts_at=later, ends_at=later + timedelta(hours=1), by=None)
    with django_capture_on_commit_callbacks(execute=True):
        cancel_session(session, by=None)
    for user in (room.learner, room.other):
        kinds = Notice.objects.filter(user=user).order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == ["class-scheduled", "class-scheduled", "class-cancelled"]


# --- Holding ----------------------------------------------------------------------------------
def test_class_begins_and_ends_once(cohort: Cohort, instructor: User) -> None:
    session = make_session(cohort)
    started = [start_session(session, by=instructor).started_at for _ in range(2)]
    ended = [end_session(session, by=instructor).ended_at for _ in range(2)]
    assert started[0] == started[1]
    assert ended[0] == ended[1]
    assert list(session.events.values_list("seq", "kind")) == [(1, "start"), (2, "end")]
    cohort.refresh_from_db()
    assert cohort.next_session_at is None


def test_class_does_not_begin_long_before_its_time(cohort: Cohort) -> None:
    session = make_session(cohort, starts_at=timezone.now() + timedelta(minutes=61))
    with pytest.raises(StartTooEarly):
        start_session(session, by=None)


def test_only_moves_of_the_table_are_made(cohort: Cohort) -> None:
    moves: dict[str, Callable[[LiveSession], LiveSession]] = {
        "live": lambda session: start_session(session, by=None),
        "ended": lambda session: end_session(session, by=None),
        "cancelled": lambda session: cancel_session(session, by=None),
    }
    for days, (status, legal) in enumerate(TRANSITIONS.items()):
        for hours, (target, move) in enumerate(moves.items()):
            starts_at = timezone.now() + timedelta(days=days, hours=2 * hours)
            session = make_session(cohort, starts_at=starts_at)
            LiveSession.objects.filter(pk=session.pk).update(status=status, started_at=timezone.now())
            LiveSession.objects.filter(pk=session.pk).update(starts_at=timezone.now())
            if target in legal or target == status:
                assert move(session).status == target
            else:
                with pytest.raises(IllegalMove):
                    move(session)
            LiveSession.objects.filter(pk=session.pk).update(status="cancelled")


# --- Left behind ------------------------------------------------------------------------------
def test_class_goes_on_while_somebody_is_heard_of(room: Class) -> None:
    ago(room.session, started_at=40)
    Visit.objects.create(session=room.session, user=room.learner, enrollment=room.enrollment)
    assert end_abandoned() == 0


def test_class_that_has_just_begun_goes_on_though_who_waited_has_left(room: Class) -> None:
    make_visit(room.session, room.learner, minutes=(-60, -40), enrollment=room.enrollment)
    assert end_abandoned() == 0
    ago(room.session, started_at=16)
    assert end_abandoned() == 1
    room.session.refresh_from_db()
    assert room.session.ended_at == room.session.started_at


def test_class_that_everybody_left_ends_when_last_heard_of(room: Class) -> None:
    ago(room.session, started_at=40)
    make_visit(room.session, room.learner, minutes=(0, 20), enrollment=room.enrollment)
    Visit.objects.update(left_at=None)
    assert end_abandoned() == 1
    assert end_abandoned() == 0
    room.session.refresh_from_db()
    assert room.session.ended_at
    assert room.session.started_at
    assert round((room.session.ended_at - room.session.started_at).total_seconds()) == 20 * 60
    assert AttendanceEntry.objects.get().minutes == 20
    assert Visit.objects.filter(left_at=None).count() == 0


def test_class_whose_teacher_left_ends_five_minutes_after_its_time(room: Class) -> None:
    ago(room.session, started_at=70, starts_at=70, ends_at=6)
    make_visit(room.session, room.teacher, minutes=(0, 60))
    Visit.objects.create(session=room.session, user=room.learner, enrollment=room.enrollment)  # a tab left open
    assert end_abandoned() == 1
    room.session.refresh_from_db()
    assert room.session.ended_at == room.session.ends_at


def test_class_that_runs_late_goes_on_while_the_teacher_is_there(room: Class) -> None:
    ago(room.session, started_at=90, starts_at=90, ends_at=30)
    Visit.objects.create(session=room.session, user=room.teacher)
    assert end_abandoned() == 0


def test_class_that_nobody_began_is_called_off(cohort: Cohort) -> None:
    session = ago(make_session(cohort), starts_at=121, ends_at=61)
    assert end_abandoned() == 1
    session.refresh_from_db()
    assert session.status == "cancelled"


def test_class_without_any_visit_ends_too(room: Class) -> None:
    ago(room.session, started_at=16)
    assert end_abandoned() == 1


# --- Numbers ----------------------------------------------------------------------------------
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_events_of_many_threads_get_numbers_without_gap_or_double(room: Class) -> None:
    refusals: list[DomainError] = []

    def speak() -> None:
        try:
            for number in range(10):
                say(room.session, text=f"{number}", by=room.learner)
        except DomainError as refusal:
            refusals.append(refusal)
        finally:
            connection.close()

    threads = [Thread(target=speak) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not refusals
    numbers = RoomEvent.objects.filter(session=room.session).order_by("seq").values_list("seq", flat=True)
    assert list(numbers) == list(range(1, 82))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_class_ended_by_two_at_once_ends_once(room: Class) -> None:
    def end() -> None:
        try:
            end_session(room.session, by=room.teacher)
        finally:
            connection.close()

    threads = [Thread(target=end) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert RoomEvent.objects.filter(session=room.session, kind="end").count() == 1
