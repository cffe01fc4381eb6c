"""Signs without a word."""

from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.errors import InvalidInput
from live.models import LiveSession, Reaction
from live.services.events import enter
from live.signals import reacted


@transaction.atomic
def react(session: LiveSession, *, kind: str, by: User) -> None:
    """Let all see a sign for a moment; the class is not locked. Raises InvalidInput and what `enter` raises."""
    if kind not in Reaction.Kind.values:
        raise InvalidInput(_("There is no such sign."), field="kind")
    session = enter(session, by=by, lock=False)
    Reaction.objects.create(session=session, user=by, kind=kind)
    transaction.on_commit(partial(reacted.send_robust, Reaction, session=session.uuid, kind=kind))
