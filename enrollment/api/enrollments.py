"""Enrollments: how far each learner is, and what teachers record."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from accounts.bearer import ApiRequest
from accounts.models import Person, User
from accounts.services import audit
from base.api import PROBLEMS, Page
from base.lookup import named
from base.paging import last_id
from courses.models import Lesson
from enrollment import rules
from enrollment.api.reading import audited_page
from enrollment.models import Cohort, Enrollment, Outcome
from enrollment.schemas.way import (
    AttendanceIn,
    EnrollmentIn,
    EnrollmentOut,
    EnrollmentQuery,
    OutcomeIn,
    OutcomeOut,
    OutcomeQuery,
    PeopleQuery,
    PersonOut,
    ResultIn,
    WithdrawIn,
)
from enrollment.services.attendance import record_attendance
from enrollment.services.enrollments import enroll_person, enroll_self, withdraw_enrollment
from enrollment.services.outcomes import record_outcome
from enrollment.services.progress import record_result_by_hand

router = Router(tags=["enrollments"])
ANSWER = {200: EnrollmentOut, **PROBLEMS}


@router.post("/enrollments", response={201: EnrollmentOut, **PROBLEMS})
def post_enrollment(request: ApiRequest, data: EnrollmentIn) -> Any:
    """Enrol oneself in a cohort that is open to all, or somebody within one's reach where one may."""
    user = request.user
    cohort = named(Cohort.objects.visible_to(user).select_related("organization"), "cohort", uuid=data.cohort)
    if data.person is None or (user.person and data.person == user.person.uuid):
        return Status(201, _as_it_is(user, enroll_self(cohort=cohort, user=user)))
    if not rules.can_enroll_others(user, cohort):
        raise PermissionDenied
    person = named(rules.people_within_reach(user), "person", uuid=data.person)
    return Status(201, _as_it_is(user, enroll_person(cohort=cohort, person=person, by=user)))


@router.get("/enrollments", response={200: Page[EnrollmentOut], **PROBLEMS})
def list_enrollments(request: ApiRequest, query: Query[EnrollmentQuery]) -> Any:
    """List the enrollments that the caller may see; the reading is audited."""
    where = {"cohort__uuid": query.cohort, "status": query.status}
    return audited_page(request.user, "enrollment.listed", _whole(request.user), where, query)


@router.get("/enrollments/{enrollment_id}", response=ANSWER)
def get_enrollment(request: ApiRequest, enrollment_id: UUID) -> Any:
    """Show how far a learner is; the reading is audited."""
    enrollment = _find(request.user, enrollment_id)
    audit.record("enrollment.read", enrollment, by=request.user)
    return _as_it_is(request.user, enrollment)


@router.post("/enrollments/{enrollment_id}/lessons/{lesson}/result", response=ANSWER)
def post_result(request: ApiRequest, enrollment_id: UUID, lesson: UUID, data: ResultIn) -> Any:
    """Record a result by hand; it hides no attempt: the better score counts."""
    enrollment = _find_to_teach(request.user, enrollment_id)
    record_result_by_hand(
        enrollment,
        get_object_or_404(_lessons(enrollment), uuid=lesson),
        score=data.score,
        completed=data.completed,
        evidence=data.evidence,
        by=request.user,
    )
    return _as_it_is(request.user, enrollment)


@router.post("/enrollments/{enrollment_id}/attendance", response=ANSWER)
def post_attendance(request: ApiRequest, enrollment_id: UUID, data: AttendanceIn) -> Any:
    """Add an entry to the ledger of minutes; negative minutes correct, with a reason."""
    enrollment = _find_to_teach(request.user, enrollment_id)
    record_attendance(
        enrollment,
        named(_lessons(enrollment), "lesson", uuid=data.lesson),
        minutes=data.minutes,
        source=data.source,
        on=data.on,
        reason=data.reason,
        by=request.user,
    )
    return _as_it_is(request.user, enrollment)


@router.post("/enrollments/{enrollment_id}/withdraw", response=ANSWER)
def withdraw(request: ApiRequest, enrollment_id: UUID, data: WithdrawIn) -> Any:
    """Let a learner leave the course, for a coded reason."""
    enrollment = _find(request.user, enrollment_id)
    if not rules.can_run_cohorts(request.user, enrollment.cohort.organization_id):
        raise PermissionDenied
    return _as_it_is(request.user, withdraw_enrollment(enrollment, reason=data.reason, by=request.user))


@router.post("/enrollments/{enrollment_id}/outcomes", response={201: OutcomeOut, **PROBLEMS})
def post_outcome(request: ApiRequest, enrollment_id: UUID, data: OutcomeIn) -> Any:
    """Record what came of it; an official's word is confirmed, a learner's own is a claim."""
    enrollment = _find(request.user, enrollment_id)
    if not rules.can_record_outcome(request.user, enrollment):
        raise PermissionDenied
    return Status(201, record_outcome(enrollment, **data.model_dump(), by=request.user))


@router.get("/enrollments/{enrollment_id}/outcomes", response={200: Page[OutcomeOut], **PROBLEMS})
def list_outcomes(request: ApiRequest, enrollment_id: UUID, query: Query[OutcomeQuery]) -> Any:
    """List what came of an enrollment; the reading is audited."""
    rows = Outcome.objects.filter(enrollment=_find(request.user, enrollment_id)).select_related("kind")
    return audited_page(request.user, "outcome.listed", rows, {"status": query.status}, query)


@router.get("/people", response={200: Page[PersonOut], **PROBLEMS}, tags=["people and places"])
def list_people(request: ApiRequest, query: Query[PeopleQuery]) -> Any:
    """Find own staff and own learners by name; the reading is audited."""
    if not rules.can_find_people(request.user):
        raise PermissionDenied
    before = last_id(Person.objects.all(), query.cursor) if query.cursor and not query.updated_since else None
    rows: QuerySet[Person] = rules.people_within_reach(request.user, before=before)
    return audited_page(request.user, "person.listed", rows, {}, query, words=query.q)


def _whole(user: User) -> QuerySet[Enrollment]:
    """What an enrollment shows, in a number of queries that does not grow with the list."""
    lessons = Prefetch("cohort__version__lessons", queryset=Lesson.objects.defer("body"))
    return (
        Enrollment.objects.visible_to(user)
        .select_related("person", "cohort__version")
        .prefetch_related(lessons, "lesson_progress", "completions")
    )


def _as_it_is(user: User, enrollment: Enrollment) -> Enrollment:
    return _whole(user).get(pk=enrollment.pk)


def _find(user: User, enrollment_id: UUID) -> Enrollment:
    rows = Enrollment.objects.visible_to(user).select_related("cohort", "referral__mahalla__district")
    return get_object_or_404(rows, uuid=enrollment_id)


def _find_to_teach(user: User, enrollment_id: UUID) -> Enrollment:
    enrollment = _find(user, enrollment_id)
    if not rules.can_teach(user, enrollment.cohort):
        raise PermissionDenied
    return enrollment


def _lessons(enrollment: Enrollment) -> QuerySet[Lesson]:
    return Lesson.objects.filter(version=enrollment.cohort.version_id)
