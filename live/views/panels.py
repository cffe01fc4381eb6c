"""What the panels of a class show to somebody: messages, polls, questions, notes, signs."""

from typing import Any
from uuid import UUID, uuid4

from accounts.models import User
from live import rules
from live.models import Guest, LiveSession, Reaction, RoomEvent
from live.queries.inquiries import inquiries_of
from live.queries.notes import notes_of
from live.queries.polls import polls_of
from live.queries.reactions import reactions_of

NO_ID = UUID(int=0)  # in a form that the script fills
Status = LiveSession.Status
Kind = Reaction.Kind
ICONS = {
    Kind.CLEAR: "thumbs-up",
    Kind.APPLAUSE: "party-popper",
    Kind.HEART: "heart",
    Kind.UNCLEAR: "circle-question-mark",
    Kind.FAST: "rabbit",
    Kind.SLOW: "turtle",
}


def panels_of(session: LiveSession, user: User) -> dict[str, Any]:
    """The context of the panels; `leads`: the reader leads the class."""
    leads = rules.can_host(user, session)
    return {
        "leads": leads,
        "is_over": session.status == Status.ENDED,
        "polls": polls_of(session, user, leads=leads),
        "can_vote": session.status == Status.LIVE and not rules.can_teach(user, session.cohort),
        "blank_poll": {"poll": {"uuid": NO_ID}},
        "blank_choice": {},
        "inquiries": list(inquiries_of(session, user)),
        "blank_inquiry": {"uuid": NO_ID},
        "ask_key": uuid4(),
        "notes": notes_of(session),
        "may_write": leads or session.are_notes_open,
        "notes_key": uuid4(),
        "reactions": _reactions(session),
    }


def message_data(event: RoomEvent, reader: User | Guest) -> dict[str, Any]:
    """A message as `live/_message.html` shows it."""
    who = event.guest or event.user
    return {
        "name": who.name if who else "",
        "guest": event.guest is not None,
        "text": event.body["text"],
        "at": event.at,
        "seq": event.seq,
        "mine": who == reader,
        "hidden": event.is_hidden,
    }


def _reactions(session: LiveSession) -> list[tuple[str, str, object]]:
    """The signs that can be given, with the icon and name of each; afterwards those that were, with their count."""
    given = reactions_of(session) if session.status == Status.ENDED else None
    if given is None:
        return [(kind.value, icon, kind.label) for kind, icon in ICONS.items()]
    return [(label, ICONS[Kind(kind)], count) for kind, label, count in given]
