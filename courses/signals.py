"""News of courses, sent after commit."""

from django.dispatch import Signal

version_published = Signal()  # version_id: the version that the course teaches from now on
