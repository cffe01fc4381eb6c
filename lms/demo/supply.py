"""What the region of the demo wants to learn beyond one mahalla, and the training plans of its district."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date, timedelta
from itertools import count, product

from accounts.models import District, Mahalla, Profession
from accounts.services.people import PersonData
from courses.models import Course
from enrollment.models import HouseholdCategory
from enrollment.services.households import create_household
from enrollment.services.residents import register_resident
from enrollment.services.wishes import record_wish
from lms.demo.clock import Calendar
from lms.demo.people import DISTRICT, Cast
from reports.models import TrainingPlan
from reports.services import plans
from reports.services.plans import LinePlan
from reports.services.rollup import refresh

# How many wish for which occupation in which mahalla; a welder has no course to go to yet.
SEWING, COOKING, WELDING = "7533.30", "5120.3", "7212.24"
WISHES = {
    ("14140008", SEWING): 15,
    ("14140008", WELDING): 7,
    ("14010002", SEWING): 6,
    ("14010002", COOKING): 5,
    ("14020002", WELDING): 4,
}
SURNAMES = ("Ergasheva", "Nazarova", "Raximova", "Saidova", "Toʻrayeva", "Umarova", "Xoliqova")
GIVEN_NAMES = ("Barno", "Dildora", "Feruza", "Hulkar", "Kamola", "Lobar", "Maftuna")


def want_elsewhere(cast: Cast, calendar: Calendar) -> None:
    """Let residents of other mahallas say what they want to learn; nobody has referred them yet."""
    category = HouseholdCategory.objects.get(code="borderline")
    names, numbers, by = product(SURNAMES, GIVEN_NAMES), count(1), cast.users["counter"]
    for (code, trade), people in WISHES.items():
        mahalla = Mahalla.objects.select_related("district").get(code=code)
        profession = Profession.objects.get(code=trade)
        for _ in range(people):
            number = next(numbers)
            surname, given_name = next(names)
            person = PersonData(surname=surname, given_name=given_name, patronymic="Botir qizi")
            with calendar.on(-5 - number % 30, 11):
                home = create_household(
                    mahalla=mahalla, category=category, address=f"Bogʻ koʻchasi, {number}-uy", by=by
                )
                resident = register_resident(home, person, by=by)
                record_wish(resident, kind="training", profession=profession, by=by)


def plan_seasons(cast: Cast, courses: Mapping[str, Course], calendar: Calendar) -> None:
    """Of the district: the plan of last season closed, that of this one agreed, the next one a draft from demand."""
    refresh()
    this = _season(calendar.today)
    last, following = _season(this - timedelta(days=1)), _season(this + timedelta(days=200))
    course, by = courses["tikuvchilik-asoslari"], cast.users["supervisor"]
    for first, target in ((last, 12), (this, 24)):
        plan = _start(cast, first, calendar)
        sewing = LinePlan(
            profession=_trade(SEWING),
            course=course,
            organization=cast.centre,
            target=target,
            owner=cast.users["centre"],
            due_on=plan.ends_on,
        )
        with _on(calendar, first - timedelta(days=12)):
            plans.add_line(plan, sewing, by=by)
            if first == this:
                due_on = max(plan.starts_on, min(calendar.day(-14), plan.ends_on))
                welding = LinePlan(
                    profession=_trade(WELDING),
                    target=10,
                    owner=by,
                    due_on=due_on,
                    note="Payvandchilik kursi uchun ustaxona kerak",
                )
                plans.add_line(plan, welding, by=by)
        with _on(calendar, first - timedelta(days=10)):
            plans.agree_plan(plan, by=by)
    with _on(calendar, min(this + timedelta(days=5), calendar.today)):
        plans.close_plan(TrainingPlan.objects.get(year=last.year, season=_name(last)), by=by)
    plans.propose_lines(_start(cast, following, calendar), by=by)


def _start(cast: Cast, first: date, calendar: Calendar) -> TrainingPlan:
    """Begin the plan of the season that begins on a day, a fortnight before or today."""
    district = District.objects.get(code=DISTRICT)
    with _on(calendar, min(first - timedelta(days=14), calendar.today)):
        return plans.start_plan(district=district, year=first.year, season=_name(first), by=cast.users["supervisor"])


def _season(day: date) -> date:
    """The first day of the half-year of a day."""
    return date(day.year, 1 if day.month <= 6 else 7, 1)


def _name(first: date) -> str:
    return TrainingPlan.Season.FIRST if first.month == 1 else TrainingPlan.Season.SECOND


def _on(calendar: Calendar, day: date) -> AbstractContextManager[None]:
    return calendar.on((day - calendar.today).days)


def _trade(code: str) -> Profession:
    return Profession.objects.get(code=code)
