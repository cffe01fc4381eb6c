"""What residents wish."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Profession, User
from accounts.services import audit
from base.errors import InvalidInput
from base.transitions import Transitions, check_move
from courses.models import Course
from enrollment.models import Resident, Wish
from enrollment.signals import wish_changed

TRANSITIONS: Transitions = {
    Wish.Status.OPEN: frozenset({Wish.Status.ANSWERED, Wish.Status.WITHDRAWN}),
    Wish.Status.ANSWERED: frozenset({Wish.Status.OPEN}),
}


@transaction.atomic
def record_wish(
    resident: Resident,
    *,
    kind: str,
    said_on: date | None = None,
    profession: Profession | None = None,
    course: Course | None = None,
    note: str = "",
    by: User,
) -> Wish:
    """Write down what a resident said on a day (today); the same open wish again gives the one that stands."""
    said_on = said_on or timezone.localdate()
    if said_on > timezone.localdate():
        raise InvalidInput(_("A wish cannot have been said in the future."), field="said_on", code="date")
    resident = Resident.objects.select_for_update(no_key=True).get(pk=resident.pk)
    same = {"kind": kind, "profession": profession, "course": course, "said_on": said_on, "status": Wish.Status.OPEN}
    if standing := resident.wishes.filter(**same).first():
        return standing
    household = resident.household
    wish = Wish.objects.create(
        resident=resident, mahalla=household.mahalla, category=household.category, note=note, recorded_by=by, **same
    )
    audit.record("wish.recorded", wish, by=by)
    wish_changed.send(sender=Wish, wish_id=wish.pk)
    return wish


def move_wish(wish: Wish, to: str, *, by: User | None) -> Wish:
    """Make one move of a wish, with its audit row; the state it is in already is no move."""
    with transaction.atomic():
        wish = Wish.objects.select_for_update(no_key=True).get(pk=wish.pk)
        if wish.status != to:
            check_move(TRANSITIONS, wish.status, to)
            wish.status = to
            wish.save(update_fields=["status", "updated_at"])
            audit.record(f"wish.{to}", wish, by=by)
            wish_changed.send(sender=Wish, wish_id=wish.pk)
    return wish
