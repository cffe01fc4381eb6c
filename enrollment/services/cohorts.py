"""Making, publishing, changing and cancelling learning groups."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.transitions import Transitions, check_move
from courses.models import Course
from enrollment.models import Cohort, Enrollment, Referral
from enrollment.services.referral_moves import move
from enrollment.services.seats import change_seats, lock_cohort, note_free_seats, release_seats
from enrollment.signals import cohort_changed

Status = Cohort.Status

TRANSITIONS: Transitions = {
    Status.DRAFT: frozenset({Status.PUBLISHED, Status.CANCELLED}),
    Status.PUBLISHED: frozenset({Status.CANCELLED}),
    Status.CANCELLED: frozenset(),
}
MOST_SEATS = 10_000
SEATING = frozenset({"seats", "enrol_until", "ends_on"})  # more of these may let somebody in who waits


class CourseNotPublished(DomainError):
    code = "course-not-published"
    message = _("This course is not published, so no group can start.")


class CohortCodeTaken(DomainError):
    code = "cohort-code-taken"
    message = _("This organization already has a group with this code.")


class CohortHasLearners(DomainError):
    code = "cohort-has-learners"
    message = _("People are learning in this group. Let them finish or leave before it is cancelled.")


class CohortFixed(DomainError):
    code = "cohort-fixed"
    message = _("This group cannot be changed: it is cancelled, or stands open for a course that is learned alone.")


@dataclass(frozen=True, kw_only=True)
class CohortPlan:
    """What a cohort is to be; see the fields of Cohort."""

    code: str
    starts_on: date | None
    ends_on: date | None
    enrol_until: date | None = None
    seats: int | None
    language: str
    mode: str = Cohort.Mode.ON_SITE
    venue: str = ""
    open_to_all: bool = False
    on_request: bool = False


@transaction.atomic
def create_cohort(
    *, course: Course, organization: Organization, plan: CohortPlan, instructors: Collection[User] = (), by: User | None
) -> Cohort:
    """Make a draft of a cohort that runs the course's published version.

    Raises CourseNotPublished, CohortCodeTaken, InvalidInput.
    """
    if course.current_version is None or course.retired_at:
        raise CourseNotPublished
    if not organization.is_provider:
        raise InvalidInput(_("This organization does not teach."), field="organization")
    check_new_cohort(plan, organization.pk)
    cohort = Cohort.objects.create(
        course=course, version=course.current_version, organization=organization, **vars(plan)
    )
    cohort.instructors.set(instructors)
    audit.record("cohort.created", cohort, by=by)
    cohort_changed.send(Cohort, cohort_id=cohort.pk)
    return cohort


@transaction.atomic
def change_cohort(cohort: Cohort, *, plan: CohortPlan, instructors: Collection[User], by: User | None) -> Cohort:
    """Plan a cohort anew, whoever is in it already; the same again changes nothing.

    Raises CohortFixed, CohortCodeTaken, SeatsOccupied, SeatHeldElsewhere, InvalidInput.
    """
    cohort = lock_cohort(cohort.pk)
    if cohort.is_standing or cohort.status == Status.CANCELLED:
        raise CohortFixed
    _check_plan(plan)
    changed = [name for name, value in vars(plan).items() if getattr(cohort, name) != value]
    if "code" in changed:
        _check_code(plan, cohort.organization_id)
    if "seats" in changed:
        change_seats(cohort, plan.seats)
    for name in changed:
        setattr(cohort, name, getattr(plan, name))
    cohort.save(update_fields=[*changed, "updated_at"])
    if set(cohort.instructors.all()) != set(instructors):
        cohort.instructors.set(instructors)
        changed.append("instructors")
    if not SEATING.isdisjoint(changed):
        note_free_seats(cohort.pk)
    if changed:
        audit.record("cohort.changed", cohort, by=by, fields=sorted(changed))
        cohort_changed.send(Cohort, cohort_id=cohort.pk)
    return cohort


@transaction.atomic
def publish_cohort(cohort: Cohort, *, by: User | None) -> Cohort:
    """Let a cohort take learners. Raises IllegalMove."""
    cohort = lock_cohort(cohort.pk)
    if cohort.status == Status.PUBLISHED:
        return cohort
    _move(cohort, Status.PUBLISHED, by=by)
    note_free_seats(cohort.pk)
    return cohort


@transaction.atomic
def cancel_cohort(cohort: Cohort, *, by: User | None, reason: str = "") -> Cohort:
    """Cancel a cohort: its seats are free, and the referrals accepted into it wait for an answer again.

    Raises CohortHasLearners while anybody learns in it, IllegalMove.
    """
    cohort = lock_cohort(cohort.pk)
    if cohort.status == Status.CANCELLED:
        return cohort
    for referral in cohort.referrals.filter(status=Referral.Status.ACCEPTED).select_for_update(no_key=True):
        release_seats(referral)
        move(referral, Referral.Status.SUBMITTED, by=by, note=reason)
    # Asked after the referrals are locked, so that none can become an enrollment any more.
    if cohort.enrollments.filter(status=Enrollment.Status.ACTIVE).exists():
        raise CohortHasLearners
    cohort.referrals.filter(status__in=Referral.OPEN).update(cohort=None, updated_at=timezone.now())
    _move(cohort, Status.CANCELLED, by=by, **({"reason": reason} if reason else {}))
    return cohort


@transaction.atomic
def standing_cohort(course: Course) -> Cohort:
    """Return the cohort without dates or limit in which anybody takes the published version of a self-paced course.

    It is made on first need. Raises CourseNotPublished.
    """
    if course.current_version is None or course.retired_at or not course.self_paced:
        raise CourseNotPublished
    cohort, made = Cohort.objects.get_or_create(
        version=course.current_version,
        is_standing=True,
        defaults={
            "course": course,
            "organization_id": course.provider_id,
            "code": f"{course.slug[:30]}-{course.current_version.number}",
            "status": Status.PUBLISHED,
            "open_to_all": True,
            "language": course.language,
            "mode": Cohort.Mode.ONLINE,
        },
    )
    if made:
        audit.record("cohort.created", cohort, by=None)
    return cohort


def set_next_session(cohort: Cohort, at: datetime | None) -> None:
    """Keep when the next live class of a cohort begins, as the live classes say it."""
    cohort.next_session_at = at
    cohort.save(update_fields=["next_session_at", "updated_at"])


def _move(cohort: Cohort, to: str, *, by: User | None, **detail: str) -> None:
    check_move(TRANSITIONS, cohort.status, to)
    cohort.status = to
    cohort.save(update_fields=["status", "updated_at"])
    audit.record(f"cohort.{to}", cohort, by=by, **detail)
    cohort_changed.send(Cohort, cohort_id=cohort.pk)


def check_new_cohort(plan: CohortPlan, organization_id: int) -> None:
    """Raise InvalidInput or CohortCodeTaken unless a provider can have a cohort so planned."""
    _check_plan(plan)
    _check_code(plan, organization_id)


def _check_code(plan: CohortPlan, organization_id: int) -> None:
    # The organization's row is the lock under which its codes stay unique.
    Organization.objects.select_for_update(no_key=True).get(pk=organization_id)
    if Cohort.objects.filter(organization=organization_id, code=plan.code).exists():
        raise CohortCodeTaken(field="code")


def _check_plan(plan: CohortPlan) -> None:
    if not plan.code.strip():
        raise InvalidInput(_("A group needs a code."), field="code")
    if plan.starts_on and plan.ends_on and plan.ends_on < plan.starts_on:
        raise InvalidInput(_("The last day is before the first."), field="ends_on")
    if plan.enrol_until and plan.ends_on and plan.enrol_until > plan.ends_on:
        raise InvalidInput(_("Nobody can join after the last day."), field="enrol_until")
    _check_seats(plan.seats)


def _check_seats(seats: int | None) -> None:
    if seats is not None and not 1 <= seats <= MOST_SEATS:
        raise InvalidInput(_("A group has from 1 to 10,000 seats, or no limit."), field="seats")
