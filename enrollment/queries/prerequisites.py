"""What courses ask to be learned before, and what of it people lack: the one place that knows."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import F

from courses.models import Course
from enrollment.models import Enrollment, PrerequisiteException


@dataclass(frozen=True)
class Prerequisite:
    """A course that comes before another one, and whether the person has it."""

    course: Course
    is_met: bool


class Prerequisites:
    """What these courses ask of these people; `courses` are rows, or a queryset that is read by one statement.

    Three statements, however many there are; none where rows that ask for nothing are given. Rests on
    enrollment_of_person.
    """

    def __init__(self, courses: Iterable[Course], people: Collection[int]) -> None:
        asking = (course for course in courses if course.prerequisites_asked != Course.Asked.NONE)
        self.courses = {course.pk: course for course in asking}
        self.before: dict[int, list[Course]] = defaultdict(list)
        self.completed: set[tuple[int, int]] = set()
        self.certified: set[tuple[int, int]] = set()
        self.excepted: set[tuple[int, int, int]] = set()
        if self.courses:
            self._read(people)

    def _read(self, people: Collection[int]) -> None:
        rows = Course.objects.filter(leads_to__in=self.courses).annotate(after=F("leads_to")).order_by("slug")
        for course in rows:
            self.before[course.after].append(course)  # type: ignore[attr-defined]  # annotated
        required = {course.pk for courses in self.before.values() for course in courses}
        completed = Enrollment.objects.filter(status=Enrollment.Status.COMPLETED)
        learned = completed.filter(person__in=people, cohort__course__in=required)
        paper = ("credential_code", "credential_revoked_on")
        for person, course_id, code, revoked_on in learned.values_list("person", "cohort__course", *paper):
            self.completed.add((person, course_id))
            if code and revoked_on is None:
                self.certified.add((person, course_id))
        granted = PrerequisiteException.objects.in_force().filter(person__in=people, course__in=self.courses)
        self.excepted.update(granted.values_list("person", "course", "organization"))

    def of(self, course_id: int, person_id: int | None) -> list[Prerequisite]:
        """What comes before a course, and what of it the person has."""
        if course_id not in self.courses:
            return []
        wants_paper = self.courses[course_id].prerequisites_proof == Course.Proof.CERTIFIED
        reached = self.certified if wants_paper else self.completed
        return [Prerequisite(course, (person_id, course.pk) in reached) for course in self.before[course_id]]

    def lacking(self, course_id: int, person_id: int | None, organization_id: int) -> list[Course]:
        """The courses that keep a person from learning this one at a provider; none: nothing does."""
        if (person_id, course_id, organization_id) in self.excepted:
            return []
        return self._missing(course_id, person_id)

    def closed_to(self, person_id: int) -> dict[int, set[int]]:
        """The courses that a person may not learn, with the providers that make an exception, by ids."""
        exceptions: dict[int, set[int]] = defaultdict(set)
        for person, course_id, organization in self.excepted:
            if person == person_id:
                exceptions[course_id].add(organization)
        return {pk: exceptions[pk] for pk in self.courses if self._missing(pk, person_id)}

    def _missing(self, course_id: int, person_id: int | None) -> list[Course]:
        asked = self.of(course_id, person_id)
        missing = [one.course for one in asked if not one.is_met]
        if asked and self.courses[course_id].prerequisites_asked == Course.Asked.ANY and len(missing) < len(asked):
            return []
        return missing


def exceptions_of(enrollment: Enrollment) -> list[PrerequisiteException]:
    """The exceptions by which somebody learns in a group; nothing is asked where its course asks for nothing."""
    cohort = enrollment.cohort
    if cohort.course.prerequisites_asked == Course.Asked.NONE:
        return []
    rows = PrerequisiteException.objects.filter(person=enrollment.person_id, course=cohort.course_id)
    return list(rows.filter(organization=cohort.organization_id).order_by("pk"))
