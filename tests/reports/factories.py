"""A small world whose rows are written directly: figures count what stands in them, however it came there."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from accounts.models import District, Mahalla, Organization, Profession
from courses.models import Course
from enrollment.models import (
    Cohort,
    Enrollment,
    Household,
    HouseholdCategory,
    Outcome,
    OutcomeKind,
    Referral,
    Resident,
    Wish,
)
from tests.accounts.factories import (
    make_district,
    make_mahalla,
    make_organization,
    make_person,
    make_profession,
    make_region,
)
from tests.courses.factories import make_course
from tests.enrollment.factories import make_category

Status = Referral.Status
REACHED = {
    "submitted": Status.SUBMITTED,
    "accepted": Status.ACCEPTED,
    "declined": Status.DECLINED,
    "active": Status.ENROLLED,
    "completed": Status.COMPLETED,
    "failed": Status.FAILED,
    "dropped": Status.DROPPED,
}
ENROLLED = {
    "active": Enrollment.Status.ACTIVE,
    "completed": Enrollment.Status.COMPLETED,
    "failed": Enrollment.Status.FAILED,
    "dropped": Enrollment.Status.WITHDRAWN,
}


def noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


@dataclass
class World:
    """Two regions, three districts, four mahallas, two providers, three courses, and whatever is put in."""

    districts: list[District] = field(default_factory=list)
    mahallas: list[Mahalla] = field(default_factory=list)
    organizations: list[Organization] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)
    professions: list[Profession] = field(default_factory=list)
    categories: list[HouseholdCategory] = field(default_factory=list)

    def __post_init__(self) -> None:
        regions = [make_region(), make_region()]
        self.districts = [make_district(region=regions[n]) for n in (0, 0, 1)]
        self.mahallas = [make_mahalla(district=self.districts[n]) for n in (0, 0, 1, 2)]
        self.organizations = [make_organization(district=self.districts[n]) for n in (0, 2)]
        self.professions = [make_profession()]
        self.courses = [make_course(profession=profession) for profession in (*self.professions, None, None)]
        self.categories = [make_category(), make_category()]
        self.job = OutcomeKind.objects.get(code="permanent-job")
        self.land = OutcomeKind.objects.get(code="land")
        self.cohorts = {
            (course, organization): Cohort.objects.create(
                course=course, version=course.versions.get(), organization=organization, code=f"{course.pk}"
            )
            for course in self.courses
            for organization in self.organizations
        }

    def resident(self, mahalla: Mahalla, category: HouseholdCategory, gender: str = "female") -> Resident:
        household = Household.objects.create(mahalla=mahalla, category=category)
        person = make_person(gender=gender)
        return Resident.objects.create(person=person, household=household, mahalla=mahalla, starts_on="2025-01-01")

    def wish(
        self, *, on: date, mahalla: int = 0, course: int | None = 0, category: int = 0, gender: str = "female"
    ) -> Wish:
        resident = self.resident(self.mahallas[mahalla], self.categories[category], gender)
        return Wish.objects.create(
            resident=resident,
            mahalla=resident.mahalla,
            category=self.categories[category],
            kind="training",
            course=None if course is None else self.courses[course],
            said_on=on,
        )

    def referral(
        self,
        *,
        on: date,
        reached: str = "submitted",
        mahalla: int = 0,
        organization: int = 0,
        course: int = 0,
        category: int = 0,
        gender: str = "female",
        days: int = 2,
        certified: bool = False,
        outcome: OutcomeKind | None = None,
    ) -> Referral:
        resident = self.resident(self.mahallas[mahalla], self.categories[category], gender)
        submitted_at, answered = noon(on), reached != "submitted"
        answered_at = submitted_at + timedelta(days=days, hours=3) if answered else None
        referral = Referral.objects.create(
            resident=resident,
            person=resident.person,
            course=self.courses[course],
            organization=self.organizations[organization],
            **resident.mahalla.places,
            category=self.categories[category],
            gender=gender,
            status=REACHED[reached],
            submitted_at=submitted_at,
            answered_at=answered_at,
            accepted_at=None if reached == "declined" else answered_at,
        )
        if reached in ENROLLED:
            self.enroll(referral, reached, certified=certified, outcome=outcome)
        return referral

    def enroll(
        self, referral: Referral, reached: str, *, certified: bool = False, outcome: OutcomeKind | None = None
    ) -> Enrollment:
        enrollment = Enrollment.objects.create(
            person=referral.person,
            cohort=self.cohorts[referral.course, referral.organization],
            organization=referral.organization,
            referral=referral,
            status=ENROLLED[reached],
            credential_code=f"code-{referral.pk}" if certified else "",
        )
        if outcome:
            self.outcome(enrollment, outcome)
        return enrollment

    def outcome(self, enrollment: Enrollment, kind: OutcomeKind, status: str = "confirmed", **more: Any) -> Outcome:
        fields = {"person": enrollment.person, "kind": kind, "status": status, "on": "2026-06-01", "source": "test"}
        return Outcome.objects.create(enrollment=enrollment, **fields | more)

    def learner(self, *, on: date, reached: str = "active", organization: int = 0, course: int = 0) -> Enrollment:
        cohort = self.cohorts[self.courses[course], self.organizations[organization]]
        return Enrollment.objects.create(
            person=make_person(),
            cohort=cohort,
            organization=cohort.organization,
            status=ENROLLED[reached],
            enrolled_at=noon(on),
        )

    def fill(self, random: Random, count: int) -> None:
        """Put in `count` random rows of the first half of 2026, some at the edges of months and days."""
        for _ in range(count):
            on = date(2026, 1, 1) + timedelta(days=random.choice([0, 30, 31, 58, 59, random.randrange(180)]))
            place = {"mahalla": random.randrange(4), "category": random.randrange(2)}
            course, gender = random.randrange(3), random.choice(["female", "male", ""])
            kind = random.choice(["wish", "learner", "referral", "referral", "referral", "referral"])
            if kind == "wish":
                self.wish(on=on, course=random.choice([None, course]), gender=gender, **place)
            elif kind == "learner":
                self.learner(on=on, reached=random.choice([*ENROLLED]), organization=random.randrange(2), course=course)
            else:
                self.referral(
                    on=on,
                    reached=random.choice([*REACHED]),
                    organization=random.randrange(2),
                    course=course,
                    gender=gender,
                    days=random.randrange(9),
                    certified=random.random() < 0.4,
                    outcome=random.choice([None, self.job, self.land]),
                    **place,
                )
