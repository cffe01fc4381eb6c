from celery import shared_task
from django.utils import timezone

from base.jobs import KINDS
from base.models import Heartbeat, Job
from base.services import jobs, uploads
from base.services.notices import send_due_mail


@shared_task
def beat_heart() -> None:
    """Show that beat, the broker and a worker work together; /readyz looks at the row."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": timezone.now()})


@shared_task
def run_job(*, job_id: int) -> None:
    """Go on with a job, unless somebody else does."""
    jobs.run_job(job_id)


def enqueue_job(job_id: int) -> None:
    """Give a job to the next worker, for as long as its kind may take."""
    kind = KINDS[Job.objects.values_list("kind", flat=True).get(pk=job_id)]
    run_job.apply_async(kwargs={"job_id": job_id}, time_limit=60 * kind.minutes)


@shared_task
def sweep_jobs() -> None:
    """Enqueue again the jobs whose message was lost or whose worker died."""
    for job_id in jobs.due_jobs():
        enqueue_job(job_id)


@shared_task
def send_mail() -> int:
    """Send the notices that are due by e-mail; returns how many."""
    return send_due_mail()


@shared_task
def sweep_uploads() -> int:
    """Remove files that were begun and never arrived; returns how many."""
    return uploads.sweep_uploads()
