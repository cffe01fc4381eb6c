"""What a person's calendar shows: classes, quizzes, what is due, mandatory training."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from base.languages import localized
from enrollment.models import Cohort, Enrollment, Meeting, TrainingAssignment
from learning.models import DueExtension, LessonDate, QuizWindow

SINCE, UNTIL = timedelta(days=31), timedelta(days=400)
MOST = 500  # of each kind


@dataclass(frozen=True)
class Event:
    """Something in a calendar: at a time, or on a whole day where `starts` is a date.

    `uid` never changes; `changed_at` says which of two is newer.
    """

    uid: str
    title: str
    starts: datetime | date
    ends: datetime | date | None
    created_at: datetime
    changed_at: datetime
    place: str = ""
    url: str = ""
    is_cancelled: bool = False

    @property
    def sequence(self) -> int:
        """Grows with every change."""
        return max(0, int((self.changed_at - self.created_at).total_seconds()))


def events_of(user: User) -> list[Event]:
    """What a user has to come to and to do, from a month ago to a year ahead: six queries."""
    return [*_classes(user), *_quizzes(user), *_due(user), *_training(user)]


def _span(name: str) -> Q:
    now = timezone.now()
    return Q(**{f"{name}__gte": now - SINCE, f"{name}__lt": now + UNTIL})


def _learning(user: User) -> QuerySet[Enrollment]:
    return Enrollment.objects.filter(person=user.person_id or 0, status=Enrollment.Status.ACTIVE)


def _classes(user: User) -> Iterator[Event]:
    """Classes where the user learns, and those that the user teaches; live ones among them, called off ones too."""
    taught = Q(instructor=user) | Q(instructor=None, cohort__in=user.taught_cohorts.values("pk"))
    own = Meeting.objects.filter(Q(cohort__in=_learning(user).values("cohort")) | taught).filter(_span("starts_at"))
    for row in own.select_related("cohort__course", "lesson", "room").order_by("starts_at", "pk")[:MOST]:
        yield class_event(row)


def class_event(row: Meeting) -> Event:
    """A class with its cohort, course, lesson and room; a live one has the address at which one joins."""
    title = f"{row.cohort.course.name}: {row.lesson.name}" if row.lesson else row.cohort.course.name
    place = ", ".join(part for part in (row.room.name if row.room else "", row.cohort.venue) if part)
    is_cancelled = row.cancelled_at is not None or row.cohort.status == Cohort.Status.CANCELLED
    return Event(
        uid=f"class-{row.uuid}",
        title=title,
        starts=row.starts_at,
        ends=row.ends_at,
        created_at=row.created_at,
        changed_at=max(row.updated_at, row.cohort.updated_at if is_cancelled else row.updated_at),
        place="" if row.live_uuid else place,
        url=settings.SITE_URL + reverse("live:room", args=[row.live_uuid]) if row.live_uuid else "",
        is_cancelled=is_cancelled,
    )


def _quizzes(user: User) -> Iterator[Event]:
    """From when until when the user's groups take quizzes; one that only opens or only closes is a moment."""
    rows = QuizWindow.objects.filter(cohort__in=_learning(user).values("cohort"))
    rows = rows.filter(_span("opens_at") | _span("closes_at")).select_related("cohort__course", "lesson")
    for row in rows.order_by("pk")[:MOST]:
        words = "%(lesson)s" if row.opens_at else _("Closes: %(lesson)s")
        starts = row.opens_at or row.closes_at
        assert starts
        yield Event(
            uid=f"quiz-{row.cohort.uuid}-{row.lesson.uuid}",
            title=f"{row.cohort.course.name}: {words % {'lesson': row.lesson.name}}",
            starts=starts,
            ends=row.closes_at,
            created_at=row.cohort.created_at,
            changed_at=row.updated_at,
        )


def _due(user: User) -> Iterator[Event]:
    """By when lessons are to be done; an own extension counts."""
    learning = {one.cohort_id: one for one in _learning(user)}
    rows = LessonDate.objects.filter(cohort__in=learning).filter(_span("due_at"))
    extended = {
        (one.enrollment_id, one.lesson_id): one for one in DueExtension.objects.filter(enrollment__in=learning.values())
    }
    for row in rows.select_related("cohort__course", "lesson").order_by("due_at", "pk")[:MOST]:
        enrollment = learning[row.cohort_id]
        longer = extended.get((enrollment.pk, row.lesson_id))
        due_at = longer.due_at if longer else row.due_at
        assert due_at
        yield Event(
            uid=f"due-{enrollment.uuid}-{row.lesson.uuid}",
            title=_("Due: %(lesson)s") % {"lesson": f"{row.cohort.course.name}: {row.lesson.name}"},
            starts=due_at,
            ends=None,
            created_at=row.created_at,
            changed_at=max(row.updated_at, longer.updated_at) if longer else row.updated_at,
        )


def _training(user: User) -> Iterator[Event]:
    """The days by which courses are required of the user."""
    rows = TrainingAssignment.objects.pending().filter(person=user.person_id or 0).select_related("course")
    for row in rows.order_by("due_on", "pk")[:MOST]:
        yield Event(
            uid=f"training-{row.uuid}",
            title=_("Required: %(course)s") % {"course": localized(row.course.title)},
            starts=row.due_on,
            ends=row.due_on + timedelta(days=1),
            created_at=row.created_at,
            changed_at=row.updated_at,
        )
