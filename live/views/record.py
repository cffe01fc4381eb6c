"""What is left of a class that has ended."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.http import AuthenticatedRequest
from accounts.models import User
from live import rules
from live.models import LiveSession
from live.queries.captions import was_spoken
from live.queries.drawing import drawn_pages, strokes_on
from live.queries.recordings import films_of
from live.queries.slides import shown_slides, slides_seen_in
from live.queries.timeline import GROUPS, Known, place_of, time_line

MOMENTS = 200  # on one page
LABELS = {
    "messages": _("Messages"),
    "slides": _("Slides"),
    "polls": _("Polls"),
    "questions": _("Questions"),
    "notes": _("Notes"),
    "captions": _("Captions"),
}


def record_context(session: LiveSession, user: User, panels: dict[str, Any], asked: dict[str, str]) -> dict[str, Any]:
    """The films, the slides with what was drawn, and the stretch of the time line that was asked for."""
    films = list(films_of(session, rules.enrollment_of(user, session.cohort)))
    shown, after = shown_slides(session), asked.get("after", "")
    group = asked.get("kind", "") if asked.get("kind") in GROUPS else ""
    known = Known(films, panels["polls"], panels["inquiries"])
    number = int(after) if after.isascii() and after.isdigit() and len(after) < 16 else 0
    drawn = drawn_pages(session) if shown else set()
    return {
        "films": films,
        "shown": [
            {"slide": one, "places": [place_of(at, films) for at in one.times], "is_drawn": one.key in drawn}
            for one in shown
        ],
        "line": time_line(session, known, group=group, after=number, limit=MOMENTS),
        "group": group,
        "groups": _groups(session, has_slides=bool(shown), has_polls=bool(known.polls)),
    }


def _groups(session: LiveSession, *, has_slides: bool, has_polls: bool) -> list[tuple[str, object]]:
    """What the time line can be narrowed to: what this class had."""
    had = {
        "slides": has_slides,
        "polls": has_polls,
        "notes": session.notes_version > 0,
        "captions": was_spoken(session),
    }
    return [(name, label) for name, label in LABELS.items() if had.get(name, True)]


@login_required
@require_GET
def slide_ink_view(request: AuthenticatedRequest, uuid: UUID, deck: UUID, number: int) -> HttpResponse:
    """What stands drawn on a slide that a class has seen, as a picture to lie over it."""
    session = get_object_or_404(LiveSession.objects.visible_to(request.user).open_to(request.user), uuid=uuid)
    slide = get_object_or_404(slides_seen_in(LiveSession.objects.filter(pk=session.pk), deck), number=number)
    context = {"slide": slide, "strokes": strokes_on(session, deck, page=number)}
    answer = render(request, "live/ink.svg", context, content_type="image/svg+xml")
    if session.status == LiveSession.Status.ENDED:
        answer["Cache-Control"] = "private, max-age=86400"
    return answer
