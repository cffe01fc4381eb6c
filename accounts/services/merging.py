"""Making one of two records of a human being, and two again within 30 days.

What the other apps keep about the record that goes is moved by themselves, in the same transaction: each answers
`people_merging` with the changes it made, by `change` and `repoint`, and puts them back at `people_parting`.
"""

from collections.abc import Collection, Iterable
from typing import Any, TypedDict, cast

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Employment, Person, PersonMerge, User
from accounts.services import audit
from accounts.services.people import keys_of
from accounts.signals import people_merging, people_parting
from base.errors import DomainError


class Change(TypedDict):
    """One column of one row, before and after a merge."""

    model: str
    pk: int
    column: str
    before: Any
    after: Any


class MergeRefused(DomainError):
    """The two records cannot be one; the message says what stands against it."""

    code = "merge-refused"


class UndoRefused(DomainError):
    code = "undo-refused"


FILLED = ("patronymic", "birth_date", "gender", "phone", "email")
UNIQUE = ("pinfl_hash", "external_id")


@transaction.atomic
def merge_people(*, kept: Person, gone: Person, by: User | None) -> PersonMerge:
    """Let `gone` become part of `kept`, which takes over what it lacks; `gone` stays as a tombstone that points to it.

    Two that are merged already give that merge, whichever of them was to be kept. Raises MergeRefused.
    """
    kept, gone = lock_both(kept, gone)
    if merge := find_merge(kept, gone):
        return merge
    _check(kept, gone)
    try:
        with transaction.atomic():
            changes = [*_merge_user(kept, gone), *repoint(kept, gone, app="accounts", leave=[User])]
            for _receiver, moved in people_merging.send(Person, kept=kept, gone=gone, by=by):
                changes += cast(list[Change], moved)
            changes += _merge_facts(kept, gone)
    except IntegrityError:
        raise MergeRefused(
            _("Both have a record of something that a person can have only once. End one of the two first.")
        ) from None
    merge = PersonMerge.objects.create(kept=kept, gone=gone, by=by, changes=changes)
    audit.record("person.merged", kept, by=by, gone=str(gone.uuid), merge=str(merge.uuid))
    audit.record("person.merged-away", gone, by=by, kept=str(kept.uuid), merge=str(merge.uuid))
    return merge


@transaction.atomic
def undo_merge(merge: PersonMerge, *, by: User | None) -> PersonMerge:
    """Make two of them again: what the merge moved goes back, unless it was changed since; what is new stays.

    Raises UndoRefused after 30 days, or where the record that was kept has been merged on.
    """
    kept, gone = lock_both(merge.kept, merge.gone)
    merge = PersonMerge.objects.select_for_update(no_key=True).get(pk=merge.pk)
    if merge.undone_at:
        return merge
    if merge.undo_until < timezone.now():
        raise UndoRefused(_("A merge can be undone for 30 days, and they have passed."))
    if gone.merged_into_id != kept.pk:
        raise UndoRefused(_("The record that was kept has been merged again since. Undo that merge first."))
    put_back(merge.changes, app="accounts")
    people_parting.send(Person, kept=kept, gone=gone, changes=merge.changes)
    merge.undone_at, merge.undone_by = timezone.now(), by
    merge.save(update_fields=["undone_at", "undone_by", "updated_at"])
    audit.record("person.parted", kept, by=by, gone=str(gone.uuid), merge=str(merge.uuid))
    audit.record("person.parted", gone, by=by, kept=str(kept.uuid), merge=str(merge.uuid))
    return merge


def find_merge(one: Person, other: Person) -> PersonMerge | None:
    """The merge of these two that is in force, whichever was kept."""
    both = PersonMerge.objects.filter(undone_at=None, kept__in=(one, other), gone__in=(one, other))
    return both.first()


def change(row: models.Model, **values: Any) -> list[Change]:
    """Set columns of a row, and say what they were; the row counts as updated."""
    changes: list[Change] = []
    for column, after in values.items():
        before = getattr(row, column)
        if before != after:
            changes.append(Change(model=row._meta.label, pk=row.pk, column=column, before=before, after=after))
            setattr(row, column, after)
    _save(row, values)
    return changes


