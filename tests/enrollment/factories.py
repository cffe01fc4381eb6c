"""Rows of enrollment for tests."""

from datetime import date, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Organization, Person
from base.dates import moment_at
from courses.models import Course
from courses.services.prerequisites import save_prerequisites
from enrollment.deadlines import Schedule
from enrollment.models import (
    Cohort,
    Enrollment,
    Household,
    HouseholdCategory,
    HouseholdCategoryPeriod,
    Meeting,
    PossibleDuplicate,
    PrerequisiteException,
    Referral,
    Relocation,
    Resident,
    Room,
    TrainingRule,
    Wish,
)
from enrollment.queries.clashes import MeetingPlan
from enrollment.services.cohorts import CohortPlan, create_cohort, publish_cohort, standing_cohort
from enrollment.services.enrollments import enroll_person, move
from enrollment.services.meetings import plan_meeting
from enrollment.services.prerequisites import grant_exception
from enrollment.services.progress import record_result_by_hand
from enrollment.services.referrals import accept_referral, enroll_referral, make_referral
from enrollment.services.training_rules import RulePlan, create_rule
from tests.accounts.factories import make_mahalla, make_organization, make_person, make_user
from tests.courses.factories import make_published_course

numbers = count(1)


def make_category(**fields: Any) -> HouseholdCategory:
    n = next(numbers)
    return HouseholdCategory.objects.create(**{"code": f"category-{n}", "names": {"uz": f"{n}-toifa"}} | fields)


def make_household(**fields: Any) -> Household:
    if "mahalla" not in fields:
        fields["mahalla"] = make_mahalla()
    if "category" not in fields:
        fields["category"] = HouseholdCategory.objects.order_by("pk").first() or make_category()
    household = Household.objects.create(**fields)
    HouseholdCategoryPeriod.objects.create(
        household=household, category=household.category, starts_on=timezone.localdate()
    )
    return household


def make_resident(**fields: Any) -> Resident:
    if "household" not in fields:
        fields["household"] = make_household()
    if "person" not in fields:
        fields["person"] = make_person()
    defaults = {"mahalla": fields["household"].mahalla, "starts_on": timezone.localdate()}
    return Resident.objects.create(**defaults | fields)


def make_duplicate(**fields: Any) -> PossibleDuplicate:
    """Make a pair of `resident` and a neighbour of the same name and birth date."""
    one = fields.pop("resident", None) or make_resident(person=make_person(birth_date="1990-03-04"))
    same = {name: getattr(one.person, name) for name in ("surname", "given_name", "patronymic", "birth_date")}
    other = make_resident(household=make_household(mahalla=one.mahalla), person=make_person(**same))
    district = one.mahalla.district
    place = {"mahalla": one.mahalla, "district": district, "region": district.region}
    return PossibleDuplicate.objects.create(**{"first": one.person, "second": other.person} | place | fields)


def make_wish(**fields: Any) -> Wish:
    if "resident" not in fields:
        fields["resident"] = make_resident()
    household = fields["resident"].household
    defaults = {
        "mahalla": household.mahalla,
        "category": household.category,
        "kind": "training",
        "said_on": timezone.localdate(),
    }
    return Wish.objects.create(**defaults | fields)


def make_relocation(**fields: Any) -> Relocation:
    """Let somebody from elsewhere ask for a resident."""
    resident = fields.pop("resident", None) or make_resident()
    defaults = {"person": resident.person, "mahalla": resident.mahalla, "written_as": resident.person.name}
    household = fields.get("household") or make_household()
    return Relocation.objects.create(**defaults | {"household": household, "asked_by": make_user()} | fields)


def make_cohort(*, course: Course | None = None, is_published: bool = True, **plan: Any) -> Cohort:
    """Make a cohort of three seats that starts next week, of the course's provider unless `organization` is given."""
    course = course or make_published_course()
    organization = plan.pop("organization", None) or course.provider
    starts_on = plan.pop("starts_on", timezone.localdate() + timedelta(days=7))
    defaults: dict[str, Any] = {
        "code": f"G-{next(numbers)}",
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(days=30) if starts_on else None,
        "seats": 3,
        "language": "uz",
    }
    cohort = create_cohort(course=course, organization=organization, plan=CohortPlan(**defaults | plan), by=None)
    return publish_cohort(cohort, by=None) if is_published else cohort


