"""What a worker does for certificates. Each task may run twice and may be killed at any point: the sweep finds it."""

from celery import shared_task

from certificates import queries
from certificates.models import Credential
from certificates.services.credentials import settle_completion
from certificates.services.papers import store_pdf
from enrollment.models import Completion

SWEPT_AT_ONCE = 1_000


@shared_task
def settle(*, completion_id: int) -> None:
    """Do what follows from a decision."""
    settle_completion(Completion.objects.get(pk=completion_id))


@shared_task
def render(*, credential_id: int) -> None:
    """Make the PDF."""
    store_pdf(Credential.objects.get(pk=credential_id))


@shared_task
def sweep() -> None:
    """Enqueue again what is due and was lost, the oldest first."""
    for due in (queries.completions_to_issue(), queries.completions_taken_back()):
        for completion_id in due.order_by("id").values_list("id", flat=True)[:SWEPT_AT_ONCE]:
            settle.delay(completion_id=completion_id)
    for credential_id in queries.credentials_without_pdf().order_by("id").values_list("id", flat=True)[:SWEPT_AT_ONCE]:
        render.delay(credential_id=credential_id)
