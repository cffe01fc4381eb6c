from celery import shared_task
from django.utils import timezone

from base.models import Heartbeat
from base.services import jobs
from base.services.notices import send_due_mail


@shared_task
def beat_heart() -> None:
    """Show that beat, the broker and a worker work together; /readyz looks at the row."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": timezone.now()})


@shared_task
def run_job(*, job_id: int) -> None:
    """Go on with a job, unless somebody else does."""
    jobs.run_job(job_id)


@shared_task
def sweep_jobs() -> None:
    """Enqueue again the jobs whose message was lost or whose worker died."""
    for job_id in jobs.due_jobs():
        run_job.delay(job_id=job_id)


@shared_task
def send_mail() -> int:
    """Send the notices that are due by e-mail; returns how many."""
    return send_due_mail()