def repoint(kept: Person, gone: Person, *, app: str, leave: Collection[type[models.Model]] = ()) -> list[Change]:
    """Let each row of an app that points to `gone` point to `kept`, those of the models `leave` apart.

    A relation without a name back ("+") tells of the record, not of the human being, and stays.
    """
    changes: list[Change] = []
    for relation in Person._meta.related_objects:
        model = relation.related_model
        if model._meta.app_label == app and model not in leave:
            rows = model._base_manager.filter(**{relation.field.attname: gone.pk}).select_for_update(no_key=True)
            for row in rows.order_by("pk"):
                changes += change(row, **{relation.field.attname: kept.pk})
    return changes


def put_back(changes: Iterable[Change], *, app: str) -> None:
    """Undo the changes to rows of an app, the last first; a column that was changed since stays as it is."""
    for one in reversed(list(changes)):
        model = apps.get_model(one["model"])
        row = model._base_manager.select_for_update(no_key=True).filter(pk=one["pk"]).first()
        if model._meta.app_label != app or row is None:
            continue
        read = next(field for field in model._meta.fields if field.attname == one["column"]).to_python
        if getattr(row, one["column"]) == read(one["after"]):
            setattr(row, one["column"], read(one["before"]))
            _save(row, [one["column"]])


def lock_both(one: Person, other: Person) -> tuple[Person, Person]:
    """Both rows, locked in one order whoever asks."""
    rows = Person.objects.select_for_update(no_key=True).filter(pk__in=(one.pk, other.pk)).order_by("pk")
    found = {row.pk: row for row in rows}
    return found[one.pk], found[other.pk]


def _check(kept: Person, gone: Person) -> None:
    if kept.pk == gone.pk:
        raise MergeRefused(_("This is one record already."))
    if kept.merged_into_id or gone.merged_into_id:
        raise MergeRefused(_("One of the two was merged with another record meanwhile."))
    if kept.pinfl_hash and gone.pinfl_hash:
        raise MergeRefused(_("Each has a PINFL of its own, so they are two people. If one is wrong, correct it first."))
    at_both = Employment.objects.current().filter(person=gone, organization__employments__in=kept.employments.current())
    if post := at_both.select_related("organization").first():
        raise MergeRefused(
            _("Both hold a post at “%(name)s” today. End one of the two first.") % {"name": post.organization.name}
        )


def _merge_user(kept: Person, gone: Person) -> list[Change]:
    """Let the only user stand for the one who is kept; of two, the one of the record that goes is closed."""
    users = {user.person_id: user for user in User.objects.filter(person__in=(kept, gone))}
    user = users.get(gone.pk)
    if user is None:
        return []
    if user.standing.roles:
        raise MergeRefused(_("“%(name)s” holds a role. Keep the record of that user.") % {"name": user.username})
    return change(user, is_active=False) if kept.pk in users else change(user, person_id=kept.pk)


def _merge_facts(kept: Person, gone: Person) -> list[Change]:
    """Fill what `kept` lacks from `gone`; what is unique moves, and `gone` points to where it went."""
    taken = {name: getattr(gone, name) for name in UNIQUE if getattr(gone, name) and not getattr(kept, name)}
    filled = {name: getattr(gone, name) for name in FILLED if getattr(gone, name) and not getattr(kept, name)}
    cipher = {}
    if "pinfl_hash" in taken:  # it tells birth date and gender too
        cipher = {"pinfl_cipher": gone.pinfl_cipher}
        filled |= {"birth_date": gone.birth_date, "gender": gone.gender}
    gone_changes = change(gone, merged_into_id=kept.pk, **dict.fromkeys(taken), **dict.fromkeys(cipher, ""))
    kept_changes = change(kept, **taken, **cipher, **filled)
    return [*gone_changes, *kept_changes, *change(kept, **keys_of(vars(kept)))]


def _save(row: models.Model, columns: Iterable[str]) -> None:
    stamps = ["updated_at"] if any(field.name == "updated_at" for field in row._meta.fields) else []
    row.save(update_fields=[*columns, *stamps])
