"""What the player and the home page repeat, built in Python since a course has hundreds of lessons."""

import re
from collections.abc import Iterable
from functools import lru_cache
from html import escape
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from base.dates import short_moment
from base.templatetags.figures import progress
from base.templatetags.marks import badge, due, icon, state
from learning.queries.player import LearningCard, Part, Step
from learning.queries.release import Due

register = template.Library()

WEB_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"']{1,500}", re.IGNORECASE)
ELSEWHERE = "nofollow ugc noopener noreferrer"
MARKS = {"done": "circle-check", "started": "circle-dot", "new": "circle", "locked": "lock"}
_KINDS = [(status, required) for status in MARKS for required in (True, False)]


@register.simple_tag
def lesson_links(part: Part, player_url: str, here: UUID | str = "") -> SafeString:
    """The lessons of a module as <li>, each with how far the learner is; the one of uuid `here` is being read."""
    url = escape(player_url)
    drawn = {(status, required): _drawn(status, required, get_language()) for status, required in _KINDS}
    rows = []
    for step in part.steps:
        mark, tail = drawn[step.status, step.required]
        current = ' aria-current="page"' if step.uuid == here else ""
        if step.due_at and not step.is_done:
            tail = format_html(" {}{}", due_mark(step), tail)
        rows.append(
            f'<li class="{step.status}"><a href="{url}{step.uuid}/"{current}>{mark}<span>{escape(step.title)}{tail}'
        )
    return mark_safe("\n".join(rows))  # noqa: S308  # every part is escaped above


@register.filter
def linked(text: str) -> SafeString:
    """Plain words with their line breaks; addresses of the web lead there, marked as other people's."""
    pieces, at = [], 0
    for found in WEB_ADDRESS.finditer(text):
        url = found[0].rstrip(".,;:!?)»”'")
        pieces += [
            escape(text[at : found.start()]),
            f'<a class="link" rel="{ELSEWHERE}" href="{escape(url)}">{escape(url)}</a>',
        ]
        at = found.start() + len(url)
    return mark_safe("".join((*pieces, escape(text[at:]))))  # noqa: S308  # every part is escaped above


@register.filter
def film_time(seconds: int | None) -> str:
    """{{ note.seconds|film_time }}: 1:05, or 1:02:05."""
    minutes, rest = divmod(seconds or 0, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.simple_tag
def due_mark(what: Step | Due) -> SafeString:
    """By when something is to be done, or that it is late, in words."""
    if what.due_at is None:
        return SafeString()
    moment = {"moment": short_moment(what.due_at)}
    if what.is_late:
        return badge(_("Overdue since %(moment)s") % moment, "warning", "clock")
    return due(_("Due on %(moment)s") % moment)


CARD = '<article class="card card-link"><h3><a href="{}{}/">{}</a></h3>{}{}{}</article>'


@register.simple_tag
def learning_cards(cards: Iterable[LearningCard]) -> SafeString:
    """What somebody learns: each course with how far one is and where one goes on, or how it ended."""
    address, label, resume = reverse("learning:home"), _("Progress"), _("Go on with: %(lesson)s")
    drawn = []
    for card in cards:
        onward, by, far = "", "", f"<p>{state(card.status, card.label)}</p>"
        if card.is_active:
            far = progress(card.percent, 100, label)
            if card.resume_at:
                onward = f"<p>{escape(resume % {'lesson': card.resume_at})}</p>"
            if card.due:
                by = f"<p>{escape(card.due.lesson)} {due_mark(card.due)}</p>"
        drawn.append(CARD.format(address, card.uuid, escape(card.course), by, onward, far))
    return mark_safe("".join(drawn))  # noqa: S308  # every part is escaped above


@lru_cache(maxsize=64)
def _drawn(status: str, required: bool, _language: str | None) -> tuple[SafeString, SafeString]:
    """What stands before a lesson's title and after it, in the language of the page."""
    return icon(MARKS[status]), _tail(status, required)


def _tail(status: str, required: bool) -> SafeString:
    """What the mark says to who cannot see it, and whether the lesson may be left out."""
    words = {"done": _("done"), "started": _("begun"), "locked": _("not open yet")}.get(status)
    said = format_html('<span class="sr-only">, {}</span>', words) if words else ""
    optional = "" if required else format_html(" <small>({})</small>", _("optional"))
    return format_html("{}{}</span></a></li>", optional, said)
