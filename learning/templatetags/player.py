"""Marks of the player, built in Python since a course has hundreds of lessons."""

from html import escape
from uuid import UUID

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from base.templatetags.components import icon
from learning.queries.player import Part

register = template.Library()

MARKS = {"done": "circle-check", "started": "circle-dot", "new": "circle"}


@register.simple_tag
def lesson_links(part: Part, player_url: str, here: UUID | str = "") -> SafeString:
    """The lessons of a module as <li>, each with how far the learner is; the one of uuid `here` is being read."""
    heads = {status: format_html('<li class="{}"><a href="{}', status, player_url) for status in MARKS}
    marks = {status: format_html("{}<span>", icon(name)) for status, name in MARKS.items()}
    tails = {(status, required): _tail(status, required) for status in MARKS for required in (True, False)}
    current = {True: '/" aria-current="page">', False: '/">'}
    rows = [
        f"{heads[step.status]}{step.uuid}{current[step.uuid == here]}{marks[step.status]}{escape(step.title)}"
        f"{tails[step.status, step.required]}"
        for step in part.steps
    ]
    return mark_safe("\n".join(rows))  # noqa: S308  # every part is escaped above


def _tail(status: str, required: bool) -> SafeString:
    """What the mark says to who cannot see it, and whether the lesson may be left out."""
    words = {"done": _("done"), "started": _("begun")}.get(status)
    said = format_html('<span class="sr-only">, {}</span>', words) if words else ""
    optional = "" if required else format_html(" <small>({})</small>", _("optional"))
    return format_html("{}{}</span></a></li>", optional, said)
