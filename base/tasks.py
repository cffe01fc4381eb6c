from celery import shared_task
from django.utils import timezone

from base.models import Heartbeat


@shared_task
def beat_heart() -> None:
    """Show that beat, the broker and a worker work together; /readyz looks at the row."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": timezone.now()})
