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
    common = (action, by.pk if by else None, rows[0]._meta.label, origin.address.get(), timezone.now())
    told: Any = zip(rows, details or [{}] * len(rows), strict=True)  # each row is a Record
    bulk.insert_values(
        AuditEvent,
        ("action", "actor_id", "object_type", "address", "at", "object_id", "detail"),
        [(*common, str(row.uuid), dict(detail)) for row, detail in told],
    )
