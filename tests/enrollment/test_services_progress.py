from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from base.errors import IllegalMove, InvalidInput
from courses.models import Lesson
from enrollment.models import Completion, Enrollment
from enrollment.services.attendance import record_attendance, record_roster
from enrollment.services.completions import NotDecided, correct_completion, fail_enrollment, mark_certified
from enrollment.services.enrollments import withdraw_enrollment
from enrollment.services.progress import (
    EnrollmentGivenUp,
    OwnGrade,
    complete_lesson,
    keep_position,
    open_lesson,
    record_result_by_hand,
    record_score,
)
from enrollment.signals import completion_decided, enrollment_changed
from tests.accounts.factories import make_user
from tests.courses.factories import make_course, make_lesson, make_module, make_quiz, publish
from tests.enrollment.factories import make_cohort, make_enrollment, make_referred_enrollment
from tests.enrollment.test_services_seats import race

pytestmark = pytest.mark.django_db


def make_learner(*kinds: str, referred: bool = False, **rules: Any) -> tuple[Enrollment, list[Lesson]]:
    """Enroll somebody in a course with one lesson of each kind: classes of 60 minutes, a quiz passes at 60."""
    course = make_course(**rules)
    version = course.versions.get()
    module = make_module(version)
    for kind in kinds:
        if kind in Lesson.ATTENDED_KINDS:
            make_lesson(module, kind, minutes=60)
        elif kind == "quiz":
            make_quiz(module, ("single",), weight=1, pass_score=60)
        else:
            make_lesson(module, kind)
    publish(version)
    course.refresh_from_db()
    make = make_referred_enrollment if referred else make_enrollment
    return make(cohort=make_cohort(course=course)), list(version.lessons.all())


@contextmanager
def heard(signal: Any) -> Iterator[list[dict[str, Any]]]:
    """What a signal said meanwhile."""
    news: list[dict[str, Any]] = []
    listen = lambda **said: news.append(said)  # noqa: E731  # a weak reference must outlive the call
    signal.connect(listen)
    yield news
    signal.disconnect(listen)


def test_opening_a_lesson_is_where_to_resume() -> None:
    enrollment, (first, second) = make_learner("page", "page")
    for lesson in (first, second, second):
        open_lesson(enrollment, lesson)
    keep_position(enrollment, second, seconds=95)
    enrollment.refresh_from_db()
    assert (enrollment.last_lesson, enrollment.progress, enrollment.status) == (second, 0, "active")
    assert enrollment.lesson_progress.get(lesson=second).position == 95


def test_completion_is_decided_with_the_last_rule(django_capture_on_commit_callbacks: Any) -> None:
    enrollment, (page, work, meeting) = make_learner(
        "page", "quiz", "on-site", referred=True, min_grade=Decimal(70), min_attendance=Decimal("0.8")
    )
    with heard(completion_decided) as decided, django_capture_on_commit_callbacks(execute=True):
        complete_lesson(enrollment, page)
        record_score(enrollment, work, score=Decimal(65))
        record_attendance(enrollment, meeting, minutes=50, source="on-site", on=timezone.localdate(), by=None)
        enrollment.refresh_from_db()
        assert (enrollment.status, enrollment.progress, enrollment.grade) == ("active", 1, Decimal(65))
        record_score(enrollment, work, score=Decimal(82))
        complete_lesson(enrollment, page)
    enrollment.refresh_from_db()
    completion = enrollment.completions.get()
    assert (enrollment.status, completion.is_met, completion.decided_by) == ("completed", True, None)
    assert (completion.grade, completion.attendance, completion.progress) == (Decimal(82), 50 / 60, 1)
    assert enrollment.referral is not None
    assert enrollment.referral.status == "completed"
    assert [news["completion_id"] for news in decided] == [completion.pk]


