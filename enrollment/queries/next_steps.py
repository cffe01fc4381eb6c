"""Where a referral stands, in words for whoever sent the resident: why it is so, and what comes next."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from base.dates import short_date
from base.languages import localized
from enrollment.models import Referral, ReferralMove
from enrollment.queries.lookups import reason_names

Status = Referral.Status


@dataclass(frozen=True)
class NextStep:
    """Two sentences; `tone` is that of a callout."""

    why: str
    then: str
    tone: str = "info"


def next_step(referral: Referral) -> NextStep:
    """Say where a referral stands; reads the last of its moves and, where it has one, its reason."""
    move = list(referral.moves.all())[-1]
    return SAID[Status(referral.status)](referral, move)


def _day(moment: Any) -> str:
    return short_date(timezone.localtime(moment) if hasattr(moment, "hour") else moment) if moment else ""


def _reason(move: ReferralMove) -> str:
    """The coded reason with the note beside it."""
    return ". ".join(part for part in (localized(reason_names(move)), move.note.rstrip(".")) if part)


def _draft(_referral: Referral, move: ReferralMove) -> NextStep:
    return NextStep(
        _("The resident applied for this on %(day)s.") % {"day": _day(move.at)},
        _("Confirm it, so that the provider answers, or refuse it with a reason."),
        "warning",
    )


def _submitted(referral: Referral, move: ReferralMove) -> NextStep:
    words = {"provider": referral.organization.name, "day": _day(move.at)}
    why, until = _("Sent to %(provider)s on %(day)s.") % words, {"day": _day(referral.due_at)}
    if referral.due_at and referral.due_at < timezone.now():
        return NextStep(why, _("An answer was due by %(day)s. Ask the provider.") % until, "warning")
    if referral.due_at:
        return NextStep(why, _("The provider answers by %(day)s. You are told at once.") % until)
    return NextStep(why, _("The provider answers, and you are told at once."))


def _waitlisted(referral: Referral, _move: ReferralMove) -> NextStep:
    return NextStep(
        _("No seat is free: the resident stands on the waiting list of %(provider)s.")
        % {"provider": referral.organization.name},
        _("You are told as soon as the resident gets one. Below stands the place on the list, and why."),
    )


def _accepted(referral: Referral, _move: ReferralMove) -> NextStep:
    words = {"provider": referral.organization.name, "day": _day(referral.hold_until)}
    return NextStep(
        _("%(provider)s holds a seat until %(day)s.") % words,
        _("See that the resident comes there by then; after that day the seat goes to others."),
    )


def _lapsed(_referral: Referral, move: ReferralMove) -> NextStep:
    return NextStep(
        _("The resident did not come in time: the seat was given up on %(day)s.") % {"day": _day(move.at)},
        _("Send the resident again, or to another place."),
        "warning",
    )


def _declined(referral: Referral, move: ReferralMove) -> NextStep:
    words = {"provider": referral.organization.name, "reason": _reason(move)}
    return NextStep(
        _("%(provider)s declined: %(reason)s.") % words,
        _("Send the resident to another place, or ask what else would do."),
        "warning",
    )


def _withdrawn(_referral: Referral, move: ReferralMove) -> NextStep:
    return NextStep(
        _("Taken back: %(reason)s.") % {"reason": _reason(move)},
        _("Nothing waits for an answer. The resident can be referred anew at any time."),
    )


def _enrolled(_referral: Referral, move: ReferralMove) -> NextStep:
    return NextStep(
        _("The resident has a place and learns since %(day)s.") % {"day": _day(move.at)},
        _("The learning record shows how far; you are told when it ends."),
    )


def _completed(_referral: Referral, move: ReferralMove) -> NextStep:
    return NextStep(
        _("The resident completed the course on %(day)s.") % {"day": _day(move.at)},
        _("Write down in the learning record what came of it: a job, a business, help that was given."),
        "success",
    )


def _failed(_referral: Referral, _move: ReferralMove) -> NextStep:
    return NextStep(
        _("The resident did not complete the course."),
        _("The learning record shows what is missing. Ask the resident, and refer anew where it helps."),
        "warning",
    )


def _dropped(_referral: Referral, move: ReferralMove) -> NextStep:
    return NextStep(
        _("The resident left the course: %(reason)s.") % {"reason": _reason(move)},
        _("Ask what stood in the way, and refer anew where it helps."),
        "warning",
    )


SAID: dict[str, Callable[[Referral, ReferralMove], NextStep]] = {
    Status.DRAFT: _draft,
    Status.SUBMITTED: _submitted,
    Status.WAITLISTED: _waitlisted,
    Status.ACCEPTED: _accepted,
    Status.LAPSED: _lapsed,
    Status.DECLINED: _declined,
    Status.WITHDRAWN: _withdrawn,
    Status.ENROLLED: _enrolled,
    Status.COMPLETED: _completed,
    Status.FAILED: _failed,
    Status.DROPPED: _dropped,
}
