"""Minutes present: merged over tabs and reconnects, counted once, corrected by further entries."""

from datetime import timedelta

import pytest
from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from base.errors import InvalidInput
from enrollment.models import AttendanceEntry, Enrollment, LessonProgress
from enrollment.services.progress import OwnGrade
from live.models import LiveSession, Visit
from live.queries.minutes import minutes_of, minutes_present
from live.services import presence
from live.services.attendance import NotHeld, correct_minutes, count_session
from live.services.events import ClassOver, NotInClass
from live.services.sessions import end_session
from tests.accounts.factories import make_user
from tests.live.conftest import Class
from tests.live.factories import make_learner, make_session, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(room: Class) -> LiveSession:
    """A class that began an hour ago."""
    LiveSession.objects.update(started_at=timezone.now() - timedelta(minutes=60))
    room.session.refresh_from_db()
    return room.session


def test_tabs_and_reconnects_are_merged_and_clipped_to_the_class(room: Class, session: LiveSession) -> None:
    for minutes in ((-10, 5), (2, 12), (3, 4), (20, 30), (30, 31), (55, 90)):
        make_visit(session, room.learner, minutes=minutes, enrollment=room.enrollment)
    end_session(session, by=None, at=session.started_at + timedelta(minutes=60) if session.started_at else None)
    session.refresh_from_db()
    assert minutes_present(session) == {room.enrollment.pk: 12 + 11 + 5}


def test_each_learner_gets_one_entry_however_often_it_is_counted(room: Class, session: LiveSession) -> None:
    other = Enrollment.objects.exclude(pk=room.enrollment.pk).get()
    make_visit(session, room.learner, minutes=(0, 60), enrollment=room.enrollment)
    make_visit(session, room.other, minutes=(10, 40), enrollment=other)
    make_visit(session, room.teacher, minutes=(0, 60))
    ended = end_session(session, by=room.teacher)
    assert count_session(ended) == 2
    assert count_session(ended) == 2  # an earlier count that was broken off before it was noted
    session.refresh_from_db()
    assert count_session(session) == 0
    assert dict(AttendanceEntry.objects.values_list("enrollment", "minutes")) == {room.enrollment.pk: 60, other.pk: 30}
    progress = LessonProgress.objects.get(enrollment=room.enrollment, lesson=session.lesson)
    assert (progress.minutes, progress.completed_at is None) == (60, False)


def test_class_that_is_on_counts_nothing_yet(room: Class, session: LiveSession) -> None:
    make_visit(session, room.learner, minutes=(0, 30), enrollment=room.enrollment)
    assert count_session(session) == 0
    to_come = make_session(room.cohort, starts_at=session.ends_at + timedelta(days=1))
    with pytest.raises(NotHeld):
        correct_minutes(to_come, room.enrollment, minutes=30, reason="x", by=room.teacher)


def test_what_is_said_before_the_count_follows_it_as_a_correction(room: Class, session: LiveSession) -> None:
    other = Enrollment.objects.exclude(pk=room.enrollment.pk).get()
    make_visit(session, room.learner, minutes=(0, 30), enrollment=room.enrollment)
    for minutes in (20, 25):
        correct_minutes(session, room.enrollment, minutes=minutes, reason="Uxlab qoldi", by=room.teacher)
    correct_minutes(session, other, minutes=10, reason="Telefondan", by=room.teacher)
    [row] = minutes_of(session, [room.enrollment])
    assert (row.present, row.will_count, row.counted) == (30, 25, 0)
    ended = end_session(session, by=room.teacher)
    for _ in range(2):
        count_session(ended)
    entries = AttendanceEntry.objects.order_by("pk").values_list("enrollment", "minutes", "reason", "by")
    assert list(entries) == [
        (room.enrollment.pk, 30, "", None),
        (room.enrollment.pk, -5, "Uxlab qoldi", room.teacher.pk),
        (other.pk, 10, "Telefondan", room.teacher.pk),
    ]


def test_nobody_corrects_own_minutes(room: Class, session: LiveSession) -> None:
    own = make_learner(room.cohort, room.teacher)
    with pytest.raises(OwnGrade):
        correct_minutes(session, own, minutes=60, reason="x", by=room.teacher)


