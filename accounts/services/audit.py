"""Writing down who did what."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model
from django.utils import timezone

from accounts.models import AuditEvent, User
from base import bulk, origin


def record(action: str, on: Model | None = None, *, by: User | None, **detail: Any) -> AuditEvent:
    """Write one audit row, in the caller's transaction.

    `action` is `<object>.<done>`, such as "referral.accepted"; `on` is the object (its public id is kept), none for a
    list; `detail` must not hold personal data beyond ids.
    """
    return AuditEvent.objects.create(
        action=action,
        actor=by,
        object_type=on._meta.label if on else "",
        object_id=str(getattr(on, "uuid", None) or on.pk) if on else "",
        detail=detail,
        address=origin.address.get(),
    )


def record_many(
    action: str, rows: Sequence[Model], *, by: User | None, details: Sequence[Mapping[str, Any]] | None = None
) -> None:
    """Write one audit row for each of `rows`, which are of one model and have a uuid, in the caller's transaction."""
    if not rows:
        return
    common: dict[str, Any] = {"action": action, "actor": by, "object_type": rows[0]._meta.label}
    common |= {"address": origin.address.get(), "at": timezone.now()}
    found = details or [{}] * len(rows)
    bulk.insert(
        [
            AuditEvent(object_id=str(row.uuid), detail=dict(detail), **common)  # type: ignore[attr-defined]  # a Record
            for row, detail in zip(rows, found, strict=True)
        ]
    )