def test_a_score_too_low_leaves_the_lesson_open_and_what_was_passed_stays_passed() -> None:
    enrollment, (work,) = make_learner("quiz")
    assert record_score(enrollment, work, score=Decimal(59)).completed_at is None
    passed = record_score(enrollment, work, score=Decimal(90)).completed_at
    assert record_score(enrollment, work, score=Decimal(30)).completed_at == passed
    enrollment.refresh_from_db()
    assert (enrollment.grade, enrollment.status) == (Decimal(30), "completed")


def test_better_score_after_the_decision_counts_but_decides_nothing_again() -> None:
    enrollment, (work,) = make_learner("quiz")
    record_score(enrollment, work, score=Decimal(60))
    record_score(enrollment, work, score=Decimal(100))
    enrollment.refresh_from_db()
    assert enrollment.grade == Decimal(100)
    assert enrollment.completions.get().grade == Decimal(60)


def test_result_by_hand_hides_no_attempt_and_can_be_replaced() -> None:
    enrollment, (work, _) = make_learner("quiz", "page")
    teacher = make_user()
    by_hand = partial(record_result_by_hand, enrollment, work, by=teacher)
    record_score(enrollment, work, score=Decimal(50))
    assert by_hand(score=Decimal(95), evidence="Koʻrik").score == Decimal(95)
    lowered = by_hand(score=Decimal(40))
    assert (lowered.score, lowered.attempt_score, lowered.by_hand) == (Decimal(50), Decimal(50), True)
    assert lowered.completed_at is None
    assert by_hand(completed=True).completed_at is not None
    assert AuditEvent.objects.filter(action="lesson-result.recorded", actor=teacher).count() == 3


def test_result_by_hand_completes_a_class_that_minutes_did_not() -> None:
    enrollment, (meeting,) = make_learner("on-site")
    record_result_by_hand(enrollment, meeting, completed=True, by=make_user())
    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.progress, enrollment.attendance) == ("completed", 1, 0)


@pytest.mark.parametrize("score", [Decimal(-1), Decimal("100.01")])
def test_impossible_results_are_refused(score: Decimal) -> None:
    enrollment, (work,) = make_learner("quiz")
    with pytest.raises(InvalidInput):
        record_score(enrollment, work, score=score)
    with pytest.raises(InvalidInput):
        record_result_by_hand(enrollment, work, score=score, by=make_user())
    with pytest.raises(InvalidInput):
        record_result_by_hand(enrollment, work, by=make_user())


def test_nobody_records_own_results() -> None:
    enrollment, (work,) = make_learner("quiz")
    with pytest.raises(OwnGrade):
        record_result_by_hand(enrollment, work, score=Decimal(100), by=enrollment.person.user)
    assert not enrollment.lesson_progress.filter(score__isnull=False).exists()


def test_lesson_of_another_course_and_a_left_course_are_refused() -> None:
    enrollment, (page,) = make_learner("page")
    _, (other,) = make_learner("page")
    with pytest.raises(InvalidInput):
        complete_lesson(enrollment, other)
    withdraw_enrollment(enrollment, reason="family", by=None)
    with pytest.raises(EnrollmentGivenUp):
        complete_lesson(enrollment, page)


def test_attendance_is_a_ledger_that_corrections_append_to() -> None:
    enrollment, (meeting, _) = make_learner("on-site", "page", min_attendance=Decimal("0.5"))
    record = partial(record_attendance, enrollment, meeting, source="on-site", on=timezone.localdate(), by=make_user())
    record(minutes=60)
    record(minutes=-40, reason="Erta ketdi")
    enrollment.refresh_from_db()
    assert (enrollment.attendance, enrollment.progress) == (1 / 3, 0)
    record(minutes=10)
    enrollment.refresh_from_db()
    assert (enrollment.attendance, enrollment.progress) == (0.5, 0.5)
    assert list(enrollment.attendance_entries.order_by("id").values_list("minutes", flat=True)) == [60, -40, 10]


