"""A referral from its making to the enrollment. Locks are taken in the order person, cohort, referral.

One open referral per course and one held seat count per person, so that row is the lock for both.
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Mahalla, Organization, User
from accounts.services.people import lock_person
from accounts.services.users import ensure_user
from base.errors import DomainError, InvalidInput
from base.lookup import named
from base.transitions import Transitions, check_move
from courses.models import Course
from enrollment.models import Cohort, DeclineReason, Enrollment, Referral, Resident, Wish, WithdrawalReason
from enrollment.services.enrollments import create_enrollment
from enrollment.services.prerequisites import check_prerequisites
from enrollment.services.referral_moves import TRANSITIONS, move
from enrollment.services.seats import check_takes_learners, hold_seat, lock_cohort, release_seats, take_held_seat
from enrollment.services.waiting import place_on_list
from enrollment.services.wishes import move_wish

Status = Referral.Status
Door = Referral.Door
# Of the legal moves, those that whoever sends makes; the others back to submitted and to withdrawn have other reasons.
SENDING: Transitions = {status: frozenset({Status.SUBMITTED}) for status in (Status.DRAFT, Status.LAPSED)}
SENDING_ON: Transitions = {Status.LAPSED: frozenset({Status.WITHDRAWN})}
SENT_ELSEWHERE = "sent-elsewhere"


class AlreadyReferred(DomainError):
    code = "already-referred"
    message = _("This person has an open referral for this course.")


class CourseNotOffered(DomainError):
    code = "course-not-offered"
    message = _("This course is not in the catalogue now.")


class HoldLapsed(DomainError):
    code = "hold-lapsed"
    message = _("The seat was held up to a day that has passed. The referral has to be submitted again.")


class ResidentMovedAway(DomainError):
    code = "resident-moved-away"
    message = _("This person does not live in this household any more.")


@transaction.atomic
def make_referral(
    *,
    resident: Resident,
    course: Course,
    organization: Organization,
    cohort: Cohort | None = None,
    wish: Wish | None = None,
    note: str = "",
    door: str = Door.ASSISTANT,
    seat_due_at: datetime | None = None,
    by: User | None,
) -> Referral:
    """Send a resident to a provider for a course; through the own door it stays a draft until an official confirms.

    `cohort` is a preference; the provider names the one that counts when it accepts. `seat_due_at` goes on with the
    clock of an earlier referral. Raises AlreadyReferred, CourseNotOffered, PrerequisitesLacking, ResidentMovedAway,
    InvalidInput.
    """
    person = lock_person(resident.person_id)
    _check_places(resident, course, organization, cohort, wish)
    if Referral.objects.filter(person=person, course=course, status__in=Referral.OPEN).exists():
        raise AlreadyReferred
    check_prerequisites(course, person_id=person.pk, organization_id=organization.pk)
    referral = Referral(
        resident=resident,
        person=person,
        course=course,
        organization=organization,
        cohort=cohort,
        wish=wish,
        **resident.mahalla.places,
        category_id=resident.household.category_id,
        gender=person.gender,
        door=door,
        status="",
        note=note,
        seat_due_at=seat_due_at,
        made_by=by,
    )
    move(referral, Status.DRAFT if door == Door.SELF else Status.SUBMITTED, by=by)
    return referral


@transaction.atomic
def submit_referral(referral: Referral, *, by: User | None) -> Referral:
    """Confirm a draft, or send a lapsed referral again under its first clocks. Raises IllegalMove."""
    referral = _lock(referral)
    if referral.status != Status.SUBMITTED:
        check_move(SENDING, referral.status, Status.SUBMITTED)
        move(referral, Status.SUBMITTED, by=by)
    return referral


@transaction.atomic
def send_on(referral: Referral, *, cohort: Cohort, door: str, by: User) -> Referral:
    """Send a resident who was declined, or whose hold lapsed, to another place; the clock of the seat goes on.

    The lapsed referral is withdrawn by it. Raises IllegalMove, and what `make_referral` raises.
    """
    lock_person(referral.person_id)
    referral = _lock(referral)
    if referral.status != Status.DECLINED:
        check_move(SENDING_ON, referral.status, Status.WITHDRAWN)
        move(referral, Status.WITHDRAWN, by=by, reason=SENT_ELSEWHERE)
    return make_referral(
        resident=referral.resident,
        course=cohort.course,
        organization=cohort.organization,
        cohort=cohort,
        wish=referral.wish,
        door=door,
        seat_due_at=referral.seat_due_at,
        by=by,
    )


@transaction.atomic
def accept_referral(referral: Referral, *, cohort: Cohort, by: User | None) -> Referral:
    """Accept a referral into a cohort, where a seat is held for it.

    Raises CohortFull, CohortClosed, SeatHeldElsewhere, PrerequisitesLacking, InvalidInput, IllegalMove.
    """
    lock_person(referral.person_id)
    cohort = lock_cohort(cohort.pk)
    referral = _lock(referral)
    if referral.status == Status.ACCEPTED and referral.cohort_id == cohort.pk:
        return referral
    if (cohort.course_id, cohort.organization_id) != (referral.course_id, referral.organization_id):
        raise InvalidInput(_("This group is not of the course and the provider of the referral."), field="cohort")
    check_move(TRANSITIONS, referral.status, Status.ACCEPTED)
    check_prerequisites(referral.course, person_id=referral.person_id, organization_id=referral.organization_id)
    check_takes_learners(cohort)
    until = hold_last_day()
    hold_seat(cohort, referral, until=until)
    referral.cohort, referral.hold_until = cohort, until
    move(referral, Status.ACCEPTED, by=by)
    return referral


def hold_last_day() -> date:
    """The last day of a hold that begins today."""
    return timezone.localdate() + timedelta(days=settings.HOLD_DAYS)


@transaction.atomic
def waitlist_referral(referral: Referral, *, by: User | None) -> Referral:
    """Put a referral on the provider's waiting list for the course. Raises IllegalMove."""
    referral = _lock(referral)
    if referral.status != Status.WAITLISTED:
        referral.queued_at = place_on_list(referral)
        move(referral, Status.WAITLISTED, by=by)
    return referral


