"""What the stage of a class shows to whoever looks."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from live import rules
from live.models import LiveSession
from live.queries.captions import caption_lines
from live.queries.slides import decks_to_open, stage_of

CAPTIONS = 3  # lines in sight
COLORS = (("red", _("Red pen")), ("blue", _("Blue pen")), ("green", _("Green pen")), ("black", _("Black pen")))


def stage_context(session: LiveSession, user: User, asked: str = "") -> dict[str, Any]:
    """What `live/_slides.html` shows to somebody who may have turned back to the page `asked` for."""
    turned_to = int(asked) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 5 else 0
    can_teach = rules.can_host(user, session)
    context = {"session": session, "can_teach": can_teach, "can_end": rules.can_teach(user, session.cohort)}
    context["stage"] = stage_of(session, turned_to=turned_to)
    context["captions"] = caption_lines(session, limit=CAPTIONS)
    return context | ({"decks": decks_to_open(session), "colors": COLORS} if can_teach else {})
