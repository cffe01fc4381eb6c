"""News of courses, sent after commit unless it is said otherwise."""

from django.dispatch import Signal

captions_changed = Signal()  # video_id: sent within the transaction
version_published = Signal()  # version_id: the version that the course teaches from now on
