"""Where a resident may be referred: open cohorts, the nearest first."""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.models import District, Profession
from base.folding import fold
from courses.models import Course
from enrollment.models import Cohort, Referral, Resident
from enrollment.queries.prerequisites import Prerequisites


class Distance(IntEnum):
    """How far a provider is from a resident's home."""

    OWN_DISTRICT = 0
    OWN_REGION = 1
    ELSEWHERE = 2

    @property
    def label(self) -> str:
        return str(DISTANCE_LABELS[self])


DISTANCE_LABELS = {
    Distance.OWN_DISTRICT: _("In the resident’s district"),
    Distance.OWN_REGION: _("In the resident’s region"),
    Distance.ELSEWHERE: _("In another region"),
}


@dataclass(frozen=True)
class Place:
    """An open cohort that a resident could join, and how far it is; `seats_free` None: no limit."""

    cohort: Cohort
    distance: Distance

    @property
    def seats_free(self) -> int | None:
        return self.cohort.seats_free


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What is looked for: a course, or the courses of a profession, or by words of courses and trades.

    Besides, the language of teaching, the last day on which a group may begin, and how far it may be.
    """

    course: Course | None = None
    profession: Profession | None = None
    words: str = ""
    language: str = ""
    starts_by: date | None = None
    within: Distance = Distance.ELSEWHERE

    @property
    def what(self) -> Q:
        """A filter of courses."""
        what = Q(pk=self.course.pk) if self.course else Q(profession=self.profession) if self.profession else Q()
        for word in fold(self.words).split():
            what &= Q(search_key__contains=word) | Q(profession__search_key__contains=word)
        return what

    def how(self, home: District) -> Q:
        """A filter of the groups for whoever lives in `home`."""
        how = Q(language=self.language) if self.language else Q()
        if self.starts_by:
            how &= Q(starts_on__lte=self.starts_by)
        match self.within:
            case Distance.OWN_DISTRICT:
                how &= Q(organization__district=home)
            case Distance.OWN_REGION:
                how &= Q(organization__district__region=home.region_id)
        return how


@dataclass(frozen=True)
class Closed:
    """A course that is sought and that a resident may not learn yet, and what is to be learned before."""

    course: Course
    missing: list[Course]


@dataclass(frozen=True)
class Offers:
    """Where a resident may go: open groups; courses without one, which are waited for; and what is closed, and why."""

    places: list[Place]
    waiting: list[Course]
    closed: list[Closed]


def suitable_places(resident: Resident, sought: Sought, *, limit: int = 10) -> list[Place]:
    """Open cohorts that are sought: near ones first, then early ones, then free ones; none that are closed.

    Rests on cohort_of_course. Standing cohorts are left out: nobody needs a referral for those.
    """
    courses = Course.objects.published().filter(sought.what)
    return _sought_places(resident, _asked(resident, courses), courses, sought, limit)


def offers_to(resident: Resident, sought: Sought, *, limit: int = 10) -> Offers:
    """Suitable places, courses that have none, and what is closed.

    Courses have neither a place nor a language nor a day: they are left out where one of these is asked for.
    """
    courses = Course.objects.published().filter(sought.what)
    asked = _asked(resident, courses)
    places = _sought_places(resident, asked, courses, sought, limit)
    is_narrowed = sought.language or sought.starts_by or sought.within != Distance.ELSEWHERE
    waiting = [] if is_narrowed else _courses_without_group(courses, resident, asked, limit)
    closed = ((one, asked.lacking(one.pk, resident.person_id, one.provider_id)) for one in asked.courses.values())
    return Offers(places, waiting, [Closed(*one) for one in closed if one[1]][:limit])


def _asked(resident: Resident, courses: QuerySet[Course]) -> Prerequisites:
    asking = courses.exclude(prerequisites_asked=Course.Asked.NONE).order_by("slug")
    return Prerequisites(asking, [resident.person_id])


def _sought_places(
    resident: Resident, asked: Prerequisites, courses: QuerySet[Course], sought: Sought, limit: int
) -> list[Place]:
    return _places(resident, asked, Q(course__in=courses) & sought.how(resident.mahalla.district), limit)


def _courses_without_group(
    courses: QuerySet[Course], resident: Resident, asked: Prerequisites, limit: int
) -> list[Course]:
    """Published courses that no open cohort teaches: a referral to their provider waits for the next one."""
    taught = Cohort.objects.open().filter(is_standing=False).values("course")
    shut = [pk for pk, one in asked.courses.items() if asked.lacking(pk, resident.person_id, one.provider_id)]
    courses = courses.filter(self_paced=False).exclude(pk__in=taught).exclude(pk__in=shut)
    return list(courses.select_related("provider").order_by("slug")[:limit])


def next_places(referral: Referral, *, limit: int = 3) -> list[Place]:
    """Where a resident may go who was declined, or whose hold lapsed: for the same course or profession.

    Not where the resident was declined before, nor where this referral led.
    """
    what = Q(course_id=referral.course_id)
    if profession := referral.course.profession_id:
        what |= Q(course__profession_id=profession)
    what &= ~Q(course_id=referral.course_id, organization_id=referral.organization_id)
    declined = Referral.objects.filter(person_id=referral.person_id, status=Referral.Status.DECLINED)
    for course, organization in declined.values_list("course_id", "organization_id"):
        what &= ~Q(course_id=course, organization_id=organization)
    asked = _asked(referral.resident, Course.objects.filter(Q(pk=referral.course_id) | Q(profession=profession or 0)))
    return _places(referral.resident, asked, what, limit)


def _places(resident: Resident, asked: Prerequisites, what: Q, limit: int) -> list[Place]:
    home = resident.mahalla.district
    for course, open_at in asked.closed_to(resident.person_id).items():
        what &= ~Q(course=course) | Q(course=course, organization__in=open_at)
    distance = Case(
        When(organization__district_id=home.pk, then=Value(int(Distance.OWN_DISTRICT))),
        When(organization__district__region_id=home.region_id, then=Value(int(Distance.OWN_REGION))),
        default=Value(int(Distance.ELSEWHERE)),
        output_field=IntegerField(),
    )
    rows = (
        Cohort.objects.open()
        .filter(what, is_standing=False, course__retired_at=None)
        .select_related("course", "organization__district")
        .order_by(distance, "starts_on", F("taken"), "pk")
    )
    return [Place(cohort, distance_between(home, cohort.organization.district)) for cohort in rows[:limit]]


def distance_between(home: District, there: District | None) -> Distance:
    """How far a provider in `there` (none: it serves the whole country) is from somebody who lives in `home`."""
    if there is None or there.region_id != home.region_id:
        return Distance.ELSEWHERE
    return Distance.OWN_DISTRICT if there.pk == home.pk else Distance.OWN_REGION
