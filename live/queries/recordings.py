"""The films of a class, as whoever looks finds them."""

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from enrollment.models import Enrollment
from live.models import LiveSession, Recording, Viewing


def films_of(session: LiveSession, enrollment: Enrollment | None) -> QuerySet[Recording]:
    """What was recorded of a class and is kept, in order; `position` is the second at which a learner goes on."""
    viewings = Viewing.objects.filter(recording=OuterRef("pk"), enrollment=enrollment)
    kept = session.recordings.filter(status__in=(Recording.Status.WAITING, Recording.Status.READY))
    return (
        kept.select_related("job")
        .annotate(position=Coalesce(Subquery(viewings.values("position")[:1]), 0))
        .order_by("started_at")
    )