def plan_of(cohort: Cohort) -> CohortPlan:
    """What a cohort is, as a plan to change it by."""
    return CohortPlan(**{name: getattr(cohort, name) for name in CohortPlan.__dataclass_fields__})


def make_open_referral(*, cohort: Cohort | None = None, **fields: Any) -> Referral:
    """Make a submitted referral to the provider of `cohort`."""
    cohort = cohort or make_cohort()
    if "resident" not in fields:
        fields["resident"] = make_resident()
    return make_referral(**{"course": cohort.course, "organization": cohort.organization, "by": None} | fields)


def make_accepted_referral(*, cohort: Cohort | None = None, **fields: Any) -> Referral:
    cohort = cohort or make_cohort()
    return accept_referral(make_open_referral(cohort=cohort, **fields), cohort=cohort, by=None)


def make_enrollment(*, cohort: Cohort | None = None, **fields: Any) -> Enrollment:
    """Enroll a person in a cohort, without a referral."""
    fields["person"] = fields.get("person") or make_person()
    return enroll_person(**{"cohort": cohort or make_cohort(), "by": None} | fields)


def make_completed(person: Person, course: Course) -> Enrollment:
    """Let a person have completed a course."""
    enrollment = make_enrollment(cohort=make_cohort(course=course), person=person)
    move(enrollment, Enrollment.Status.COMPLETED, by=None)
    return enrollment


def ask_before(course: Course, *required: Course, asked: str = "all", proof: str = "completed") -> Course:
    """Let a course ask for others."""
    return save_prerequisites(course, required, asked=asked, proof=proof, by=None)


def make_exception(**fields: Any) -> PrerequisiteException:
    return grant_exception(**{"reason": "Ish tajribasi bor", "by": None} | fields)


def make_referred_enrollment(*, cohort: Cohort | None = None, **fields: Any) -> Enrollment:
    """Take a resident all the way to an enrollment."""
    return enroll_referral(make_accepted_referral(cohort=cohort, **fields), by=None)


def make_rule(*, course: Course | None = None, issuer: Organization | None = None, **fields: Any) -> TrainingRule:
    """Make a rule of an academy, for every employer unless `employers` are named: yearly, within 30 days."""
    course = course or make_published_course(self_paced=True)
    schedule = {name: fields.pop(name) for name in ("within_days", "every_months", "every_years") if name in fields}
    plan: dict[str, Any] = {"valid_from": timezone.localdate() - timedelta(days=400)} | fields
    return create_rule(
        issuer=issuer or make_organization(kind="academy"),
        course=course,
        plan=RulePlan(schedule=Schedule(**schedule or {"within_days": 30, "every_months": 12}), **plan),
        by=None,
    )


def complete(person: Person, course: Course, *, days_ago: int = 0) -> Enrollment:
    """Let a person have completed a self-paced course some days ago."""
    enrollment = make_enrollment(cohort=standing_cohort(course), person=person)
    for lesson in enrollment.cohort.version.lessons.all():
        record_result_by_hand(enrollment, lesson, completed=True, score=Decimal(100), by=make_user())
    ended_at = timezone.now() - timedelta(days=days_ago)
    Enrollment.objects.filter(pk=enrollment.pk).update(ended_at=ended_at)
    enrollment.refresh_from_db()
    assert enrollment.status == Enrollment.Status.COMPLETED
    return enrollment


def make_room(organization: Organization, **fields: Any) -> Room:
    return Room.objects.create(**{"organization": organization, "name": f"Room {next(numbers)}"} | fields)


def plan_on(day: date, starts: str = "09:00", ends: str = "12:00", **places: Any) -> MeetingPlan:
    """A class on a day, by the clock of Tashkent."""
    begin, end = (moment_at(day, time.fromisoformat(hour)) for hour in (starts, ends))
    return MeetingPlan(starts_at=begin, ends_at=end, **places)


def make_meeting(cohort: Cohort, day: date | None = None, *hours: str, **places: Any) -> Meeting:
    """Plan a class a week from now, unless `day` is given."""
    day = day or timezone.localdate() + timedelta(days=7)
    return plan_meeting(cohort, plan_on(day, *hours, **places), by=None)
