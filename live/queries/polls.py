"""What a class was asked, what it answered, and who may see that."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count
from django.utils.functional import cached_property

from accounts.models import User
from base.languages import localized
from live.models import LiveSession, Poll, Vote

Status = Poll.Status


@dataclass
class Tally:
    """How many voted, and how many for each choice."""

    voters: int = 0
    totals: Counter[str] = field(default_factory=Counter)


def tallies(polls: Collection[int]) -> dict[int, Tally]:
    """The votes of these polls, counted now: one query."""
    found: dict[int, Tally] = defaultdict(Tally)
    alike = Vote.objects.filter(poll__in=polls).values_list("poll", "picked").annotate(Count("pk"))
    for poll, picked, count in alike.order_by():
        found[poll].voters += count
        found[poll].totals.update(dict.fromkeys(picked, count))
    return found


def results(poll: Poll, tally: Tally, *, leads: bool = False) -> dict[str, Any]:
    """What is told of a poll: how many voted and, to who may see them, the totals and what is right."""
    told: dict[str, Any] = {"poll": str(poll.uuid), "voters": tally.voters}
    if leads or poll.shows_results or poll.status == Status.CLOSED:
        told["totals"] = {key: tally.totals[key] for key in poll.keys}
    return told | (poll.solved if poll.status == Status.CLOSED else {})


def running_results(session: LiveSession, polls: Collection[str]) -> list[dict[str, Any]]:
    """What all in the room may see of these polls, by their uuids: two queries."""
    found = list(session.polls.told().filter(uuid__in=polls))
    counted = tallies([poll.pk for poll in found])
    return [results(poll, counted[poll.pk]) for poll in found]


@dataclass(frozen=True)
class ChoiceRow:
    """One choice of a poll as somebody sees it; `count` is None where the totals are not shown."""

    key: str
    text: str
    count: int | None
    is_picked: bool
    is_right: bool
    feedback: str


@dataclass(frozen=True)
class PollRow:
    """A poll as somebody sees it; `votes` are the answers by name that a quick quiz shows to who leads it."""

    poll: Poll
    tally: Tally
    leads: bool
    picked: list[str]
    votes: list[Vote]

    @cached_property
    def choices(self) -> list[ChoiceRow]:
        told = results(self.poll, self.tally, leads=self.leads)
        totals, explained = told.get("totals", {}), told.get("explained", {})
        return [
            ChoiceRow(
                key,
                localized(choice["text"]),
                totals.get(key),
                key in self.picked,
                key in told.get("right", ()),
                localized(explained.get(key, {})),
            )
            for key, choice in zip(self.poll.keys, self.poll.choices, strict=True)
        ]

    @property
    def feedback(self) -> str:
        return localized(self.poll.feedback) if self.poll.status == Status.CLOSED else ""

    @property
    def answers(self) -> list[tuple[str, str]]:
        """Who answered what, in words."""
        texts = {choice["key"]: localized(choice["text"]) for choice in self.poll.choices}
        return [(vote.user.name, ", ".join(texts[key] for key in vote.picked)) for vote in self.votes]


def polls_of(session: LiveSession, user: User, *, leads: bool) -> list[PollRow]:
    """The polls of a class as somebody sees them who leads it or not: what is open first, then the newest.

    Three queries.
    """
    polls = list((session.polls.all() if leads else session.polls.told()).order_by("-pk"))
    polls.sort(key=lambda poll: poll.status != Status.OPEN)
    counted = tallies([poll.pk for poll in polls])
    named = [poll.pk for poll in polls if poll.is_quiz and leads]
    votes = defaultdict(list)
    picked: dict[int, list[str]] = {}
    seen = Vote.objects.filter(poll__in=polls, user=user) | Vote.objects.filter(poll__in=named)
    for vote in seen.select_related("user__person").order_by("pk"):
        if vote.user_id == user.pk:
            picked[vote.poll_id] = vote.picked
        if vote.poll_id in named:
            votes[vote.poll_id].append(vote)
    return [PollRow(poll, counted[poll.pk], leads, picked.get(poll.pk, []), votes[poll.pk]) for poll in polls]


def drafts(session: LiveSession) -> list[Poll]:
    """What is prepared and was not asked yet, the newest first."""
    return list(session.polls.filter(status=Status.DRAFT).order_by("-pk"))


def own_results(poll: Poll, user: User, *, leads: bool) -> dict[str, Any]:
    """What somebody may see of one poll now: `results`, the own answer and, leading a quick quiz, all by name."""
    told = results(poll, tallies([poll.pk])[poll.pk], leads=leads)
    mine = poll.votes.filter(user=user).first()
    told["mine"] = mine.picked if mine else []
    if leads and poll.is_quiz:
        votes = poll.votes.select_related("user__person").order_by("pk")
        told["votes"] = [{"name": vote.user.name, "picked": vote.picked} for vote in votes]
    return told
