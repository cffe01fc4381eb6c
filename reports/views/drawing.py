"""The repeated parts of the page of the statistics in HTML: a template would take longer than all of its queries."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
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
    "<div><dt>{}</dt><dd><strong>{}</strong><span>{}</span></dd>"
    '<dd aria-hidden="true"><svg class="bar" width="100%" height="12"><rect width="{}%" height="12"/></svg></dd></div>'
)
AREA = '<a href="{}" aria-label="{}"><path class="shade-{}" d="{}"><title>{}</title></path></a>'


def draw_steps(steps: Iterable[Step]) -> SafeString:
    """The pairs of the funnel's list; a number leads to its rows where the reader may see them."""
    behind = _("Show the rows")
    link = '<a class="link" href="{}">{}<span class="sr-only"> {}</span></a>'
    return format_html_join(
        "",
        STEP,
        (
            (
                step.label,
                format_html(link, step.rows, step.value, behind) if step.rows else step.value,
                step.share,
                step.width,
            )
            for step in steps
        ),
    )


def draw_tabs(options: Iterable[Option]) -> SafeString:
    marks = {True: SafeString(' aria-current="page"'), False: ""}
    return format_html_join(
        "", '<a href="{}"{}>{}</a>', ((option.value, marks[option.chosen], option.label) for option in options)
    )


def draw_heads(words: Iterable[str]) -> SafeString:
    return format_html_join("", '<th scope="col" class="num">{}</th>', ((word,) for word in words))


def draw_areas(areas: Iterable[Area]) -> SafeString:
    return format_html_join("", AREA, ((area.url, area.label, area.shade, area.outline, area.label) for area in areas))
