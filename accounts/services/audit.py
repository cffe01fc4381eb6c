"""Writing down who did what."""

from typing import Any

from django.db.models import Model

from accounts.models import AuditEvent, User
from base import origin


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