def test_who_is_back_within_two_minutes_was_there(room: Class, session: LiveSession) -> None:
    for minutes in ((0, 10), (12, 20), (23, 30)):
        make_visit(session, room.learner, minutes=minutes, enrollment=room.enrollment)
    assert minutes_present(session) == {room.enrollment.pk: 20 + 7}


def test_learner_who_left_the_course_is_not_counted(room: Class, session: LiveSession) -> None:
    make_visit(session, room.learner, minutes=(0, 30), enrollment=room.enrollment)
    Enrollment.objects.filter(pk=room.enrollment.pk).update(status="withdrawn")
    assert count_session(end_session(session, by=None)) == 0


def test_correction_is_a_further_entry(room: Class, session: LiveSession) -> None:
    make_visit(session, room.learner, minutes=(0, 30), enrollment=room.enrollment)
    count_session(end_session(session, by=room.teacher))
    for minutes in (45, 45, 20):
        correct_minutes(session, room.enrollment, minutes=minutes, reason="Aloqa uzildi", by=room.teacher)
    entries = AttendanceEntry.objects.order_by("pk")
    assert [(entry.minutes, entry.reason) for entry in entries] == [
        (30, ""),
        (15, "Aloqa uzildi"),
        (-25, "Aloqa uzildi"),
    ]
    assert entries.aggregate(Sum("minutes")) == {"minutes__sum": 20}


def test_correction_is_refused_where_it_cannot_be(room: Class, session: LiveSession) -> None:
    count_session(end_session(session, by=room.teacher))
    from tests.live.factories import make_live_cohort

    elsewhere = make_learner(make_live_cohort(), make_user())
    for enrollment, minutes, reason in (
        (room.enrollment, -1, "x"),
        (room.enrollment, 10, " "),
        (elsewhere, 10, "x"),
    ):
        with pytest.raises(InvalidInput):
            correct_minutes(session, enrollment, minutes=minutes, reason=reason, by=room.teacher)


# --- Stays ------------------------------------------------------------------------------------
def test_stay_ends_when_left_and_stays_as_it_is(room: Class) -> None:
    stay = presence.join(room.session, by=room.learner)
    assert stay.enrollment == room.enrollment
    presence.leave(stay.pk)
    stay.refresh_from_db()
    left_at = stay.left_at
    presence.leave(stay.pk)
    stay.refresh_from_db()
    assert stay.left_at == left_at is not None


def test_sign_of_life_is_written_for_stays_that_go_on(room: Class) -> None:
    stay, gone = presence.join(room.session, by=room.learner), presence.join(room.session, by=room.other)
    presence.leave(gone.pk)
    Visit.objects.update(seen_at=timezone.now() - timedelta(minutes=1))
    assert presence.keep_alive(room.session.pk, {stay.pk, gone.pk, 0}) == {stay.pk}
    stay.refresh_from_db()
    assert timezone.now() - stay.seen_at < timedelta(seconds=30)


def test_stay_that_gives_no_sign_ends_when_last_heard_of(room: Class) -> None:
    stay = presence.join(room.session, by=room.learner)
    seen_at = timezone.now() - timedelta(minutes=5)
    Visit.objects.update(seen_at=seen_at)
    assert presence.close_stale_visits() == 1
    stay.refresh_from_db()
    assert stay.left_at == seen_at


def test_end_of_class_ends_stays_when_last_heard_of(room: Class, session: LiveSession) -> None:
    here, lost = presence.join(session, by=room.learner), presence.join(session, by=room.other)
    Visit.objects.filter(pk=lost.pk).update(seen_at=timezone.now() - timedelta(minutes=9))
    ended = end_session(session, by=room.teacher)
    here.refresh_from_db()
    lost.refresh_from_db()
    assert here.left_at == ended.ended_at
    assert lost.left_at == lost.seen_at


def test_nobody_joins_a_class_that_is_not_theirs_or_over(room: Class, outsider: User) -> None:
    with pytest.raises(NotInClass):
        presence.join(room.session, by=outsider)
    with pytest.raises(ClassOver):
        presence.join(end_session(room.session, by=None), by=room.learner)
