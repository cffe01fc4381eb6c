from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import User
from base.errors import InvalidInput
from base.models import Notice
from base.services.notices import send_due_mail
from courses.models import Lesson, ReleaseRule
from courses.services.versions import new_draft
from enrollment.models import Enrollment
from enrollment.services.cohort_changes import copy_cohort
from enrollment.services.progress import complete_lesson
from learning.models import DueReminder, LessonDate, QuizWindow
from learning.services.attempts import start_attempt
from learning.services.due_reminders import remind
from learning.services.release import LessonLocked, NothingDue, extend_due, set_dates, shift_dates
from learning.services.times import set_window
from tests.accounts.factories import make_user
from tests.courses.factories import publish
from tests.learning.factories import lesson_of, make_learning, take_quiz

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrollment(learner: User) -> Enrollment:
    return make_learning(user=learner)


def hence(**times: int) -> datetime:
    return timezone.now() + timedelta(**times)


def date(enrollment: Enrollment, kind: str, by: User, **dates: datetime) -> LessonDate | None:
    lesson = lesson_of(enrollment, kind)
    return set_dates(enrollment.cohort, lesson, by=by, **{"opens_at": None, "due_at": None} | dates)


def test_a_quiz_does_not_begin_before_what_comes_first(enrollment: Enrollment) -> None:
    page, quiz = lesson_of(enrollment, "page"), lesson_of(enrollment, "quiz")
    ReleaseRule.objects.create(version=quiz.version, lesson=quiz, after_lesson=page)
    with pytest.raises(LessonLocked, match=page.name):
        start_attempt(enrollment, quiz)
    complete_lesson(enrollment, page)
    begun = start_attempt(enrollment, quiz)
    enrollment.lesson_progress.update(completed_at=None)
    assert start_attempt(enrollment, quiz) == begun  # what was begun goes on


def test_dates_are_set_again_moved_and_taken_away(enrollment: Enrollment, instructor: User) -> None:
    opens_at, due_at = hence(days=1), hence(days=2)
    first = date(enrollment, "page", instructor, opens_at=opens_at, due_at=due_at)
    assert first == date(enrollment, "page", instructor, opens_at=opens_at, due_at=due_at)
    assert shift_dates(enrollment.cohort, days=7, by=instructor) == 1
    moved = LessonDate.objects.get()
    assert (moved.opens_at, moved.due_at) == (opens_at + timedelta(days=7), due_at + timedelta(days=7))
    assert date(enrollment, "page", instructor) is None
    assert not LessonDate.objects.exists()


def test_dates_that_make_no_sense_are_refused(enrollment: Enrollment, instructor: User) -> None:
    other = lesson_of(make_learning(), "page")
    wrong: list[tuple[Lesson, dict[str, Any]]] = [
        (lesson_of(enrollment, "page"), {"opens_at": hence(days=2), "due_at": hence(days=1)}),
        (lesson_of(enrollment, "quiz"), {"opens_at": hence(days=2), "due_at": None}),
        (other, {"opens_at": None, "due_at": hence(days=1)}),
    ]
    for lesson, dates in wrong:
        with pytest.raises(InvalidInput):
            set_dates(enrollment.cohort, lesson, by=instructor, **dates)
    for days in (0, 10_000):
        with pytest.raises(InvalidInput):
            shift_dates(enrollment.cohort, days=days, by=instructor)


def test_the_next_intake_has_the_dates_so_much_later(enrollment: Enrollment, instructor: User) -> None:
    """Also where it runs a further version, whose lessons are copies."""
    cohort, due_at = enrollment.cohort, hence(days=2)
    cohort.starts_on = timezone.localdate()
    cohort.save(update_fields=["starts_on"])
    date(enrollment, "page", instructor, due_at=due_at)
    set_window(cohort, lesson_of(enrollment, "quiz"), opens_at=due_at, closes_at=None, by=instructor)
    publish(new_draft(cohort.course, by=None))
    cohort.course.refresh_from_db()
    copy = copy_cohort(cohort, code="NEXT", starts_on=cohort.starts_on + timedelta(days=30), by=instructor).cohort
    assert copy.version_id != cohort.version_id
    dates, window = LessonDate.objects.get(cohort=copy), QuizWindow.objects.get(cohort=copy)
    assert (dates.lesson, dates.due_at) == (copy.version.lessons.get(kind="page"), due_at + timedelta(days=30))
    assert (window.lesson, window.opens_at) == (copy.version.lessons.get(kind="quiz"), due_at + timedelta(days=30))


def test_an_extension_needs_a_date_and_a_reason(enrollment: Enrollment, instructor: User) -> None:
    page = lesson_of(enrollment, "page")
    with pytest.raises(NothingDue):
        extend_due(enrollment, page, due_at=hence(days=9), reason="Ill", by=instructor)
    date(enrollment, "page", instructor, due_at=hence(days=2))
    with pytest.raises(InvalidInput):
        extend_due(enrollment, page, due_at=hence(days=9), reason=" ", by=instructor)
    until = hence(days=9)
    given = extend_due(enrollment, page, due_at=until, reason="Ill", by=instructor)
    assert given == extend_due(enrollment, page, due_at=until, reason="Ill", by=instructor)
    assert extend_due(enrollment, page, due_at=None, reason="Well again", by=instructor) is None


# --- Reminders ----------------------------------------------------------------------------------
def told() -> list[str]:
    return list(Notice.objects.filter(kind__startswith="due-").order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize(("hours", "kinds"), [(49, []), (47, ["due-soon"]), (-1, ["due-overdue"]), (-24 * 7 - 1, [])])
def test_learners_are_told_once_of_what_is_due(
    enrollment: Enrollment, instructor: User, hours: int, kinds: list[str]
) -> None:
    date(enrollment, "page", instructor, due_at=hence(hours=hours))
    assert (remind(), remind()) == (len(kinds), 0)
    assert told() == kinds


def test_a_later_date_is_told_of_anew(enrollment: Enrollment, instructor: User) -> None:
    date(enrollment, "page", instructor, due_at=hence(hours=-1))
    remind()
    extend_due(enrollment, lesson_of(enrollment, "page"), due_at=hence(days=1), reason="Ill", by=instructor)
    assert (remind(), remind()) == (1, 0)
    assert told() == ["due-overdue", "due-soon"]


def test_several_lessons_make_one_notice_and_one_mail(enrollment: Enrollment, learner: User, instructor: User) -> None:
    User.objects.filter(pk=learner.pk).update(email="learner@example.org", language="en")
    for kind in ("page", "quiz"):
        date(enrollment, kind, instructor, due_at=hence(hours=5))
    make_learning(user=make_user(), course=enrollment.cohort.course)
    assert remind() == 1
    assert (told(), DueReminder.objects.count()) == (["due-soon-many"], 2)
    send_due_mail()
    assert "due soon: 2." in mail.outbox[0].body


def test_nobody_is_told_of_what_is_done_or_given_up(enrollment: Enrollment, instructor: User) -> None:
    for kind in ("page", "quiz"):
        date(enrollment, kind, instructor, due_at=hence(hours=5))
    complete_lesson(enrollment, lesson_of(enrollment, "page"))
    take_quiz(enrollment)
    other = make_learning()
    date(other, "page", instructor, due_at=hence(hours=5))
    Enrollment.objects.filter(pk=other.pk).update(status=Enrollment.Status.WITHDRAWN)
    assert remind() == 0
