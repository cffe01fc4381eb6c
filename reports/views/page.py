"""What the page of the statistics shows, made ready for its template: it draws hundreds of cells."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache, cached_property, lru_cache
from html import escape
from typing import Any
from urllib.parse import quote, urlencode

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import Person
from base.dates import month_name, short_date
from base.templatetags.figures import number
from reports.grains import next_month
from reports.outlines import region_outlines
from reports.queries.figures import Choices, Line, Selection, Table, read_choices, read_way
from reports.views.drawing import Area, Option, Step, draw_areas, draw_heads, draw_steps, draw_tabs

NAMES = {
    "region": gettext_lazy("Region"),
    "district": gettext_lazy("District"),
    "mahalla": gettext_lazy("Mahalla"),
    "organization": gettext_lazy("Centre"),
    "course": gettext_lazy("Course"),
    "profession": gettext_lazy("Occupation"),
    "category": gettext_lazy("Household category"),
    "gender": gettext_lazy("Gender"),
    "month": gettext_lazy("Month"),
}
FIGURES = {
    "wished": gettext_lazy("Wished"),
    "referred": gettext_lazy("Referred"),
    "accepted": gettext_lazy("Accepted"),
    "enrolled": gettext_lazy("Enrolled"),
    "active": gettext_lazy("Learning now"),
    "completed": gettext_lazy("Completed"),
    "failed": gettext_lazy("Not completed"),
    "dropped": gettext_lazy("Left"),
    "certified": gettext_lazy("Certified"),
    "employed": gettext_lazy("In work"),
}
# The way of a referral, and of what each step is a share.
FUNNEL = {
    "wished": "",
    "referred": "",
    "accepted": "referred",
    "enrolled": "accepted",
    "completed": "enrolled",
    "certified": "completed",
    "employed": "completed",
}
SHARES = {
    "referred": gettext_lazy("%(share)s %% of the referred"),
    "accepted": gettext_lazy("%(share)s %% of the accepted"),
    "enrolled": gettext_lazy("%(share)s %% of the enrolled"),
    "completed": gettext_lazy("%(share)s %% of those who completed"),
}
NEXT = {
    "region": "district",
    "district": "mahalla",
    "organization": "course",
    "course": "month",
    "profession": "course",
    "category": "gender",
    "gender": "category",
}
SHADES = 5
HIDDEN = "*"
BAR = '<svg class="bar" width="100%" height="4" aria-hidden="true"><rect width="{:.1f}%" height="4"/></svg>'
MARK = "MARK"  # stands in an address for what differs from line to line


_address = cache(reverse)  # a page holds dozens of links to three addresses


def _options(options: Iterable[tuple[str, str]], chosen: str) -> SafeString:
    """The choices of a select, of (value, words)."""
    marked = {chosen: " selected"}
    html = [
        f'<option value="{escape(value)}"{marked.get(value, "")}>{escape(words)}</option>' for value, words in options
    ]
    return mark_safe("".join(html))  # noqa: S308  # escaped above


@lru_cache(maxsize=256)
def _month_options(
    first: date | None, last: date | None, chosen: str, language: str | None, *, ends: bool
) -> SafeString:
    """The months from `first` to `last`, each by its first day or, with `ends`, its last; a day chosen stays chosen."""
    options = {}
    while first and last and first <= last:
        after = next_month(first)
        day = after - timedelta(days=1) if ends else first
        options[day.isoformat()] = f"{month_name(first.month, language)} {first.year}"
        first = after
    if chosen and chosen not in options:
        options[chosen] = short_date(date.fromisoformat(chosen))
    return _options(options.items(), chosen)


class StatisticsPage:
    """`asked` holds the address's own parameters, from which every link on the page is made."""

    def __init__(self, selection: Selection, table: Table, asked: Mapping[str, str], *, exact: bool) -> None:
        self.selection, self.table, self.exact = selection, table, exact
        self.by = selection.by
        # In the order of NAMES, so that one table has one address.
        self.asked = {name: asked[name] for name in (*NAMES, "from", "to") if asked.get(name)}
        # Between thousands, in the reader's notation; asking for each number would cost more than the whole table.
        self._separator = number(1000)[1:-3]
        self._point = number(1.5, 1)[1:-1]

    # --- Links ----------------------------------------------------------------------------------
    def url(self, view: str = "reports:statistics", **changes: str) -> str:
        """The address of this table with these parameters changed; an empty one is left out."""
        params = {name: value for name, value in ({"by": self.by} | self.asked | changes).items() if value}
        return f"{_address(view)}?{urlencode(params)}"

    @property
    def csv_url(self) -> str:
        return self.url("reports:statistics_csv")

    @property
    def json_url(self) -> str:
        return self.url("api:list_statistics")

    @cached_property
    def line_urls(self) -> tuple[str, str]:
        """What stands before and after the code of a line in the address that it leads to; nothing: to none."""
        onward = NEXT.get(self.by)
        return self._around(self.by, by=onward) if onward else ("", "")

    @cached_property
    def rows_urls(self) -> tuple[str, str]:
        """The same for the rows behind a line."""
        return self._around(self.by, "reports:rows", figure="referred")

    @cached_property
    def figure_urls(self) -> tuple[str, str]:
        """What stands before and after the name of a figure in the address of all rows behind it."""
        return self._around("figure", "reports:rows")

    def _around(self, name: str, view: str = "reports:statistics", **changes: str) -> tuple[str, str]:
        """An address in two: what stands before and after the value of one parameter, which differs link by link."""
        before, _mark, after = self.url(view, **{**changes, name: MARK}).partition(MARK)
        return before, after

    def _line_url(self, line: Line) -> str:
        if self.by == "month":
            first = date.fromisoformat(f"{line.code}-01")
            last = next_month(first) - timedelta(days=1)
            return self.url(by="region", **{"from": first.isoformat(), "to": last.isoformat()})
        before, after = self.line_urls
        return f"{before}{quote(line.code)}{after}" if before and line.code else ""

    def _rows_url(self, line: Line | None = None, figure: str = "referred") -> str:
        """Where the rows behind a figure are listed, for whoever may see them."""
        if not self.exact or figure == "wished":
            return ""
        if line is None or not line.code:
            return figure.join(self.figure_urls)
        if self.by == "month":
            return self._line_url(line).replace(_address("reports:statistics"), _address("reports:rows"))
        before, after = self.rows_urls
        return f"{before}{quote(line.code)}{after}"

    # --- What is shown ----------------------------------------------------------------------------
    @property
    def name(self) -> str:
        return str(NAMES[self.by])

    @cached_property
    def chips(self) -> list[tuple[str, str, str]]:
        """What the table is confined to, other than its period: (dimension, name, address without it)."""
        return [
            (
                str(NAMES[name]),
                str(Person.Gender(value).label) if name == "gender" else value.name,
                self.url(**{name: ""}),
            )
            for name, value in self.selection.wanted.items()
        ]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the form of place and period leaves as it is."""
        own = ("by", "region", "district", "mahalla", "from", "to")
        return [(name, value) for name, value in self.asked.items() if name not in own]

    @property
    def dimensions(self) -> Iterator[Option]:
        """The tables that there are for this part of the country."""
        before, after = self._around("by")
        for name, label in NAMES.items():
            if name == "mahalla" and not {"district", "region"} & self.selection.wanted.keys():
                continue
            yield Option(f"{before}{name}{after}", str(label), name == self.by)

    @property
    def tabs(self) -> SafeString:
        return draw_tabs(self.dimensions)

    @property
    def regions(self) -> SafeString:
        return _options(self.choices.regions, self.asked.get("region", ""))

    @property
    def districts(self) -> SafeString:
        """The districts of the region that is chosen."""
        return _options(self.choices.districts, self.asked.get("district", ""))

    @cached_property
    def choices(self) -> Choices:
        region = self.selection.wanted.get("region")
        return read_choices(region and region.pk)

    @property
    def as_of(self) -> datetime:
        return self.choices.as_of

    @property
    def first_months(self) -> SafeString:
        return self._months("from", ends=False)

    @property
    def last_months(self) -> SafeString:
        return self._months("to", ends=True)

    def _months(self, name: str, *, ends: bool) -> SafeString:
        chosen, language = self.asked.get(name, ""), get_language()
        return _month_options(self.choices.first, self.choices.last, chosen, language, ends=ends)

    @property
    def heads(self) -> SafeString:
        return draw_heads([*map(str, FIGURES.values()), _("Median days to answer")])

    @cached_property
    def body(self) -> SafeString:
        """The lines of the table in HTML, put together here: a template would take longer than all queries."""
        top = max((line.figures["referred"] or 0 for line in self.table.lines), default=0) or 1
        behind = escape(_("Show the rows"))
        lines = []
        for line in self.table.lines:
            name, url, rows = escape(line.name), escape(self._line_url(line)), escape(self._rows_url(line))
            head = f'<a href="{url}">{name}</a>' if url else name
            link = (
                f'<a class="rows-link" href="{rows}">{behind}<span class="sr-only">: {name}</span></a>' if rows else ""
            )
            bar = BAR.format(100 * (line.figures["referred"] or 0) / top)
            lines.append(f'<tr><th scope="row">{head}{bar}{link}</th>{self._cells(line)}</tr>')
        return mark_safe("\n".join(lines))  # noqa: S308  # every name and address is escaped above

    @property
    def total(self) -> SafeString:
        """The cells of the last line."""
        return mark_safe(self._cells(self.table.total))  # noqa: S308  # numbers

    def _cells(self, line: Line) -> str:
        cells = [*(self._write(line.figures[name]) for name in FIGURES), self._write_median(line)]
        return "".join([f'<td class="num">{cell}</td>' for cell in cells])

    def _write(self, value: int | None) -> str:
        return HIDDEN if value is None else f"{value:,}".replace(",", self._separator)

    def _write_median(self, line: Line) -> str:
        if line.is_median_hidden:
            return HIDDEN
        median = line.median_days_to_answer
        if median is None:
            return "—"
        whole = self._write(int(median))
        return whole if median == int(median) else f"{whole}{self._point}5"  # a median of whole days: a half at most

    @cached_property
    def way(self) -> Line:
        """All that the table shows, without those who came without a referral: they do not go this way."""
        if self.selection.is_of_referrals:
            return self.table.total
        return read_way(self.selection, self.table.total, exact=self.exact)

    @property
    def median(self) -> str:
        return self._write_median(self.way)

    @property
    def funnel(self) -> list[Step]:
        figures = self.way.figures
        top = max((figures[name] or 0 for name in FUNNEL), default=0) or 1
        return [
            Step(
                label=str(FIGURES[name]),
                value=self._write(figures[name]),
                share=self._share(figures[name], figures[of] if of else None, of),
                width=round(100 * (figures[name] or 0) / top, 1),
                rows=self._rows_url(figure=name),
            )
            for name, of in FUNNEL.items()
        ]

    @property
    def steps(self) -> SafeString:
        return draw_steps(self.funnel)

    def _share(self, part: int | None, whole: int | None, of: str) -> str:
        if part is None or not whole:
            return ""
        return str(SHARES[of]) % {"share": self._write(round(100 * part / whole))}

    # --- Charts -----------------------------------------------------------------------------------
    @property
    def view_box(self) -> str:
        return region_outlines()[0]

    @cached_property
    def areas(self) -> list[Area]:
        """The map, where the regions of the country are compared."""
        if self.by != "region" or len(self.table.lines) < 2:
            return []
        outlines = region_outlines()[1]
        marks = self.marks
        return [
            Area(
                outline=mark_safe(outlines[line.code]),  # noqa: S308  # from a file of ours
                label=f"{line.name}: {self._write(line.figures['referred'])}",
                url=self._line_url(line),
                shade=self._shade(line.figures["referred"], marks),
            )
            for line in self.table.lines
            if line.code in outlines
        ]

    @property
    def map(self) -> SafeString:
        """The areas as they are drawn; nothing where regions are not compared."""
        return draw_areas(self.areas)

    @cached_property
    def marks(self) -> list[int]:
        """The smallest counts of the shades: as many regions in each as can be, and no more shades than counts."""
        counts = sorted({line.figures["referred"] or 0 for line in self.table.lines} - {0})
        shades = min(SHADES, len(counts))
        return [counts[len(counts) * shade // shades] for shade in range(shades)]

    @staticmethod
    def _shade(count: int | None, marks: list[int]) -> str:
        if not count or not marks:
            return "none"
        return str(SHADES - len(marks) + max((step for step, mark in enumerate(marks) if count >= mark), default=0))

    @property
    def legend(self) -> list[tuple[str, str]]:
        """(shade, words), the darkest last."""
        words = [_("from %(number)s") % {"number": number(mark)} for mark in self.marks]
        return [(str(shade), text) for shade, text in enumerate(words, start=SHADES - len(words))]

    @cached_property
    def columns(self) -> list[dict[str, Any]]:
        """The chart over time, where months are compared."""
        if self.by != "month":
            return []
        return [
            {"label": line.code[5:] + "." + line.code[:4], "value": line.figures["referred"]}
            for line in self.table.lines
        ]
