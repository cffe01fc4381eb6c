"""Wishes by the thousand: what services.wishes does with one."""

from collections.abc import Sequence

from accounts.models import User
from accounts.services import audit
from base import bulk
from enrollment.models import Wish
from enrollment.signals import rows_changed


def record_wishes(wishes: Sequence[Wish], *, by: User) -> None:
    """Write down what residents said; that none of it stands already is for the caller to see to."""
    if not wishes:
        return
    for wish in wishes:
        wish.recorded_by = by
    bulk.insert(wishes)
    audit.record_many("wish.recorded", wishes, by=by)
    rows_changed.send(Wish, ids=[wish.pk for wish in wishes])
