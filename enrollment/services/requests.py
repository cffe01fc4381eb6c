"""Asking for a place in a group, and answering; the one gate for the state of a request."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from accounts.services.people import lock_person
from base.errors import DomainError, InvalidInput
from base.services.notices import notify
from base.transitions import Transitions, check_move
from enrollment.models import Cohort, EnrollmentRequest
from enrollment.services.enrollments import AlreadyEnrolled, NoPerson, enroll_person, find_enrollment
from enrollment.services.prerequisites import check_prerequisites
from enrollment.services.seats import check_takes_learners

Status = EnrollmentRequest.Status

TRANSITIONS: Transitions = {
    "": frozenset({Status.ASKED}),
    Status.ASKED: frozenset({Status.APPROVED, Status.REFUSED, Status.WITHDRAWN}),
    Status.APPROVED: frozenset(),
    Status.REFUSED: frozenset(),
    Status.WITHDRAWN: frozenset(),
}


class NotOnRequest(DomainError):
    code = "not-on-request"
    status = 403
    message = _("This group takes nobody on request; its provider or your staff manager lets people in.")


@transaction.atomic
def ask_for_place(cohort: Cohort, *, by: User) -> EnrollmentRequest:
    """Ask for a place for oneself; whoever waits for an answer already goes on waiting.

    Raises NoPerson, NotOnRequest, AlreadyEnrolled, CohortClosed, PrerequisitesLacking.
    """
    if by.person_id is None:
        raise NoPerson
    person = lock_person(by.person_id)
    rows = EnrollmentRequest.objects.filter(cohort=cohort, person=person, status=Status.ASKED)
    if known := rows.first():
        return known
    if not cohort.on_request:
        raise NotOnRequest
    if find_enrollment(cohort, person):
        raise AlreadyEnrolled
    check_prerequisites(cohort.course, person_id=person.pk, organization_id=cohort.organization_id)
    check_takes_learners(cohort)
    request = EnrollmentRequest(cohort=cohort, person=person, status="")
    _move(request, Status.ASKED, by=by)
    return request


@transaction.atomic
def approve_request(request: EnrollmentRequest, *, by: User) -> EnrollmentRequest:
    """Let who asked into the group, and tell.

    Raises CohortFull, CohortClosed, PrerequisitesLacking (then it waits on), IllegalMove.
    """
    request = _lock(request)
    if request.status == Status.APPROVED:
        return request
    check_move(TRANSITIONS, request.status, Status.APPROVED)
    request.enrollment = enroll_person(cohort=request.cohort, person=request.person, by=by)
    _move(request, Status.APPROVED, by=by)
    return request


@transaction.atomic
def refuse_request(request: EnrollmentRequest, *, reason: str, by: User) -> EnrollmentRequest:
    """Refuse for a reason in words, and tell. Raises InvalidInput, IllegalMove."""
    request = _lock(request)
    if request.status == Status.REFUSED:
        return request
    if not reason.strip():
        raise InvalidInput(_("Say why it is refused."), field="reason")
    request.reason = reason.strip()
    _move(request, Status.REFUSED, by=by)
    return request


@transaction.atomic
def withdraw_request(request: EnrollmentRequest, *, by: User) -> EnrollmentRequest:
    """Take one's own request back. Raises IllegalMove once it is answered."""
    request = _lock(request)
    if request.status == Status.WITHDRAWN:
        return request
    _move(request, Status.WITHDRAWN, by=by)
    return request


def _lock(request: EnrollmentRequest) -> EnrollmentRequest:
    """Lock the person first, as every enrolment does, then the request."""
    lock_person(request.person_id)
    rows = EnrollmentRequest.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("cohort__course", "person__user").get(pk=request.pk)


def _move(request: EnrollmentRequest, to: str, *, by: User) -> None:
    check_move(TRANSITIONS, request.status, to)
    request.status = to
    if to != Status.ASKED:
        request.answered_at, request.answered_by = timezone.now(), by
    request.save()
    audit.record(f"enrollment-request.{to}", request, by=by)
    asker: User | None = getattr(request.person, "user", None)
    if to in (Status.APPROVED, Status.REFUSED) and asker:
        notify(
            asker.pk,
            kind=f"request-{to}",
            key=f"enrollment-request-{request.pk}-{to}",
            params={"course": request.cohort.course.title, "reason": request.reason},
            url=f"/courses/{request.cohort.course.slug}/",
        )
