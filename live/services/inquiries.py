"""Questions to a class: asked before it or in it, supported by others, answered or removed."""

from functools import partial
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.lookup import named
from live.models import Inquiry, LiveSession, RoomEvent, Support
from live.queries.room import is_muted
from live.services.chat import Muted
from live.services.events import enter, record_event
from live.signals import supports_changed

Kind = RoomEvent.Kind
LONGEST = 300
MOST_WAITING = 5  # of one person in one class


class TooManyQuestions(DomainError):
    code = "too-many-questions"
    message = _("Five of your questions wait for an answer already. Support those of others, or wait.")


@transaction.atomic
def ask(session: LiveSession, *, text: str, key: UUID | None = None, by: User) -> Inquiry:
    """Write a question down, also before the class; one with the same `key` is the one there is.

    Raises InvalidInput, Muted, TooManyQuestions and what `enter` raises.
    """
    text = " ".join(text.replace("\0", "").split())
    if not text or len(text) > LONGEST:
        raise InvalidInput(_("A question has from 1 to %(most)d characters.") % {"most": LONGEST}, field="text")
    session = enter(session, by=by, early=True)
    own = session.inquiries.filter(author=by)
    if key and (same := own.filter(uuid=key).first()):
        return same
    if is_muted(session, by):
        raise Muted
    if own.filter(answered_at=None, removed_at=None).count() >= MOST_WAITING:
        raise TooManyQuestions
    inquiry = Inquiry.objects.create(session=session, uuid=key or uuid4(), author=by, text=text)
    record_event(session, Kind.ASK, by=by, body={"inquiry": str(inquiry.uuid), "text": text})
    return inquiry


@transaction.atomic
def support(session: LiveSession, *, inquiry: UUID, by: User) -> None:
    """Want the same question answered; a second time adds nothing. The class is not locked.

    Raises InvalidInput and what `enter` raises.
    """
    session = enter(session, by=by, early=True, lock=False)
    found = named(session.inquiries.filter(removed_at=None), "inquiry", uuid=inquiry)
    if found.author_id == by.pk:
        raise InvalidInput(_("This is your own question."), field="inquiry")
    Support.objects.bulk_create([Support(inquiry=found, user=by)], ignore_conflicts=True)
    transaction.on_commit(partial(supports_changed.send_robust, Inquiry, session=session.uuid, inquiry=found.uuid))


@transaction.atomic
def mark_answered(session: LiveSession, *, inquiry: UUID, by: User) -> None:
    """Say that a question is answered; one that is stays so. Raises InvalidInput and what `enter` raises."""
    session = enter(session, by=by, teaching=True)
    found = named(session.inquiries.filter(removed_at=None), "inquiry", uuid=inquiry)
    if not found.answered_at:
        found.answered_at = timezone.now()
        found.save(update_fields=["answered_at", "updated_at"])
        record_event(session, Kind.ANSWERED, by=by, body={"inquiry": str(found.uuid)})


@transaction.atomic
def remove_inquiry(session: LiveSession, *, inquiry: UUID, by: User) -> None:
    """Take a question out of everybody's sight; the row stays. Raises InvalidInput and what `enter` raises."""
    session = enter(session, by=by, teaching=True, early=True)
    found = named(session.inquiries.all(), "inquiry", uuid=inquiry)
    if not found.removed_at:
        found.removed_at = timezone.now()
        found.save(update_fields=["removed_at", "updated_at"])
        record_event(session, Kind.WITHDRAW, by=by, body={"inquiry": str(found.uuid)})
        audit.record("session.question-removed", session, by=by, inquiry=str(found.uuid))