@transaction.atomic
def decline_referral(referral: Referral, *, reason: str, note: str = "", by: User | None) -> Referral:
    """Decline a referral for a coded reason; its wish is open again. Raises InvalidInput, IllegalMove."""
    referral = _lock(referral)
    if referral.status == Status.DECLINED:
        return referral
    named(DeclineReason.objects.valid_on(timezone.localdate()), "reason", code=reason)
    move(referral, Status.DECLINED, by=by, reason=reason, note=note)
    if referral.wish and referral.wish.status == Wish.Status.ANSWERED:
        move_wish(referral.wish, Wish.Status.OPEN, by=by)
    return referral


@transaction.atomic
def withdraw_referral(referral: Referral, *, reason: str, note: str = "", by: User | None) -> Referral:
    """Take a referral back for a coded reason; a held seat is free again. Raises InvalidInput, IllegalMove."""
    referral = _lock(referral)
    if referral.status == Status.WITHDRAWN:
        return referral
    named(WithdrawalReason.objects.valid_on(timezone.localdate()), "reason", code=reason)
    move(referral, Status.WITHDRAWN, by=by, reason=reason, note=note)
    release_seats(referral)
    return referral


@transaction.atomic
def enroll_referral(referral: Referral, *, by: User | None) -> Enrollment:
    """Let the held seat become an enrollment; the person gets a user, the wish is answered.

    Raises HoldLapsed, AlreadyEnrolled, PrerequisitesLacking, IllegalMove.
    """
    person = lock_person(referral.person_id)
    referral = _lock(referral)
    if enrollment := Enrollment.objects.filter(referral=referral).first():
        return enrollment
    if referral.status == Status.ACCEPTED and _is_lapsed(referral):
        raise HoldLapsed
    move(referral, Status.ENROLLED, by=by)
    assert referral.cohort is not None, "an accepted referral has a cohort"
    enrollment = create_enrollment(cohort=referral.cohort, person=person, referral=referral, by=by)
    take_held_seat(referral, enrollment)
    ensure_user(person, by=by)
    if referral.wish and referral.wish.status == Wish.Status.OPEN:
        move_wish(referral.wish, Wish.Status.ANSWERED, by=by)
    return enrollment


@transaction.atomic
def lapse_referral(referral: Referral) -> bool:
    """Let a hold go whose last day has passed, and say whether it did."""
    referral = _lock(referral)
    if referral.status != Status.ACCEPTED or not _is_lapsed(referral):
        return False
    move(referral, Status.LAPSED, by=None)
    release_seats(referral)
    return True


def follow_boundaries() -> int:
    """Write beside each referral the district and the region in which its mahalla lies now; returns how many moved."""
    places = Mahalla.objects.filter(pk=OuterRef("mahalla"))
    stays = Q(district=F("mahalla__district"), region=F("mahalla__district__region"))
    return Referral.objects.exclude(stays).update(
        district=Subquery(places.values("district")), region=Subquery(places.values("district__region"))
    )


def _is_lapsed(referral: Referral) -> bool:
    return referral.hold_until is not None and referral.hold_until < timezone.localdate()


def _lock(referral: Referral) -> Referral:
    return Referral.objects.select_for_update(no_key=True).get(pk=referral.pk)


def _check_places(
    resident: Resident, course: Course, organization: Organization, cohort: Cohort | None, wish: Wish | None
) -> None:
    if resident.ends_on is not None and resident.ends_on <= timezone.localdate():
        raise ResidentMovedAway
    if course.current_version_id is None or course.retired_at:
        raise CourseNotOffered(field="course")
    if not organization.is_provider:
        raise InvalidInput(_("This organization does not teach."), field="organization")
    if cohort and (cohort.course_id, cohort.organization_id) != (course.pk, organization.pk):
        raise InvalidInput(_("This group is not of this course and this provider."), field="cohort")
    if wish and wish.resident_id != resident.pk:
        raise InvalidInput(_("This wish is another resident’s."), field="wish")
    if wish and wish.status == Wish.Status.WITHDRAWN:
        raise InvalidInput(_("This wish was withdrawn."), field="wish")
