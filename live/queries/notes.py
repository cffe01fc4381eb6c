"""The notes of a class, now and as they were. All by the index roomevent_notes."""

from django.db.models import QuerySet

from live.edits import Edit
from live.models import LiveSession, Notes, RoomEvent


def notes_of(session: LiveSession) -> Notes | None:
    """The notes as they stand; where nobody has written any, nothing is asked."""
    if not session.notes_version:
        return None
    return Notes.objects.select_related("writer__person").get(session=session)


def text_at(session: LiveSession, version: int) -> str:
    """The notes as they were in a version: all edits up to it, one after the other."""
    if version == session.notes_version and version:
        return Notes.objects.values_list("text", flat=True).get(session=session)
    text = ""
    for body in _changes(session).order_by("seq").values_list("body", flat=True)[:version]:
        text = edit_of(body).applied_to(text)
    return text


def edits_since(session: LiveSession, version: int) -> list[Edit]:
    """What was done to a version since, in order; the class is locked."""
    bodies = _changes(session).order_by("-seq").values_list("body", flat=True)[: session.notes_version - version]
    return [edit_of(body) for body in bodies][::-1]


def turns(session: LiveSession) -> QuerySet[RoomEvent]:
    """The edits with which somebody began to write: after another person, or after a while."""
    return _changes(session).filter(body__turn=True)


def edit_of(body: dict[str, object]) -> Edit:
    return Edit(*(body[name] for name in ("start", "gone", "text")))  # type: ignore[arg-type]  # JSON


def _changes(session: LiveSession) -> QuerySet[RoomEvent]:
    return RoomEvent.objects.filter(session=session, kind=RoomEvent.Kind.NOTE)
