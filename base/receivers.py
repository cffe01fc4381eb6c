"""News becomes work for a worker."""

from typing import Any

from django.dispatch import receiver

from base import tasks
from base.signals import job_queued


@receiver(job_queued)
def run_job_later(*, job_id: int, **_: Any) -> None:
    tasks.enqueue_job(job_id)
