"""News of the foundation, sent after commit."""

from django.dispatch import Signal

job_queued = Signal()  # job_id: somebody should take it up
