"""Pairs of records that may be one person: found, looked at, merged or told apart.

Locks are taken in the order people (by id), pair.
"""

from collections.abc import Collection
from operator import itemgetter

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person, User
from accounts.services import audit
from accounts.services.merging import lock_both, merge_people, undo_merge
from base.errors import InvalidInput
from base.transitions import Transitions, check_move
from enrollment.models import PossibleDuplicate
from enrollment.queries.duplicates import keys_borne_twice, pairs_of

Status = PossibleDuplicate.Status

TRANSITIONS: Transitions = {
    Status.OPEN: frozenset({Status.MERGED, Status.DIFFERENT}),
    # Back: the merge was undone, or somebody looks again.
    Status.MERGED: frozenset({Status.OPEN}),
    Status.DIFFERENT: frozenset({Status.OPEN}),
}


def note_duplicates(match_keys: Collection[str]) -> None:
    """Write down the pairs among those who bear these names and birth dates; what was decided of one stays decided.

    Where one of them has moved, the pair goes on to whoever decides it now.
    """
    match_keys = [key for key in match_keys if key]
    found = sorted(pairs_of(match_keys), key=itemgetter(0, 1))
    pairs = [PossibleDuplicate(**place, first_id=one, second_id=other) for one, other, place in found]
    PossibleDuplicate.objects.bulk_create(
        pairs,
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=["mahalla", "district", "region"],
        batch_size=1_000,
    )


def find_duplicates(among: Collection[str] | None = None) -> None:
    """Look through all people, or those of many match keys, for pairs that were not noted yet."""
    for keys in keys_borne_twice(among):
        note_duplicates(keys)


@transaction.atomic
def merge_pair(pair: PossibleDuplicate, *, kept: Person, by: User) -> PossibleDuplicate:
    """Make one of the two; `kept` is the record that stays. Merged already: that merge. Raises MergeRefused."""
    pair = _lock(pair)
    if pair.status == Status.MERGED:
        return pair
    if kept.pk not in (pair.first_id, pair.second_id):
        raise InvalidInput(_("Choose which of the two records stays."), field="kept")
    pair.merge = merge_people(kept=kept, gone=pair.second if kept.pk == pair.first_id else pair.first, by=by)
    return _move(pair, Status.MERGED, by=by)


@transaction.atomic
def part_pair(pair: PossibleDuplicate, *, by: User) -> PossibleDuplicate:
    """Undo the merge of a pair within its 30 days. Raises UndoRefused."""
    pair = _lock(pair)
    if pair.status != Status.MERGED or pair.merge is None:
        return pair
    undo_merge(pair.merge, by=by)
    return _move(pair, Status.OPEN, by=by)


@transaction.atomic
def tell_apart(pair: PossibleDuplicate, *, by: User) -> PossibleDuplicate:
    """Remember that they are two people. Raises IllegalMove for a merged pair."""
    pair = _lock(pair)
    return pair if pair.status == Status.DIFFERENT else _move(pair, Status.DIFFERENT, by=by)


@transaction.atomic
def look_again(pair: PossibleDuplicate, *, by: User) -> PossibleDuplicate:
    """Take back that they are two people."""
    pair = _lock(pair)
    return _move(pair, Status.OPEN, by=by) if pair.status == Status.DIFFERENT else pair


def _lock(pair: PossibleDuplicate) -> PossibleDuplicate:
    lock_both(pair.first, pair.second)
    rows = PossibleDuplicate.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("first", "second", "merge__kept", "merge__gone").get(pk=pair.pk)


def _move(pair: PossibleDuplicate, to: str, *, by: User) -> PossibleDuplicate:
    check_move(TRANSITIONS, pair.status, to)
    pair.status, pair.decided_by, pair.decided_at = to, by, timezone.now()
    pair.save(update_fields=["status", "merge", "decided_by", "decided_at", "updated_at"])
    audit.record(f"duplicate.{to}", pair, by=by, first=str(pair.first.uuid), second=str(pair.second.uuid))
    return pair
