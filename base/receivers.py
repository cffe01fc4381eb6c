"""News becomes work for a worker; what holds for every connection to the database."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver

from base import tasks
from base.planning import plan_searches_anew
from base.signals import job_queued


@receiver(job_queued)
def run_job_later(*, job_id: int, **_: Any) -> None:
    tasks.enqueue_job(job_id)


@receiver(connection_created)
def watch_statements(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    if connection.vendor == "postgresql" and plan_searches_anew not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, plan_searches_anew)  # whoever listens meanwhile takes the last away again
