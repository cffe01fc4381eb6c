"""Counting, in the background. Each task may run twice and be killed at any point: what is due stays due."""

from celery import shared_task

from reports.models import DueCount, SupplyDue
from reports.services import completion, rollup
from reports.services.checking import mend_rollup


@shared_task
def refresh() -> int:
    """Count again what has changed; returns how many changes were taken in."""
    return rollup.refresh()


@shared_task
def sweep() -> None:
    """Enqueue again what a lost message left uncounted."""
    if DueCount.objects.exists() or SupplyDue.objects.exists():
        refresh.delay()


@shared_task
def freeze_completion_statistics() -> int:
    """Freeze the statistics of the day that has just ended; returns the number of rows written."""
    return completion.freeze_yesterday()


@shared_task
def mend() -> int:
    """Compare the figures with the rows and count again what differs, such as after a look-up row was edited."""
    return mend_rollup()
