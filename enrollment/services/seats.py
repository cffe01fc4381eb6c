"""Giving out the seats of a cohort: never one too many.

Whoever gives out a seat holds the cohort's row lock, so the smallest free number is known; the constraints of Seat
would refuse a mistake. Releasing needs no such lock; it leaves a FreedSeat, for services/offers.py.
"""

from datetime import date
from functools import partial
from itertools import count

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from base.errors import DomainError
from enrollment.models import Cohort, Enrollment, FreedSeat, Referral, Seat
from enrollment.signals import seats_freed


class CohortFull(DomainError):
    code = "cohort-full"
    message = gettext_lazy("No seat is left in this group.")


class CohortClosed(DomainError):
    code = "cohort-closed"
    message = gettext_lazy("This group takes no learners now.")


class SeatsOccupied(DomainError):
    code = "seats-occupied"


class SeatHeldElsewhere(DomainError):
    code = "seat-held-elsewhere"
    message = gettext_lazy("A seat is held for this person in another group. One person holds one seat at a time.")


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


def change_seats(cohort: Cohort, seats: int | None) -> None:
    """Give a locked cohort another number of seats, or no limit; whoever is in it keeps a seat.

    A seat numbered past the new end moves to a free number. Raises SeatsOccupied, SeatHeldElsewhere.
    """
    occupied = cohort.seat_rows.filter(status__in=Seat.OCCUPIED)
    if seats is None:
        occupied.update(status=Seat.Status.RELEASED)
    else:
        rows = list(occupied.order_by("number")) if cohort.seats is not None else _seats_for_everybody(cohort)
        if len(rows) > seats:
            said = _("Seats held or taken in this group: %(count)s. It cannot have fewer.")
            raise SeatsOccupied(said % {"count": len(rows)}, field="seats")
        _renumber(rows, seats)
    cohort.seats = seats


def _seats_for_everybody(cohort: Cohort) -> list[Seat]:
    """Seats, not numbered yet, for whoever is in a cohort that had no limit; nobody leaves or enrols meanwhile."""
    accepted = cohort.referrals.filter(status=Referral.Status.ACCEPTED).select_for_update(no_key=True)
    if Seat.objects.filter(person__in=[r.person_id for r in accepted], status=Seat.Status.HELD).exists():
        raise SeatHeldElsewhere
    held = [
        Seat(
            cohort=cohort, number=0, status=Seat.Status.HELD, person_id=r.person_id, referral=r, held_until=r.hold_until
        )
        for r in accepted
    ]
    inside = cohort.enrollments.exclude(status=Enrollment.Status.WITHDRAWN).select_for_update(no_key=True)
    return held + [
        Seat(cohort=cohort, number=0, status=Seat.Status.TAKEN, person_id=e.person_id, enrollment=e) for e in inside
    ]


def _renumber(rows: list[Seat], seats: int) -> None:
    """Number and save those of occupied seats that have no number up to `seats`."""
    kept = {row.number for row in rows if 1 <= row.number <= seats}
    moved = [row for row in rows if row.number not in kept]
    free = (n for n in count(1) if n not in kept)
    for row in moved:
        row.number, row.capacity = next(free), seats
    Seat.objects.bulk_create([row for row in moved if row.pk is None])
    Seat.objects.bulk_update([row for row in moved if row.pk], ["number", "capacity"])


def release_seats(owner: Referral | Enrollment) -> None:
    """Free whatever seat a referral holds or an enrollment has taken."""
    occupied = owner.seats.filter(status__in=Seat.OCCUPIED)
    cohorts = set(occupied.values_list("cohort", flat=True))
    occupied.update(status=Seat.Status.RELEASED)
    for cohort_id in cohorts:
        note_free_seats(cohort_id)


def note_free_seats(cohort_id: int) -> None:
    """Note that the waiting list of a cohort is to be asked, and send word of it after commit."""
    FreedSeat.objects.create(cohort_id=cohort_id)
    transaction.on_commit(partial(seats_freed.send, Cohort, cohort_id=cohort_id))


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
