"""Commands about the notes of a class."""

from functools import partial
from uuid import UUID

from pydantic import Field

from live.commands.table import Command, Payload, Rate
from live.models import Notes
from live.services import notes

MOST_VERSIONS = 2**31 - 1


class EditNotes(Payload):
    version: int = Field(ge=0, le=MOST_VERSIONS)
    start: int = Field(ge=0, le=Notes.LONGEST)
    gone: int = Field(ge=0, le=Notes.LONGEST)
    text: str = Field(max_length=notes.LONGEST_EDIT)
    key: UUID


class Nothing(Payload):
    pass


COMMANDS = {
    "note": Command(EditNotes, notes.edit_notes, Rate(20, 20), place="notes", by_form=False),
    "writing": Command(Nothing, notes.tell_writing, Rate(5, 10), place="notes", by_form=False),
    "notes-open": Command(Nothing, partial(notes.set_open, are_open=True), Rate(10, 10), place="notes"),
    "notes-close": Command(Nothing, partial(notes.set_open, are_open=False), Rate(10, 10), place="notes"),
}
