"""The repeated parts of the page of the statistics in HTML: a template would take longer than all of its queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the funnel; `share` in words, `width` in per cent of the widest."""

    label: str
    value: str
    share: str
    width: float
    rows: str


@dataclass(frozen=True, slots=True)
class Area:
    """A region on the map, shaded from 0 (few) to 4 (many), or not at all where its count is hidden."""

    outline: SafeString
    label: str
    url: str
    shade: str


STEP = (
    "<div><dt>{}</dt><dd><strong>{}</strong> <span>{}</span></dd>"
    '<dd aria-hidden="true"><svg class="bar" width="100%" height="12"><rect width="{}%" height="12"/></svg></dd></div>'
)
BEHIND = '<a class="link" href="{}">{}<span class="sr-only"> {}</span></a>'
TAB = '<a href="{}"{}>{}</a>'
HEAD = '<th scope="col" class="num">{}</th>'
AREA = '<a href="{}" aria-label="{}"><path class="shade-{}" d="{}"><title>{}</title></path></a>'


def _join(parts: Iterable[str]) -> SafeString:
    """Join what is escaped already; Django's own way of escaping takes several times longer."""
    return mark_safe("".join(parts))  # noqa: S308  # whoever calls escapes


def draw_steps(steps: Iterable[Step]) -> SafeString:
    """The pairs of the funnel's list; a number leads to its rows where the reader may see them."""
    behind = escape(_("Show the rows"))
    return _join(
        STEP.format(
            escape(step.label),
            BEHIND.format(escape(step.rows), step.value, behind) if step.rows else step.value,
            escape(step.share),
            step.width,
        )
        for step in steps
    )


def draw_tabs(options: Iterable[Option]) -> SafeString:
    marks = {True: ' aria-current="page"', False: ""}
    return _join(TAB.format(escape(tab.value), marks[tab.chosen], escape(tab.label)) for tab in options)


def draw_heads(words: Iterable[str]) -> SafeString:
    return _join(HEAD.format(escape(word)) for word in words)


def draw_areas(areas: Iterable[Area]) -> SafeString:
    return _join(
        AREA.format(escape(area.url), escape(area.label), area.shade, area.outline, escape(area.label))
        for area in areas
    )
