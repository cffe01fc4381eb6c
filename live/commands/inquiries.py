"""Commands about questions to the class."""

from uuid import UUID

from pydantic import Field

from accounts.models import User
from live import rules
from live.commands.table import Command, Payload, Rate
from live.models import LiveSession
from live.queries.inquiries import inquiries_of
from live.services import inquiries
from live.services.events import NotInClass
from live.sockets import Frame


class Ask(Payload):
    text: str = Field(max_length=2000)  # the service refuses sooner, in the reader's language
    key: UUID


class OfInquiry(Payload):
    inquiry: UUID


class Inquiries(Payload):
    pass


def tell_inquiries(session: LiveSession, *, by: User) -> Frame:
    """How often each question is wanted, and whether by the caller."""
    if not rules.can_view(by, session):
        raise NotInClass
    asked = [
        {"inquiry": str(each.uuid), "supporters": each.supporters, "mine": each.is_supported}
        for each in inquiries_of(session, by)
    ]
    return {"op": "inquiries", "inquiries": asked}


COMMANDS = {
    "ask": Command(Ask, inquiries.ask, Rate(3, 20), place="questions"),
    "support": Command(OfInquiry, inquiries.support, Rate(10, 10), place="questions"),
    "answered": Command(OfInquiry, inquiries.mark_answered, Rate(10, 10), place="questions"),
    "withdraw": Command(OfInquiry, inquiries.remove_inquiry, Rate(10, 10), place="questions"),
    "inquiries": Command(Inquiries, tell_inquiries, Rate(10, 10), answers=True, by_form=False),
}
