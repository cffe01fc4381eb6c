"""Occupations found by words of their name."""

from django.db.models.functions import Length
from django.utils import timezone

from accounts.models import Profession
from base.folding import fold

PROFESSIONS_SHOWN = 20


def find_professions(words: str) -> list[Profession]:
    """Occupations whose name holds every word, in any spelling: the one named exactly, else the shortest names first,
    up to one too many."""
    key = fold(words)
    if not key:
        return []
    rows = Profession.objects.valid_on(timezone.localdate()).filter(code__contains=".")
    for word in key.split():
        rows = rows.filter(search_key__contains=word)
    found = list(rows.order_by(Length("search_key"), "code")[: PROFESSIONS_SHOWN + 1])
    exact = [row for row in found if any(fold(name) == key for name in row.names.values())]
    return exact[:1] or found
