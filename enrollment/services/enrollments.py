"""Letting people into cohorts and out of them; the one gate for the state of an enrollment."""

from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, User
from accounts.services import audit
from accounts.services.employments import note_learned
from accounts.services.people import lock_person
from accounts.services.users import ensure_user
from base.errors import DomainError
from base.lookup import named
from base.transitions import Transitions, check_move
from enrollment.models import (
    Cohort,
    Enrollment,
    EnrollmentMove,
    Referral,
    TrainingAssignment,
    WithdrawalReason,
)
from enrollment.services import referral_moves
from enrollment.services.figures import count_again, lock_enrollment
from enrollment.services.prerequisites import check_prerequisites
from enrollment.services.seats import check_takes_learners, lock_cohort, release_seats, take_seat
from enrollment.signals import enrollment_changed, enrollment_moved

Status = Enrollment.Status

TRANSITIONS: Transitions = {
    "": frozenset({Status.ACTIVE}),
    Status.ACTIVE: frozenset({Status.COMPLETED, Status.FAILED, Status.WITHDRAWN}),
    # Between these two: the decision was corrected.
    Status.COMPLETED: frozenset({Status.FAILED}),
    Status.FAILED: frozenset({Status.COMPLETED}),
    Status.WITHDRAWN: frozenset(),
}
MIRRORED: dict[str, str] = {
    Status.COMPLETED: Referral.Status.COMPLETED,
    Status.FAILED: Referral.Status.FAILED,
    Status.WITHDRAWN: Referral.Status.DROPPED,
}


class AlreadyEnrolled(DomainError):
    code = "already-enrolled"
    message = _("This person already learns in this group.")


class NotOpenToAll(DomainError):
    code = "not-open-to-all"
    status = 403
    message = _("Nobody can enrol oneself in this group; its provider lets people in.")


class NoPerson(DomainError):
    code = "no-person"
    message = _("Only a user who stands for a person can learn.")


def move(enrollment: Enrollment, to: str, *, by: User | None, reason: str = "", note: str = "") -> EnrollmentMove:
    """Let an enrollment that the caller holds locked (or has just built) become `to`, and save it.

    Its referral follows. Raises IllegalMove.
    """
    before, now = enrollment.status, timezone.now()
    check_move(TRANSITIONS, before, to)
    enrollment.status = to
    enrollment.ended_at = None if to == Status.ACTIVE else now
    enrollment.save()
    row = EnrollmentMove.objects.create(
        enrollment=enrollment, from_status=before, to_status=to, at=now, by=by, reason=reason, note=note
    )
    audit.record(f"enrollment.{to}", enrollment, by=by, **({"reason": reason} if reason else {}))
    if enrollment.referral_id and to in MIRRORED:
        referral = Referral.objects.select_for_update(no_key=True).get(pk=enrollment.referral_id)
        referral_moves.move(referral, MIRRORED[to], by=by, reason=reason, note=note)
    if to in (Status.ACTIVE, Status.WITHDRAWN):
        note_what_was_learned(enrollment.person_id)
    enrollment_changed.send(Enrollment, enrollment_id=enrollment.pk)
    transaction.on_commit(partial(enrollment_moved.send, Enrollment, enrollment_id=enrollment.pk, move_id=row.pk))
    return row


def note_what_was_learned(person_id: int) -> None:
    """Note beside the posts of a person, whom the caller has locked, whether there is an enrollment not given up."""
    kept = Enrollment.objects.filter(person=person_id).exclude(status=Status.WITHDRAWN)
    note_learned(person_id, has_learned=kept.exists())


def create_enrollment(
    *, cohort: Cohort, person: Person, referral: Referral | None = None, by: User | None
) -> Enrollment:
    """Make an active enrollment of a person whose row the caller has locked; giving a seat is the caller's part.

    Raises AlreadyEnrolled, PrerequisitesLacking.
    """
    if (known := find_enrollment(cohort, person)) and not is_due_again(known):
        raise AlreadyEnrolled
    check_prerequisites(cohort.course, person_id=person.pk, organization_id=cohort.organization_id)
    enrollment = Enrollment(
        cohort=cohort, organization_id=cohort.organization_id, person=person, referral=referral, status=""
    )
    move(enrollment, Status.ACTIVE, by=by)
    count_again(enrollment)
    return enrollment


def find_enrollment(cohort: Cohort, person: Person) -> Enrollment | None:
    """The latest enrollment of a person in a cohort, one that was given up apart.

    There is one, except where a mandatory course is taken again at one's own pace.
    """
    rows = Enrollment.objects.filter(cohort=cohort, person=person).exclude(status=Status.WITHDRAWN)
    return rows.order_by("-pk").first()


def is_due_again(enrollment: Enrollment) -> bool:
    """Whether a course that was ended at one's own pace must be taken again, and soon enough to begin now."""
    if enrollment.status == Status.ACTIVE or not enrollment.cohort.is_standing:
        return False
    rows = TrainingAssignment.objects.filter(person=enrollment.person_id, course=enrollment.cohort.course_id)
    return rows.startable().exists()


@transaction.atomic
def enroll_person(*, cohort: Cohort, person: Person, by: User | None) -> Enrollment:
    """Let a person into a cohort without a referral; one who is in it already stays in it.

    Raises CohortFull, CohortClosed, PrerequisitesLacking.
    """
    person = lock_person(person.pk)
    if (known := find_enrollment(cohort, person)) and not is_due_again(known):
        return known
    if not cohort.is_standing:  # that one never gets a limit, and everybody joins it at once
        cohort = lock_cohort(cohort.pk)
    check_takes_learners(cohort)
    enrollment = create_enrollment(cohort=cohort, person=person, by=by)
    take_seat(cohort, enrollment)
    ensure_user(person, by=by)
    return enrollment


def enroll_self(*, cohort: Cohort, user: User) -> Enrollment:
    """Let users into a cohort that is open to all; whoever is in it already stays in it.

    Raises NotOpenToAll, NoPerson, CohortFull, CohortClosed, PrerequisitesLacking.
    """
    if user.person is None:
        raise NoPerson
    if not (cohort.open_to_all or cohort.is_standing):
        raise NotOpenToAll
    return enroll_person(cohort=cohort, person=user.person, by=user)


@transaction.atomic
def withdraw_enrollment(enrollment: Enrollment, *, reason: str, note: str = "", by: User | None) -> Enrollment:
    """Let a learner leave for a coded reason; the seat is free again. Raises InvalidInput, IllegalMove."""
    lock_person(enrollment.person_id)
    enrollment = lock_enrollment(enrollment)
    if enrollment.status == Status.WITHDRAWN:
        return enrollment
    enrollment.withdrawal_reason = named(WithdrawalReason.objects.valid_on(timezone.localdate()), "reason", code=reason)
    move(enrollment, Status.WITHDRAWN, by=by, reason=reason, note=note)
    release_seats(enrollment)
    return enrollment
