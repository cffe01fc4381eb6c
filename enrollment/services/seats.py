"""Giving out the seats of a cohort: never one too many.

Whoever gives out a seat holds the cohort's row lock, so the smallest free number is known; the constraints of Seat
would refuse a mistake. Releasing needs no such lock.
"""

from datetime import date
from itertools import count

from django.utils.translation import gettext_lazy as _

from base.errors import DomainError
from enrollment.models import Cohort, Enrollment, Referral, Seat


class CohortFull(DomainError):
    code = "cohort-full"
    message = _("No seat is left in this group.")


class CohortClosed(DomainError):
    code = "cohort-closed"
    message = _("This group takes no learners now.")


class SeatHeldElsewhere(DomainError):
    code = "seat-held-elsewhere"
    message = _("A seat is held for this person in another group. One person holds one seat at a time.")


def lock_cohort(cohort_id: int) -> Cohort:
    """Lock the cohort in which a seat is about to be given out; learners' own rows may refer to it meanwhile."""
    return Cohort.objects.select_for_update(no_key=True).get(pk=cohort_id)


def check_takes_learners(cohort: Cohort) -> None:
    """Raise CohortClosed unless the cohort is published and its dates let learners join."""
    if not cohort.takes_learners:
        raise CohortClosed


def hold_seat(cohort: Cohort, referral: Referral, *, until: date) -> Seat | None:
    """Hold a seat of a locked cohort for a referral up to and including a day; None where there is no limit.

    Raises CohortFull, SeatHeldElsewhere.
    """
    if Seat.objects.filter(person_id=referral.person_id, status=Seat.Status.HELD).exists():
        raise SeatHeldElsewhere
    if cohort.seats is None:
        return None
    return _give_out(cohort, person_id=referral.person_id, referral=referral, held_until=until)


def take_seat(cohort: Cohort, enrollment: Enrollment) -> Seat | None:
    """Give a seat of a locked cohort to an enrollment at once; None where there is no limit. Raises CohortFull."""
    if cohort.seats is None:
        return None
    return _give_out(cohort, person_id=enrollment.person_id, enrollment=enrollment)


def take_held_seat(referral: Referral, enrollment: Enrollment) -> None:
    """The seat held by a referral becomes the enrollment's."""
    referral.seats.filter(status=Seat.Status.HELD).update(
        status=Seat.Status.TAKEN, enrollment=enrollment, held_until=None
    )


def release_seats(owner: Referral | Enrollment) -> None:
    """Free whatever seat a referral holds or an enrollment has taken."""
    owner.seats.filter(status__in=Seat.OCCUPIED).update(status=Seat.Status.RELEASED)


def _give_out(
    cohort: Cohort,
    *,
    person_id: int,
    referral: Referral | None = None,
    enrollment: Enrollment | None = None,
    held_until: date | None = None,
) -> Seat:
    capacity = cohort.seats or 0
    occupied = set(cohort.seat_rows.filter(status__in=Seat.OCCUPIED).values_list("number", flat=True))
    number = next(n for n in count(1) if n not in occupied)
    if number > capacity:
        raise CohortFull
    return Seat.objects.create(
        cohort=cohort,
        number=number,
        capacity=capacity,
        status=Seat.Status.HELD if referral else Seat.Status.TAKEN,
        person_id=person_id,
        referral=referral,
        enrollment=enrollment,
        held_until=held_until,
    )
