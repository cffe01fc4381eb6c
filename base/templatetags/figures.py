"""Template tags for numbers: how they are written, how far something is, and charts. Built into every template."""

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def number(value: Any, decimals: int | None = None) -> str:
    """A number in the reader's notation, thousands grouped; a dash where there is none."""
    if value is None or value == "":
        return "—"
    if decimals is None and isinstance(value, float | Decimal):
        value = int(value) if value == int(value) else Decimal(str(value)).normalize()
    return number_format(value, decimal_pos=decimals, use_l10n=True, force_grouping=True)


@register.filter
def count_text(count: object) -> str:
    """Lists count exactly up to 1,000 and then stop."""
    if isinstance(count, int) and count > 1000:
        return _("more than %(number)s") % {"number": number(1000)}
    return number(count) if isinstance(count, int) else str(count)


# --- Figures ----------------------------------------------------------------------------------
PROGRESS = (
    '<div class="progress-line"><span><span>{}</span><span class="num">{}</span></span>'
    '<progress class="progress" value="{}" max="{}" aria-label="{}"></progress></div>'
)


@register.simple_tag
def progress(value: int, total: int, label: object, text: object = "") -> SafeString:
    """How far: `text` says it in words; without it a share in per cent is said. Drawn here, since lists hold many."""
    share = text or _("%(share)s %%") % {"share": round(100 * value / total) if total else 0}
    return format_html(PROGRESS, label, share, value, max(total, 1), label)


@register.inclusion_tag("components/seats.html")
def seats(taken: int, held: int = 0, total: int | None = None) -> dict[str, object]:
    """Seats of a cohort as a bar and in words; without a limit the words alone."""
    share = [round(100 * part / total, 2) if total else 0 for part in (taken, held)]
    free = None if total is None else max(total - taken - held, 0)
    return {"taken": taken, "held": held, "total": total, "free": free, "widths": share}


@register.inclusion_tag("components/figure_card.html")
def figure_card(
    label: object, value: object, compared: object = "", age: object = "", url: str = "", link: object = ""
) -> dict[str, object]:
    """A number, what it is compared with, how old it is, and the address of the rows behind it."""
    return {"label": label, "value": value, "compared": compared, "age": age, "url": url, "link": link}


@register.inclusion_tag("components/bar_chart.html")
def bar_chart(caption: object, rows: Sequence[Any], label: object, value: object) -> dict[str, object]:
    """A table whose rows (`label`, `value`, optional `url`) carry a bar; `label` and `value` head its columns."""
    entries = [_entry(row) for row in rows]
    top = max((entry["value"] or 0 for entry in entries), default=0) or 1
    for entry in entries:
        entry["width"] = round(100 * (entry["value"] or 0) / top, 2)
    return {"caption": caption, "rows": entries, "label": label, "value": value}


def _entry(row: Any) -> dict[str, Any]:
    if isinstance(row, dict):
        return {"url": "", **row}
    return {"label": row.label, "value": row.value, "url": getattr(row, "url", "")}


COLUMN = '<rect x="{}" y="{}" width="{}" height="{}" rx="2"/>'
UNDER = '<text x="{}" y="226">{}</text>'
LINE = '<tr><th scope="row">{}</th><td class="num">{}</td></tr>'
MOST_LABELS = 12  # more do not fit below their columns


@register.inclusion_tag("components/column_chart.html")
def column_chart(caption: object, rows: Sequence[Any], label: object, value: object) -> dict[str, object]:
    """Columns over time, oldest first, and the same numbers as a table below.

    What repeats is drawn here, in the units of the viewBox: a template would take longer than reading the figures.
    """
    entries = [(str(entry["label"]), entry["value"] or 0) for entry in map(_entry, rows)]
    top = _round_up(max((count for _label, count in entries), default=0))
    step = 640 / max(len(entries), 1)
    heights = [round(180 * count / top, 1) for _label, count in entries]
    columns = (
        (round(72 + n * step + step * 0.15, 1), round(200 - height, 1), round(step * 0.7, 1), height)
        for n, height in enumerate(heights)
    )
    under = ((round(72 + (n + 0.5) * step, 1), text) for n, (text, _count) in enumerate(entries))
    return {
        "caption": caption,
        "label": label,
        "value": value,
        "top": top,
        "half": top / 2,
        "columns": format_html_join("", COLUMN, columns),
        "under": format_html_join("", UNDER, under) if len(entries) <= MOST_LABELS else "",
        "lines": format_html_join("", LINE, ((text, number(count)) for text, count in entries)),
    }


def _round_up(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    if value <= 0:
        return 1
    power = math.pow(10, math.floor(math.log10(value)))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)
