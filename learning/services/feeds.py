"""Making and taking away the secret address of a calendar."""

import secrets

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import audit
from accounts.services.tokens import hash_token
from learning.models import CalendarFeed


@transaction.atomic
def make_feed(user: User) -> str:
    """Give a user's calendar a new secret address, and return its secret; the one before is invalid."""
    token = secrets.token_urlsafe(32)
    feed, _made = CalendarFeed.objects.update_or_create(
        user=user, defaults={"token_hash": hash_token(token), "read_at": None}
    )
    audit.record("calendar-feed.made", feed, by=user)
    return token


@transaction.atomic
def revoke_feed(user: User) -> None:
    """Take the address away; one that is gone already stays gone."""
    for feed in CalendarFeed.objects.filter(user=user):
        audit.record("calendar-feed.revoked", feed, by=user)
        feed.delete()


def note_reading(feed: CalendarFeed) -> None:
    """Note that a calendar read the feed, once an hour."""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    if feed.read_at != hour:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=hour)


def feed_by(token: str) -> CalendarFeed | None:
    """The feed of this secret, of somebody who may still sign in."""
    rows = CalendarFeed.objects.filter(token_hash=hash_token(token), user__is_active=True)
    return rows.select_related("user__person").first()
