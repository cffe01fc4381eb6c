"""Telling a user what happened."""

from collections.abc import Iterable
from typing import Any

from base.models import Notice


def notify(user_id: int, *, kind: str, key: str, params: dict[str, Any] | None = None, url: str = "") -> None:
    """Leave a notice for a user, in the caller's transaction; the same `key` again says nothing."""
    Notice.objects.get_or_create(
        key=key, defaults={"user_id": user_id, "kind": kind, "params": params or {}, "url": url}
    )


def notify_many(notices: Iterable[Notice]) -> None:
    """Leave many notices at once, each by its key; one that was said already is not said again."""
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
