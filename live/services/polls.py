"""Polls and quick quizzes: prepared, opened, voted on, closed."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.languages import LANGUAGE_CODES
from base.lookup import named
from base.transitions import Transitions, check_move
from courses.html import plain_text
from courses.models import Question, QuestionVersion
from courses.questions import right_response
from live import rules
from live.models import LiveSession, Poll, RoomEvent, Vote
from live.queries.polls import results, tallies
from live.services.events import ClassOver, NotInClass, SentOut, TeachersOnly, enter, lock_session, record_event
from live.signals import drafts_changed, votes_changed

Kind = RoomEvent.Kind
Status = Poll.Status

TRANSITIONS: Transitions = {
    Status.DRAFT: frozenset({Status.OPEN}),
    Status.OPEN: frozenset({Status.CLOSED}),
    Status.CLOSED: frozenset(),
}
QUIZ_KINDS = (Question.Kind.SINGLE, Question.Kind.MULTIPLE, Question.Kind.TRUE_FALSE)
CHOICES = (2, 8)  # of a teacher's own question
LONGEST_QUESTION, LONGEST_CHOICE = 500, 200
MOST_POLLS = 60  # of one class


class PollClosed(DomainError):
    code = "poll-closed"
    message = _("This poll is closed.")


class TooManyPolls(DomainError):
    code = "too-many-polls"
    message = _("A class has 60 polls at most.")


# --- Preparing --------------------------------------------------------------------------------
@transaction.atomic
def prepare_poll(
    session: LiveSession,
    *,
    text: str,
    choices: Sequence[str],
    multiple: bool = False,
    shows_results: bool = False,
    at_once: bool = False,
    by: User,
) -> Poll:
    """Keep a question of one's own for a class and, if wanted, ask it `at_once`.

    Raises InvalidInput and what `_prepare` and `open_poll` raise.
    """
    text = _line(text, LONGEST_QUESTION, field="text")
    given = list(dict.fromkeys(_line(choice, LONGEST_CHOICE, field="choices") for choice in choices))
    least, most = CHOICES
    if not least <= len(given) <= most:
        raise InvalidInput(
            _("Give from %(least)d to %(most)d choices, each on a line.") % {"least": least, "most": most},
            field="choices",
        )
    language = get_language() or LANGUAGE_CODES[0]
    poll = _prepare(
        session,
        by=by,
        text={language: text},
        choices=[{"key": key, "text": {language: choice}} for key, choice in zip("abcdefgh", given, strict=False)],
        is_multiple=multiple,
        shows_results=shows_results,
    )
    if at_once:
        open_poll(session, poll=poll.uuid, by=by)
    return poll


@transaction.atomic
def prepare_quiz(session: LiveSession, *, question: UUID, shows_results: bool = False, by: User) -> Poll:
    """Keep a question of a bank that the user writes for a class. Raises InvalidInput and what `_prepare` raises."""
    asked = named(Question.objects.visible_to(by).in_use().filter(kind__in=QUIZ_KINDS), "question", uuid=question)
    version = asked.newest
    content = version.content
    return _prepare(
        session,
        by=by,
        version=version,
        text=_plain(content["text"]),
        choices=_choices_of(version),
        feedback=_plain(content["feedback"]),
        is_multiple=asked.kind == Question.Kind.MULTIPLE,
        shows_results=shows_results,
    )


@transaction.atomic
def remove_draft(session: LiveSession, *, poll: UUID, by: User) -> None:
    """Take back a poll that was never opened; what was asked stays. Raises what `_find` raises, IllegalMove."""
    _check_leads(session, by)
    found = _find(session, poll, lock=True)
    check_move(TRANSITIONS, found.status, Status.OPEN)
    found.delete()
    _tell_drafts(session)


def _prepare(session: LiveSession, *, by: User, **fields: Any) -> Poll:
    """Raises TeachersOnly, ClassOver, TooManyPolls."""
    _check_leads(session, by)
    session = lock_session(session.pk)
    if session.status not in LiveSession.COMING:
        raise ClassOver
    if session.polls.count() >= MOST_POLLS:
        raise TooManyPolls
    _tell_drafts(session)
    return Poll.objects.create(session=session, created_by=by, **fields)


def _tell_drafts(session: LiveSession) -> None:
    transaction.on_commit(partial(drafts_changed.send_robust, Poll, session=session.uuid))


def _choices_of(version: QuestionVersion) -> list[dict[str, Any]]:
    """The choices of a question of the bank, in plain words: marks and pictures stay behind."""
    content, kind = version.content, version.question.kind
    if kind == Question.Kind.TRUE_FALSE:
        rows = [(answer, _in_all_languages(answer), content["answer_feedback"][answer]) for answer in ("true", "false")]
    else:
        rows = [(row["key"], _plain(row["text"]), row["feedback"]) for row in content["choices"]]
    right = right_response(kind, content)
    return [
        {
            "key": key,
            "text": text,
            "is_right": key in right if isinstance(right, list) else key == right,
            "feedback": _plain(feedback),
        }
        for key, text, feedback in rows
    ]


def _in_all_languages(answer: str) -> dict[str, str]:
    texts = {}
    for code in LANGUAGE_CODES:
        with override(code):
            texts[code] = gettext("True") if answer == "true" else gettext("False")
    return texts


def _plain(texts: dict[str, str]) -> dict[str, str]:
    return {code: plain_text(html) for code, html in texts.items()}


def _line(text: str, most: int, *, field: str) -> str:
    text = " ".join(text.replace("\0", "").split())
    if not text or len(text) > most:
        raise InvalidInput(_("Give this text, in %(most)d characters at most.") % {"most": most}, field=field)
    return text


# --- Asking -----------------------------------------------------------------------------------
@transaction.atomic
def open_poll(session: LiveSession, *, poll: UUID, by: User) -> None:
    """Ask the class; a poll that is open stays open. Raises IllegalMove and what `enter` and `_find` raise."""
    session = enter(session, by=by, teaching=True)
    found = _find(session, poll, lock=True)
    if found.status != Status.OPEN:
        _move(found, Status.OPEN, by=by)
        record_event(session, Kind.POLL_OPEN, by=by, body={"poll": found.asked})


@transaction.atomic
def close_poll(session: LiveSession, *, poll: UUID, by: User) -> None:
    """Take no more votes and tell the results; a closed one stays closed. Raises as `open_poll` does."""
    session = enter(session, by=by, teaching=True)
    found = _find(session, poll, lock=True)
    if found.status != Status.CLOSED:
        _close(session, found, by=by)


def close_open_polls(session: LiveSession, *, by: User | None) -> None:
    """Close what is still open in a locked class that ends."""
    for poll in session.polls.filter(status=Status.OPEN).select_for_update(no_key=True).order_by("pk"):
        _close(session, poll, by=by)


@transaction.atomic
def vote(session: LiveSession, *, poll: UUID, choices: Sequence[str], by: User) -> Vote:
    """Take a learner's answer, in place of an earlier one. The class is not locked: all may vote at once.

    Raises NotInClass, SentOut, InvalidInput, PollClosed.
    """
    if rules.enrollment_of(by, session.cohort) is None:
        raise NotInClass
    if rules.is_removed(by, session):
        raise SentOut
    found = named(session.polls.told(), "poll", uuid=poll)
    if not _keeps_open(found):
        raise PollClosed
    picked = [key for key in found.keys if key in choices]
    if not picked or not set(choices) <= set(picked) or (len(picked) > 1 and not found.is_multiple):
        raise InvalidInput(_("Choose one of the answers."), field="choices")
    cast = Vote(poll=found, user=by, picked=picked)
    Vote.objects.bulk_create(
        [cast],
        update_conflicts=True,
        unique_fields=["poll", "user"],
        update_fields=["picked", "at"],
    )
    transaction.on_commit(partial(votes_changed.send_robust, Poll, session=session.uuid, poll=found.uuid))
    return cast


def _keeps_open(poll: Poll) -> bool:
    """Whether a poll is open, and then keep it open until the transaction ends; so many votes may at once.

    Closing waits for them, so that no vote comes after the count.
    """
    if connection.features.has_select_for_update:  # else the transaction is the only one that writes
        with connection.cursor() as cursor:  # Django's own locks know no share
            cursor.execute("SELECT 1 FROM live_poll WHERE id = %s FOR SHARE", [poll.pk])
    poll.refresh_from_db(fields=["status"])
    return poll.status == Status.OPEN


def _close(session: LiveSession, poll: Poll, *, by: User | None) -> None:
    _move(poll, Status.CLOSED, by=by)
    record_event(session, Kind.POLL_CLOSE, by=by, body={"results": results(poll, tallies([poll.pk])[poll.pk])})


def _move(poll: Poll, to: str, *, by: User | None) -> None:
    check_move(TRANSITIONS, poll.status, to)
    poll.status = to
    poll.save(update_fields=["status", "updated_at"])
    audit.record("poll.opened" if to == Status.OPEN else "poll.closed", poll, by=by)


def _check_leads(session: LiveSession, user: User) -> None:
    if not rules.can_host(user, session):
        raise TeachersOnly


def _find(session: LiveSession, uuid: UUID, *, lock: bool = False) -> Poll:
    """A poll of the class. Raises InvalidInput where there is none."""
    return named(session.polls.select_for_update(no_key=True) if lock else session.polls.all(), "poll", uuid=uuid)
