"""Commands about polls and quick quizzes."""

from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field

from accounts.models import User
from base.lookup import named
from live import rules
from live.commands.table import Command, Payload, Rate
from live.models import LiveSession
from live.queries.polls import drafts, own_results
from live.services import polls
from live.services.events import NotInClass, TeachersOnly
from live.sockets import Frame

MOST_CHOICES = 40  # of a question of the bank


def _split(choices: object) -> object:
    """A form sends all choices in one field, each on a line."""
    lines = [line for each in choices for line in str(each).splitlines()] if isinstance(choices, list) else choices
    return [line for line in lines if line.strip()] if isinstance(lines, list) else lines


class Prepare(Payload):
    text: str = Field(max_length=2000)  # the service refuses sooner, in the reader's language
    choices: Annotated[list[str], BeforeValidator(_split), Field(max_length=MOST_CHOICES)]
    multiple: bool = False
    shows_results: bool = False
    at_once: bool = False


class Drafts(Payload):
    pass


class OfPoll(Payload):
    poll: UUID


class Vote(Payload):
    poll: UUID
    choices: list[str] = Field(default=[], max_length=MOST_CHOICES)


def tell_drafts(session: LiveSession, *, by: User) -> Frame:
    """What is prepared for the class and was not asked yet."""
    if not rules.can_host(by, session):
        raise TeachersOnly
    return {"op": "drafts", "polls": [poll.asked for poll in drafts(session)]}


def vote(session: LiveSession, *, poll: UUID, choices: list[str], by: User) -> Frame:
    cast = polls.vote(session, poll=poll, choices=choices, by=by)
    return {"op": "results", "poll": str(poll), "mine": cast.picked}


def tell_results(session: LiveSession, *, poll: UUID, by: User) -> Frame:
    """What the caller may see of a poll now."""
    if not rules.can_view(by, session):
        raise NotInClass
    found = named(session.polls.told(), "poll", uuid=poll)
    return {"op": "results", **own_results(found, by, leads=rules.can_host(by, session))}


COMMANDS = {
    "poll": Command(Prepare, polls.prepare_poll, Rate(10, 10), place="polls"),
    "poll-remove": Command(OfPoll, polls.remove_draft, Rate(10, 10), place="polls"),
    "drafts": Command(Drafts, tell_drafts, Rate(20, 10), answers=True, by_form=False),
    "poll-open": Command(OfPoll, polls.open_poll, Rate(10, 10), place="polls"),
    "poll-close": Command(OfPoll, polls.close_poll, Rate(10, 10), place="polls"),
    "vote": Command(Vote, vote, Rate(10, 10), answers=True, place="polls"),
    "results": Command(OfPoll, tell_results, Rate(20, 10), answers=True, by_form=False),
}
