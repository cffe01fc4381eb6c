"""What the page of the statistics shows, made ready for its template: it draws hundreds of cells."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Max, Min
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import District, Region
from base.dates import month_name
from base.languages import localized
from base.templatetags.figures import number
from reports.grains import next_month
from reports.models import Rollup
from reports.outlines import region_outlines
from reports.queries.figures import Line, Selection, Table, figures_as_of, read_table

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


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: every cell as it is written; `width` of its bar in per cent; `rows` behind it."""

    name: str
    url: str
    rows: str
    cells: list[str]
    width: float


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


class StatisticsPage:
    """`asked` holds the address's own parameters, from which every link on the page is made."""

    def __init__(self, selection: Selection, table: Table, asked: Mapping[str, str], *, exact: bool) -> None:
        self.selection, self.table, self.exact = selection, table, exact
        self.by = selection.by
        # In the order of NAMES, so that one table has one address.
        self.asked = {name: asked[name] for name in (*NAMES, "from", "to") if asked.get(name)}
        self._written: dict[int | None, str] = {None: HIDDEN, 0: "0"}

    # --- Links ----------------------------------------------------------------------------------
    def url(self, view: str = "reports:statistics", **changes: str) -> str:
        """The address of this table with these parameters changed; an empty one is left out."""
        params = {name: value for name, value in ({"by": self.by} | self.asked | changes).items() if value}
        return f"{reverse(view)}?{urlencode(params)}"

    @property
    def csv_url(self) -> str:
        return self.url("reports:statistics_csv")

    @property
    def json_url(self) -> str:
        return self.url("api:list_statistics")

    def _line_url(self, line: Line) -> str:
        if self.by == "month":
            first = date.fromisoformat(f"{line.code}-01")
            last = next_month(first) - timedelta(days=1)
            return self.url(by="region", **{"from": first.isoformat(), "to": last.isoformat()})
        onward = NEXT.get(self.by)
        return self.url(by=onward, **{self.by: line.code}) if onward and line.code else ""

    def _rows_url(self, line: Line | None = None, figure: str = "referred") -> str:
        """Where the rows behind a figure are listed, for whoever may see them."""
        if not self.exact or figure == "wished":
            return ""
        if line is None or not line.code:
            return self.url("reports:rows", figure=figure)
        if self.by == "month":
            return self._line_url(line).replace(reverse("reports:statistics"), reverse("reports:rows"))
        return self.url("reports:rows", figure=figure, **{self.by: line.code})

    # --- What is shown ----------------------------------------------------------------------------
    @property
    def name(self) -> str:
        return str(NAMES[self.by])

    @cached_property
    def chips(self) -> list[tuple[str, str, str]]:
        """What the table is confined to, other than its period: (dimension, name, address without it)."""
        return [
            (str(NAMES[name]), getattr(value, "name", "") or str(FIGURES.get(value, value)), self.url(**{name: ""}))
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
        for name, label in NAMES.items():
            if name == "mahalla" and not {"district", "region"} & self.selection.wanted.keys():
                continue
            yield Option(self.url(by=name), str(label), name == self.by)

    @property
    def regions(self) -> Iterator[Option]:
        chosen = self.asked.get("region", "")
        for code, names in Region.objects.order_by("code").values_list("code", "names"):
            yield Option(code, localized(names), code == chosen)

    @property
    def districts(self) -> Iterator[Option]:
        """The districts of the region that is chosen."""
        region, chosen = self.selection.wanted.get("region"), self.asked.get("district", "")
        if region is not None:
            for code, names in District.objects.filter(region=region).order_by("code").values_list("code", "names"):
                yield Option(code, localized(names), code == chosen)

    @cached_property
    def months(self) -> list[date]:
        """Every month from the first to the last that has a figure."""
        ends = Rollup.objects.filter(grain="republic").aggregate(first=Min("month"), last=Max("month"))
        months = []
        month: date | None = ends["first"]
        while month and month <= ends["last"]:
            months.append(month)
            month = next_month(month)
        return months

    @property
    def first_months(self) -> list[Option]:
        return self._month_options("from", [(month, month) for month in self.months])

    @property
    def last_months(self) -> list[Option]:
        return self._month_options("to", [(month, next_month(month) - timedelta(days=1)) for month in self.months])

    def _month_options(self, name: str, days: list[tuple[date, date]]) -> list[Option]:
        chosen = self.asked.get(name, "")
        options = [
            Option(day.isoformat(), f"{month_name(month.month)} {month.year}", day.isoformat() == chosen)
            for month, day in days
        ]
        if chosen and not any(option.chosen for option in options):
            options.append(Option(chosen, f"{date.fromisoformat(chosen):%d.%m.%Y}", True))
        return options

    @property
    def heads(self) -> list[str]:
        return [*map(str, FIGURES.values()), _("Median days to answer")]

    @cached_property
    def rows(self) -> list[Row]:
        top = max((line.figures["referred"] or 0 for line in self.table.lines), default=0) or 1
        return [self._row(line, top) for line in self.table.lines]

    @property
    def total(self) -> Row:
        return self._row(self.table.total, 0)

    def _row(self, line: Line, top: int) -> Row:
        cells = [self._write(line.figures[name]) for name in FIGURES]
        cells.append(self._write_median(line))
        width = round(100 * (line.figures["referred"] or 0) / top, 1) if top else 0
        return Row(line.name, self._line_url(line) if top else "", self._rows_url(line), cells, width)

    def _write(self, value: int | None) -> str:
        if value not in self._written:
            self._written[value] = number(value)
        return self._written[value]

    def _write_median(self, line: Line) -> str:
        if line.is_median_hidden:
            return HIDDEN
        median = line.median_days_to_answer
        return "—" if median is None else number(median, 0 if median == int(median) else 1)

    @cached_property
    def way(self) -> Line:
        """All that the table shows, without those who came without a referral: they do not go this way."""
        if self.selection.is_of_referrals:
            return self.table.total
        return read_table(replace(self.selection, by="region"), exact=self.exact).total

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

    def _share(self, part: int | None, whole: int | None, of: str) -> str:
        if part is None or not whole:
            return ""
        shares = {
            "referred": _("%(share)s %% of the referred"),
            "accepted": _("%(share)s %% of the accepted"),
            "enrolled": _("%(share)s %% of the enrolled"),
            "completed": _("%(share)s %% of those who completed"),
        }
        return shares[of] % {"share": number(round(100 * part / whole))}

    @property
    def as_of(self) -> Any:
        return figures_as_of()

    # --- Charts -----------------------------------------------------------------------------------
    @property
    def view_box(self) -> str:
        return region_outlines()[0]

    @property
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
        return str(max((shade for shade, mark in enumerate(marks) if count >= mark), default=0))

    @property
    def legend(self) -> list[tuple[str, str]]:
        """(shade, words), the darkest last."""
        words = [_("from %(number)s") % {"number": number(mark)} for mark in self.marks]
        return [(str(shade), text) for shade, text in enumerate(words)]

    @property
    def columns(self) -> list[dict[str, Any]]:
        """The chart over time, where months are compared."""
        if self.by != "month":
            return []
        return [
            {"label": line.code[5:] + "." + line.code[:4], "value": line.figures["referred"]}
            for line in self.table.lines
        ]
