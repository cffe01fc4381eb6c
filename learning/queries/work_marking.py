"""Work that people mark: where it waits, which comes next, and who of a group is how far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, F, Min, Q, QuerySet, When

from accounts.models import User
from courses.models import AssignmentRules, Lesson
from courses.queries import assignment_rules_of
from enrollment.models import Cohort, Enrollment
from learning.models import LessonDate, Mark, Submission, Work

MOST_LESSONS = 200


def markable(user: User) -> QuerySet[Work]:
    """Work that was handed in, or is being examined, in the groups that the user teaches."""
    rows = Work.objects.taught_by(user).filter(last__isnull=False)
    return rows.select_related("lesson__version__course", "enrollment__cohort__course", "enrollment__person", "last")


@dataclass(frozen=True)
class WaitingWork:
    """A lesson of a group with work that waits for this user: how much, of it how much to settle, since when."""

    cohort: Cohort
    lesson: Lesson
    count: int
    differing: int
    since: datetime


def waiting_works(user: User) -> list[WaitingWork]:
    """Where work waits, the longest wait first: three queries. Rests on work_waiting."""
    rows = list(
        Work.objects.waiting_for(user)
        .values_list("enrollment__cohort", "lesson")
        .annotate(count=Count("id"), differing=Count("id", filter=Q(differs=True)), since=Min("submitted_at"))
        .order_by("since")[:MOST_LESSONS]
    )
    cohorts = Cohort.objects.select_related("course").in_bulk({row[0] for row in rows})
    lessons = Lesson.objects.defer("body").in_bulk({row[1] for row in rows})
    return [WaitingWork(cohorts[group], lessons[lesson], *rest) for group, lesson, *rest in rows]


def next_work(user: User, cohort: int, lesson: int, here: Work | None = None) -> Work | None:
    """What waits longest for this user in a lesson of a group; behind `here`, past the end the first."""
    rows = Work.objects.waiting_for(user).filter(enrollment__cohort=cohort, lesson=lesson)
    rows = rows.order_by("submitted_at", "pk")
    if here is None:
        return rows.first()
    further = Q(submitted_at__gt=here.submitted_at) | Q(submitted_at=here.submitted_at, pk__gt=here.pk)
    past_the_end = Case(When(further, then=0), default=1)
    return rows.exclude(pk=here.pk).order_by(past_the_end, "submitted_at", "pk").first()


def work_before(user: User, here: Work) -> Work | None:
    """The one before, marked or not."""
    rows = Work.objects.taught_by(user).filter(enrollment__cohort=here.enrollment.cohort_id, lesson=here.lesson_id)
    nearer = Q(submitted_at__lt=here.submitted_at) | Q(submitted_at=here.submitted_at, pk__lt=here.pk)
    return rows.filter(nearer, last__isnull=False).order_by("-submitted_at", "-pk").first()


@dataclass(frozen=True)
class MarkedWork:
    """Work as one marker sees it: of the marks of others only what that marker may know."""

    work: Work
    submission: Submission
    rules: AssignmentRules
    marks: list[Mark]
    own: Mark | None

    @property
    def is_marked(self) -> bool:
        return self.work.status == Work.Status.MARKED

    @property
    def who(self) -> str:
        """Whose it is; a code as long as nobody is to know."""
        return self.work.code if self.is_hidden else self.work.enrollment.person.name

    @property
    def is_hidden(self) -> bool:
        return self.rules.anonymous and not self.is_marked

    @property
    def shown_marks(self) -> list[Mark]:
        """What others gave: nothing of two as long as one is missing."""
        is_known = not self.rules.double or self.is_marked or self.work.differs
        return [mark for mark in self.marks if mark.place and is_known]

    @property
    def standing(self) -> Mark | None:
        """What the form begins with: what this person gave or has begun, else, where one marks, what stands."""
        if self.own or self.rules.double:
            return self.own
        return next((mark for mark in self.marks if mark.place == Mark.FIRST), None)

    @property
    def settled(self) -> Mark | None:
        return next((mark for mark in self.marks if mark.place == Mark.SETTLED), None)

    @property
    def can_mark(self) -> bool:
        """Whether a mark of this person may still count; a result of two is corrected by settling it."""
        if self.work.is_open or not self.rules.double:
            return not self.work.is_open
        given = [mark for mark in self.marks if mark.place]
        return not self.can_settle and (len(given) < 2 or bool(self.own and self.own.place))

    @property
    def can_settle(self) -> bool:
        return self.rules.double and (self.work.differs or self.is_marked)


def marked_work(work: Work, user: User) -> MarkedWork:
    """Two queries and its rules."""
    assert work.last is not None
    marks = list(work.last.marks.select_related("marker__person").prefetch_related("files"))
    own = next((one for one in marks if one.marker_id == user.pk and one.place != Mark.SETTLED), None)
    return MarkedWork(work, work.last, assignment_rules_of(work.lesson), marks, own)


# --- A group --------------------------------------------------------------------------------------
@dataclass(frozen=True)
class GroupWork:
    """An assignment or practical work of a group: its dates, and how much of it is in which state."""

    lesson: Lesson
    date: LessonDate | None
    counts: Mapping[str, int]
    waiting: int

    @property
    def submitted(self) -> int:
        return sum(n for status, n in self.counts.items() if status != Work.Status.DRAFT)

    @property
    def marked(self) -> int:
        return self.counts.get(Work.Status.MARKED, 0)


def works_of_group(cohort: Cohort, user: User) -> list[GroupWork]:
    """What is marked in a group, in its order: four queries."""
    lessons = Lesson.objects.filter(version=cohort.version_id, kind__in=Lesson.MARKED_KINDS).defer("body")
    dates = {one.lesson_id: one for one in LessonDate.objects.filter(cohort=cohort)}
    rows = Work.objects.filter(enrollment__cohort=cohort).exclude(enrollment__status=Enrollment.Status.WITHDRAWN)
    counts: dict[int, dict[str, int]] = {}
    for lesson, status, n in rows.values_list("lesson", "status").annotate(n=Count("id")):
        counts.setdefault(lesson, {})[status] = n
    own = Work.objects.waiting_for(user).filter(enrollment__cohort=cohort).values_list("lesson")
    waiting = dict(own.annotate(n=Count("id")))
    return [
        GroupWork(lesson, dates.get(lesson.pk), counts.get(lesson.pk, {}), waiting.get(lesson.pk, 0))
        for lesson in lessons
    ]


@dataclass(frozen=True)
class GroupLearner:
    """A learner of a group, with the work at one lesson, if any, and how many have finished marking it."""

    enrollment: Enrollment
    work: Work | None
    finished: int
    is_mine: bool

    @property
    def is_begun(self) -> bool:
        return self.work is not None and self.work.last_id is not None and not self.work.is_open


BY_NAME = ("called", "id")


def learners_of(cohort: Cohort) -> QuerySet[Enrollment]:
    """Everybody of a group, to be ordered BY_NAME."""
    rows = cohort.enrollments.exclude(status=Enrollment.Status.WITHDRAWN).select_related("person")
    return rows.annotate(called=F("person__search_key"))


def learners_at(enrollments: Sequence[Enrollment], lesson: Lesson, user: User) -> list[GroupLearner]:
    """How far these are in a lesson: two queries."""
    works = {one.enrollment_id: one for one in Work.objects.filter(lesson=lesson, enrollment__in=enrollments)}
    marks: dict[int, list[int]] = {}
    given = Mark.objects.filter(submission__in=[work.last_id for work in works.values() if work.last_id])
    for submission, marker in given.filter(place__lt=3).values_list("submission", "marker"):
        marks.setdefault(submission, []).append(marker)
    found = []
    for enrollment in enrollments:
        work = works.get(enrollment.pk)
        markers = marks.get(work.last_id or 0, []) if work else []
        found.append(GroupLearner(enrollment, work, len(markers), user.pk in markers))
    return found
