"""The notes of a class: one text that several people may write at once. docs/subsystems/notes.md tells the whole."""

from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from live import rules
from live.edits import Edit, edit_between
from live.models import LiveSession, Notes, RoomEvent
from live.queries.notes import edits_since, text_at
from live.queries.room import is_muted
from live.services.chat import Muted
from live.services.events import enter, record_event
from live.signals import writing

Kind = RoomEvent.Kind
LONGEST_EDIT = 4000  # of one command; what is longer is sent in several
MOST_BEHIND = 500  # versions that an edit may be made on an older one than the newest
TURN = timedelta(minutes=2)  # after such a pause the same writer begins anew


class NotesClosed(DomainError):
    code = "notes-closed"
    status = 403
    message = _("Only who leads the class writes its notes now.")


class NotesChanged(DomainError):
    code = "notes-changed"
    message = _("Somebody has changed the same words meanwhile. Both texts are shown, and nothing is lost.")


class NotesFull(DomainError):
    code = "notes-full"
    message = _("The notes have room for %(most)d characters. Shorten them first.")


@transaction.atomic
def edit_notes(
    session: LiveSession, *, version: int, start: int, gone: int, text: str, key: UUID, by: User
) -> RoomEvent:
    """Replace some characters of a version of the notes; what others changed elsewhere since then stays.

    An edit with the same `key` is the one there is.
    Raises InvalidInput, NotesClosed, Muted, NotesChanged, NotesFull and what `enter` raises.
    """
    session = enter(session, by=by)
    if same := session.events.filter(key=key, user=by).first():
        return same
    _check_may_write(session, by)
    return _write(session, Edit(start, gone, text), version=version, key=key, by=by)


@transaction.atomic
def write_notes(session: LiveSession, *, version: int, text: str, key: UUID, by: User) -> None:
    """Make `text` of a version of the notes, likewise; nothing happens where it says what stands there."""
    session = enter(session, by=by)
    _check_may_write(session, by)
    _check_version(session, version)
    edit = edit_between(text_at(session, version), text.replace("\r\n", "\n").replace("\0", ""))
    if (edit.gone or edit.text) and not session.events.filter(key=key, user=by).exists():
        _write(session, edit, version=version, key=key, by=by)


def _check_may_write(session: LiveSession, user: User) -> None:
    if not rules.can_write_notes(user, session):
        raise NotesClosed
    if is_muted(session, user):
        raise Muted


def _check_version(session: LiveSession, version: int) -> None:
    if not 0 <= version <= session.notes_version:
        raise InvalidInput(field="version")
    if session.notes_version - version > MOST_BEHIND:
        raise NotesChanged


def _write(session: LiveSession, edit: Edit, *, version: int, key: UUID, by: User) -> RoomEvent:
    _check_version(session, version)
    for other in edits_since(session, version):
        moved = edit.after(other)
        if moved is None:
            raise NotesChanged
        edit = moved
    now = timezone.now()
    notes = Notes.objects.filter(session=session).first() or Notes(session=session)
    is_turn = notes.writer_id != by.pk or now - notes.changed_at > TURN
    if edit.end > len(notes.text) or {"\0", "\r"} & set(edit.text):
        raise InvalidInput(field="text")
    if len(edit.text) > edit.gone and len(notes.text) - edit.gone + len(edit.text) > Notes.LONGEST:
        raise NotesFull(values={"most": Notes.LONGEST})
    notes.text, notes.writer, notes.changed_at = edit.applied_to(notes.text), by, now
    notes.save()
    session.notes_version += 1
    session.save(update_fields=["notes_version", "updated_at"])
    body = {"version": session.notes_version, "start": edit.start, "gone": edit.gone, "text": edit.text}
    return record_event(session, Kind.NOTE, by=by, body=body | ({"turn": True} if is_turn else {}), key=key)


@transaction.atomic
def set_open(session: LiveSession, *, are_open: bool, by: User) -> None:
    """Let learners write the notes too, or no more. Raises what `enter` raises."""
    session = enter(session, by=by, teaching=True)
    if session.are_notes_open != are_open:
        session.are_notes_open = are_open
        session.save(update_fields=["are_notes_open", "updated_at"])
        record_event(session, Kind.NOTES_OPEN if are_open else Kind.NOTES_CLOSE, by=by)
        audit.record("session.notes-opened" if are_open else "session.notes-closed", session, by=by)


def tell_writing(session: LiveSession, *, by: User) -> None:
    """Let the others see that somebody is writing the notes; nobody keeps that. Raises NotesClosed, Muted …"""
    session = enter(session, by=by, lock=False)
    _check_may_write(session, by)
    transaction.on_commit(partial(writing.send_robust, LiveSession, session=session.uuid, who=by))
