"""The demo's groups: those of the past and of today, and the one that takes learners on whatever day it is."""

from dataclasses import dataclass
from datetime import time

from courses.models import Course, Lesson
from enrollment.models import Cohort
from enrollment.services.cohorts import CohortPlan, create_cohort, publish_cohort
from enrollment.services.meetings import WeekPattern, plan_pattern
from enrollment.services.rooms import save_room
from learning.services.release import set_dates
from lms.demo.clock import Calendar
from lms.demo.people import Cast

VENUE = "Urgut shahri, Mustaqillik koʻchasi, 45-uy, 2-ustaxona"
LENGTH, AHEAD, SEATS = 50, 12, 12


@dataclass(frozen=True)
class Group:
    """A cohort by the days, counted from today, on which it begins and ends."""

    code: str
    begins: int
    length: int = LENGTH
    seats: int = SEATS
    on_request: bool = False

    @property
    def ends(self) -> int:
        return self.begins + self.length


SEWING = (Group("TIK-1", -214), Group("TIK-2", -122), Group("TIK-3", -32, seats=10), Group("TIK-4", AHEAD))
WEEKS = {"TIK-3": ("2-ustaxona", (0, 2, 4)), "TIK-4": ("1-ustaxona", (1, 3, 5))}
DOCUMENTS = (
    Group("EHA-1", -20, length=60, seats=25),
    Group("EHA-2", 20, length=45, seats=30),
    Group("EHA-3", 34, length=45, seats=20, on_request=True),
)


def make_cohorts(cast: Cast, courses: dict[str, Course], calendar: Calendar) -> dict[str, Cohort]:
    """Plan and publish every group, a good month before it begins; by its code."""
    cohorts = {}
    for group in SEWING:
        with calendar.on(min(group.begins - 40, -3)):
            cohorts[group.code] = _open_sewing(cast, courses["tikuvchilik-asoslari"], group, calendar)
    for group in DOCUMENTS:
        plan = CohortPlan(
            code=group.code,
            starts_on=calendar.day(group.begins),
            ends_on=calendar.day(group.ends),
            enrol_until=calendar.day(group.begins + 10),
            seats=group.seats,
            language="uz",
            mode=Cohort.Mode.ONLINE,
            open_to_all=group.begins > 0 and not group.on_request,
            on_request=group.on_request,
        )
        by = cast.users["academy"]
        with calendar.on(group.begins - 40):
            course = courses["elektron-hujjat-almashinuvi"]
            draft = create_cohort(course=course, organization=cast.academy, plan=plan, by=by)
            cohorts[group.code] = publish_cohort(draft, by=by)
    return cohorts


def set_due_dates(cast: Cast, cohorts: dict[str, Cohort], calendar: Calendar) -> None:
    """Let the last two quizzes of the groups that learn now be due, one of them since yesterday."""
    for code in ("TIK-3", "EHA-1"):
        quizzes = list(cohorts[code].version.lessons.filter(kind=Lesson.Kind.QUIZ))
        with calendar.on(-20):
            for quiz, day in zip(quizzes[-2:], (-1, 3), strict=True):
                due_at = calendar.moment(day, 18)
                set_dates(cohorts[code], quiz, opens_at=None, due_at=due_at, by=cast.users["instructor"])


def plan_weeks(cast: Cast, cohorts: dict[str, Cohort], calendar: Calendar) -> None:
    """Give the groups of today and of tomorrow their mornings in the workshops."""
    by = cast.users["centre"]
    with calendar.on(-40):
        for code, (name, weekdays) in WEEKS.items():
            cohort = cohorts[code]
            assert cohort.starts_on
            assert cohort.ends_on
            pattern = WeekPattern(
                weekdays=weekdays,
                since=cohort.starts_on,
                until=cohort.ends_on,
                starts=time(9),
                ends=time(12),
                lesson=cohort.version.lessons.filter(kind=Lesson.Kind.ON_SITE).first(),
                room=save_room(organization=cast.centre, name=name, capacity=SEATS, by=by),
                instructor=cast.users["instructor"],
            )
            plan_pattern(cohort, pattern, by=by)


def keep_one_open(cast: Cast, course: Course, calendar: Calendar) -> bool:
    """Open the mono-centre's next group where none takes learners and has free seats; whether one was opened."""
    if Cohort.objects.open().filter(organization=cast.centre, course=course, seats__isnull=False).exists():
        return False
    number = Cohort.objects.filter(organization=cast.centre).count() + 1
    while Cohort.objects.filter(organization=cast.centre, code=f"TIK-{number}").exists():
        number += 1
    _open_sewing(cast, course, Group(f"TIK-{number}", AHEAD), calendar)
    return True


def _open_sewing(cast: Cast, course: Course, group: Group, calendar: Calendar) -> Cohort:
    plan = CohortPlan(
        code=group.code,
        starts_on=calendar.day(group.begins),
        ends_on=calendar.day(group.ends),
        enrol_until=calendar.day(group.begins + 5),
        seats=group.seats,
        language="uz",
        mode=Cohort.Mode.BLENDED,
        venue=VENUE,
    )
    by = cast.users["centre"]
    draft = create_cohort(
        course=course, organization=cast.centre, plan=plan, instructors=[cast.users["instructor"]], by=by
    )
    return publish_cohort(draft, by=by)
