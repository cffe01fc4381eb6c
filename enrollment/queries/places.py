"""Where a resident may be referred: open cohorts, the nearest first."""

from dataclasses import dataclass
from enum import IntEnum

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.models import District, Profession
from base.folding import fold
from courses.models import Course
from enrollment.models import Cohort, Referral, Resident


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


def suitable_places(
    resident: Resident,
    *,
    course: Course | None = None,
    profession: Profession | None = None,
    words: str = "",
    limit: int = 10,
) -> list[Place]:
    """Open cohorts of a course, or of the courses for a profession: near ones first, then early ones, then free ones.

    `words` are looked for in the names of courses and trades. Rests on cohort_of_course. Standing cohorts are left
    out: nobody needs a referral for those.
    """
    what = Q(course=course) if course else Q(course__profession=profession) if profession else Q()
    return _places(resident, what & _named(words, "course__"), limit)


def courses_without_group(words: str = "", *, limit: int = 10) -> list[Course]:
    """Published courses that no open cohort teaches: a referral to their provider waits for the next one."""
    taught = Cohort.objects.open().filter(is_standing=False).values("course")
    courses = Course.objects.published().filter(_named(words), self_paced=False).exclude(pk__in=taught)
    return list(courses.select_related("provider").order_by("slug")[:limit])


def _named(words: str, path: str = "") -> Q:
    what = Q()
    for word in fold(words).split():
        by_course, by_trade = {f"{path}search_key__contains": word}, {f"{path}profession__search_key__contains": word}
        what &= Q(**by_course) | Q(**by_trade)
    return what


def next_places(referral: Referral, *, limit: int = 3) -> list[Place]:
    """Where a resident may go who was declined: the same course or profession, not where it was declined before."""
    what = Q(course_id=referral.course_id)
    if profession := referral.course.profession_id:
        what |= Q(course__profession_id=profession)
    declined = Referral.objects.filter(person_id=referral.person_id, status=Referral.Status.DECLINED)
    for course, organization in declined.values_list("course_id", "organization_id"):
        what &= ~Q(course_id=course, organization_id=organization)
    return _places(referral.resident, what, limit)


def _places(resident: Resident, what: Q, limit: int) -> list[Place]:
    home = resident.mahalla.district
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
