"""News becomes work for a worker."""

from typing import Any

from django.dispatch import receiver

from certificates import tasks
from certificates.signals import credential_issued
from enrollment.signals import completion_decided


@receiver(completion_decided)
def settle_completion_later(*, completion_id: int, **_: Any) -> None:
    tasks.settle.delay(completion_id=completion_id)


@receiver(credential_issued)
def render_later(*, credential_id: int, **_: Any) -> None:
    tasks.render.delay(credential_id=credential_id)
