"""Telling a user what happened."""

from typing import Any

from base.models import Notice


def notify(user_id: int, *, kind: str, key: str, params: dict[str, Any] | None = None, url: str = "") -> None:
    """Leave a notice for a user, in the caller's transaction; the same `key` again says nothing."""
    Notice.objects.get_or_create(
        key=key, defaults={"user_id": user_id, "kind": kind, "params": params or {}, "url": url}
    )