def test_attendance_by_a_machine_is_counted_once() -> None:
    enrollment, (meeting, _) = make_learner("live", "page")
    for _ in range(2):
        record_attendance(
            enrollment, meeting, minutes=30, source="live", on=timezone.localdate(), key="live-1-7", by=None
        )
    assert enrollment.lesson_progress.get().minutes == 30


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"minutes": -5}, "reason"),
        ({"minutes": -5, "reason": "Xato"}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"on": timezone.localdate() + timedelta(days=1)}, "on"),
    ],
)
def test_impossible_attendance_is_refused(entry: dict[str, Any], field: str) -> None:
    enrollment, (meeting,) = make_learner("on-site")
    fine: dict[str, Any] = {"minutes": 5, "source": "on-site", "on": timezone.localdate(), "by": None}
    with pytest.raises(InvalidInput) as refusal:
        record_attendance(enrollment, meeting, **fine | entry)
    assert refusal.value.field == field
    assert not enrollment.attendance_entries.exists()


def test_roster_sent_twice_counts_once_and_lowering_needs_a_reason() -> None:
    enrollment, (meeting, _) = make_learner("on-site", "page")
    other = make_enrollment(cohort=enrollment.cohort)
    send = partial(record_roster, enrollment.cohort, meeting, on=timezone.localdate(), by=make_user())
    assert send(minutes={enrollment: 60, other: 0}) == 1
    assert send(minutes={enrollment: 60, other: 0}) == 0
    with pytest.raises(InvalidInput):
        send(minutes={enrollment: 30, other: 45})
    assert not other.attendance_entries.exists()
    assert send(minutes={enrollment: 30, other: 45}, reason="Xato kiritilgan") == 2
    assert enrollment.lesson_progress.get().minutes == 30


def test_failing_by_hand_is_final_and_follows_on_the_referral() -> None:
    enrollment, _ = make_learner("page", referred=True)
    for _ in range(2):
        failed = fail_enrollment(enrollment, reason="Imtihonga kelmadi", by=make_user())
    assert failed.status == "failed"
    assert failed.referral is not None
    assert failed.referral.status == "failed"
    assert enrollment.completions.get().reason == "Imtihonga kelmadi"


def test_who_left_cannot_fail() -> None:
    enrollment = withdraw_enrollment(make_enrollment(), reason="family", by=None)
    with pytest.raises(IllegalMove):
        fail_enrollment(enrollment, by=None)


def test_correction_supersedes_the_decision() -> None:
    enrollment, (page,) = make_learner("page", referred=True)
    fail_enrollment(enrollment, by=None)
    complete_lesson(enrollment, page)
    boss = make_user()
    for _ in range(2):
        correct_completion(enrollment, is_met=True, reason="Natija kech keldi", by=boss)
    enrollment.refresh_from_db()
    first, second = enrollment.completions.order_by("id")
    assert (first.is_met, second.is_met, second.supersedes, second.decided_by) == (False, True, first, boss)
    assert Completion.objects.get(enrollment=enrollment, superseded_by=None) == second
    assert enrollment.status == "completed"
    assert enrollment.referral is not None
    assert enrollment.referral.status == "completed"


def test_correction_needs_a_decision_and_a_reason() -> None:
    enrollment, (page,) = make_learner("page")
    with pytest.raises(NotDecided):
        correct_completion(enrollment, is_met=True, reason="Shunday", by=make_user())
    complete_lesson(enrollment, page)
    with pytest.raises(InvalidInput):
        correct_completion(enrollment, is_met=False, reason=" ", by=make_user())


def test_certificate_is_noted_once() -> None:
    enrollment = make_enrollment()
    with heard(enrollment_changed) as news:
        for _ in range(2):
            mark_certified(enrollment, code="ABC", issued_on=timezone.localdate())
    enrollment.refresh_from_db()
    assert (enrollment.credential_code, len(news)) == ("ABC", 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_concurrent_results_lose_none_and_decide_once() -> None:
    enrollment, lessons = make_learner(*["page"] * 8)
    ends = race([partial(complete_lesson, enrollment, lesson) for lesson in lessons for _ in range(2)])
    assert ends == {"done": 16}
    enrollment.refresh_from_db()
    assert (enrollment.progress, enrollment.status, enrollment.completions.count()) == (1, "completed", 1)
