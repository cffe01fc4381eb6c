"""Who waits to be let into a class."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from live.models import LiveSession, Waiter


def waiting(session: LiveSession | OuterRef) -> QuerySet[Waiter]:
    """Those who wait now, in their order; by the index waiter_waiting."""
    fresh = timezone.now() - Waiter.FRESH
    return Waiter.objects.filter(session=session, let_in_at=None, refused_at=None, seen_at__gte=fresh)


def has_waiting() -> Exists:
    """Whether anybody waits, beside each class of a queryset."""
    return Exists(waiting(OuterRef("pk")))


def people_waiting(session: LiveSession) -> list[Waiter]:
    """Those who wait now, with their names: one query."""
    return list(waiting(session).select_related("user__person", "guest"))


def place_in_order(waiter: Waiter) -> int:
    """How many wait until and with this one."""
    return waiting(waiter.session).filter(pk__lte=waiter.pk).count()
