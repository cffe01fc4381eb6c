"""Which signs a class gave."""

from django.db.models import Count

from live.models import LiveSession, Reaction


def reactions_of(session: LiveSession) -> list[tuple[str, str, int]]:
    """The signs given in a class, in their order: kind, what it is called, how often."""
    counts = dict(session.reactions.values_list("kind").annotate(Count("pk")))
    return [(kind.value, str(kind.label), counts[kind.value]) for kind in Reaction.Kind if kind.value in counts]
