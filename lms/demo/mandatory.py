"""What the demo's civil servants must learn: taken, begun, due soon, overdue, and one who is exempt."""

from collections.abc import Mapping

from accounts.models import PostCategory
from accounts.services.users import ensure_user
from courses.models import Course
from enrollment.deadlines import Schedule
from enrollment.models import Cohort, TrainingAssignment
from enrollment.services.cohorts import standing_cohort
from enrollment.services.enrollments import enroll_person
from enrollment.services.mandatory import exempt, settle_noted
from enrollment.services.reminders import remind
from enrollment.services.requests import ask_for_place
from enrollment.services.training_rules import RulePlan, create_rule
from lms.demo.classes import award
from lms.demo.clock import Calendar
from lms.demo.library import INTRODUCTION
from lms.demo.people import EMPLOYER, Cast
from lms.demo.teaching import study

ON_LEAVE, READY = "c9", "c8"


def make_rules(cast: Cast, courses: Mapping[str, Course], calendar: Calendar) -> None:
    """The academy asks every civil servant, and the ministry its specialists; both before most had learned it."""
    documents = courses["elektron-hujjat-almashinuvi"]
    every_third_year = Schedule(within_days=90, every_years=3)
    with calendar.on(-80, 9):
        create_rule(
            issuer=cast.academy,
            course=documents,
            plan=RulePlan(schedule=every_third_year, valid_from=calendar.day(-80), basis="Namuna qaror, 12-band"),
            by=cast.users["academy"],
        )
        settle_noted()
    ministry = cast.organizations[EMPLOYER]
    specialists = PostCategory.objects.filter(code__in=("chief-specialist", "specialist"))
    with calendar.on(-45, 9):
        plan = RulePlan(
            schedule=Schedule(within_days=30),
            valid_from=calendar.day(-45),
            employers=[ministry],
            categories=list(specialists),
            basis="Vazirlik buyrugʻi (namuna)",
        )
        create_rule(issuer=ministry, course=courses[INTRODUCTION], plan=plan, by=cast.users["manager"])
        settle_noted()


def ask_for_places(cast: Cast, cohorts: Mapping[str, Cohort], calendar: Calendar) -> None:
    """Two ask for a place in the academy's group that takes learners on request; one is of the ministry."""
    for name, day in (("c8", -2), ("c12", -1)):
        with calendar.on(day, 12):
            ask_for_place(cohorts["EHA-3"], by=ensure_user(cast.servants[name], by=None))


def follow_rules(cast: Cast, courses: Mapping[str, Course], calendar: Calendar) -> None:
    """One takes the introduction, one is freed from it, and the rest is worked out as of yesterday."""
    introduction = standing_cohort(courses[INTRODUCTION])
    manager = cast.users["manager"]
    with calendar.on(-40, 15):
        enrollment = enroll_person(cohort=introduction, person=cast.servants[READY], by=manager)
        study(enrollment, list(introduction.version.lessons.all()), mistakes=0)
        award()
    with calendar.on(-20, 11):
        assignment = TrainingAssignment.objects.get(person=cast.servants[ON_LEAVE], course=introduction.course)
        exempt(
            assignment,
            reason="parental-leave",
            starts_on=calendar.day(-20),
            ends_on=calendar.day(160),
            by=manager,
        )
    with calendar.on(-1, 6):
        settle_noted()
        remind()
