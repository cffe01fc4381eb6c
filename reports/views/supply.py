"""What is wanted and what is offered, by place and occupation, and the rows behind each figure."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedRequest
from accounts.models import Profession
from accounts.services import audit
from base.paging import count_up_to, requested_page
from reports import rules
from reports.exports import FILES, table_file
from reports.forms.supply import PlaceForm, SupplyForm
from reports.models import Supply
from reports.queries import supply
from reports.queries.supply import ORDER, Groups, Place, Reach

HEADS = {
    "lacking": _("Seats lacking"),
    "seatless": _("Without a seat"),
    "free": _("Free seats"),
    "planned": _("Planned seats"),
    "waiting": _("On waiting lists"),
    "wishes": _("Open wishes"),
}
LISTED = ("wishes", "waiting", "free", "planned")
NAMELESS = "none"
"""Stands in an address for "no occupation is named"."""


class Line:
    """A row as the table shows it: figures with the addresses of what is behind them, and the groups it would fill."""

    def __init__(self, row: Supply, place: Place, trade: str, opened: tuple[str, ...], groups: Groups | None) -> None:
        self.row, self.place, self.trade, self.groups = row, place, trade, groups
        self.cells = [(name, getattr(row, name), self._url(name) if name in opened else "") for name in HEADS]

    def _url(self, figure: str) -> str:
        if not getattr(self.row, figure):
            return ""
        query = {"figure": figure, **self.place.codes, **({"occupation": self.trade} if self.trade else {})}
        return f"{reverse('reports:supply_rows')}?{urlencode(query)}"

    @property
    def url(self) -> str:
        """The page of the occupation in this place, else of the place."""
        if self.trade == NAMELESS:
            return ""
        page = reverse("reports:supply_trade", args=[self.trade]) if self.trade else reverse("reports:supply")
        return f"{page}?{urlencode(self.place.codes)}"


@login_required
@require_safe
def supply_view(request: AuthenticatedRequest) -> HttpResponse:
    """The occupations of a place, those in which most seats are lacking first."""
    reach, place = _asked_place(request)
    form = SupplyForm(request.GET, reach=reach, place=place)
    rows = supply.trades_of(place, **_filters(form))
    page = requested_page(request, rows, order=ORDER)
    total, groups = supply.total_of(place), supply.groups_to_open(place)
    values = {
        "place": place,
        "form": form,
        "page": page,
        "count": count_up_to(rows),
        "heads": HEADS.values(),
        "lines": _trade_lines(request, place, page.items),
        "total": Line(total, place, "", _opened(request, place), None),
        "groups": sum(group.count for group in groups),
        "parts": [] if request.GET.get("after") else _part_lines(request, supply.parts_of(place)),
        "as_of": supply.counted_until(),
        "files": f"?{request.GET.urlencode()}",
    }
    return render(request, "reports/supply.html", values)


@login_required
@require_safe
def supply_table_view(request: AuthenticatedRequest, form: str) -> HttpResponse:
    """The same table, all of it, as a file for spreadsheets."""
    if form not in FILES:
        raise Http404
    reach, place = _asked_place(request)
    rows = list(supply.trades_of(place, **_filters(SupplyForm(request.GET, reach=reach, place=place))).order_by(*ORDER))
    sizes = supply.usual_sizes([row.profession_id for row in rows if row.profession_id])
    heads = [_("Code"), _("Occupation"), *HEADS.values(), _("Usual size of a group"), _("Groups that would be filled")]
    return table_file(form, "supply", heads, (_cells(row, supply.groups_of(row, sizes)) for row in rows))


@login_required
@require_safe
def supply_trade_view(request: AuthenticatedRequest, code: str) -> HttpResponse:
    """One occupation in a place: where it is wanted and offered, and the courses that lead to it."""
    reach, place = _asked_place(request)
    profession = get_object_or_404(Profession, code=code.replace("\0", ""))
    row = place.rows.filter(is_total=False, profession=profession).first() or Supply(profession=profession)
    parts = supply.trade_in_parts(place, profession)
    sizes = supply.usual_sizes([profession.pk])
    courses = list(supply.courses_for(profession)[:50])
    seats = supply.seats_in(courses)
    opened = _opened(request, place)
    values = {
        "place": place,
        "profession": profession,
        "form": PlaceForm(request.GET, reach=reach, place=place),
        "heads": HEADS.values(),
        "line": Line(row, place, profession.code, opened, supply.groups_of(row, sizes)),
        "lines": [
            Line(part, _place_of(part), profession.code, opened, supply.groups_of(_named(part, profession), sizes))
            for part in parts
        ],
        "courses": [(course, *seats[course.pk]) for course in courses],
        "as_of": supply.counted_until(),
    }
    return render(request, "reports/supply_trade.html", values)


@login_required
@require_safe
def supply_rows_view(request: AuthenticatedRequest) -> HttpResponse:
    """The rows that one figure counts, as far as they are the reader's to see; the reading of people is audited."""
    _reach, place = _asked_place(request)
    figure, code = request.GET.get("figure", ""), request.GET.get("occupation", "").replace("\0", "")
    if figure not in LISTED:
        raise Http404
    if not rules.can_open_rows(request.user, figure, **place.ids):
        raise PermissionDenied
    trade = [] if not code else [None if code == NAMELESS else get_object_or_404(Profession, code=code)]
    rows = supply.rows_behind(figure, place, trade, request.user)
    page = requested_page(request, rows)
    if figure in ("wishes", "waiting"):
        listed = "wish.listed" if figure == "wishes" else "referral.listed"
        audit.record(listed, by=request.user, filter=request.GET.urlencode()[:300], count=len(page.items))
    values = {
        "place": place,
        "figure": figure,
        "title": HEADS[figure],
        "profession": trade[0] if trade else None,
        "page": page,
        "count": count_up_to(rows),
        "seats": None if figure in ("wishes", "waiting") else _seats(rows),
        "back": f"{reverse('reports:supply')}?{urlencode(place.codes)}",
    }
    return render(request, "reports/supply_rows.html", values)


def _asked_place(request: AuthenticatedRequest) -> tuple[Reach, Place]:
    if not rules.can_see_supply(request.user):
        raise PermissionDenied
    reach = supply.reach_of(request.user)
    place = supply.find_place(reach, request.GET.get("region", ""), request.GET.get("district", ""))
    if place is None:
        raise Http404
    return reach, place


def _filters(form: SupplyForm) -> dict[str, Any]:
    return {name: value for name, value in form.asked().items() if name in ("words", "show")}


def _opened(request: AuthenticatedRequest, place: Place) -> tuple[str, ...]:
    """The figures whose rows the reader may open."""
    return tuple(name for name in LISTED if rules.can_open_rows(request.user, name, **place.ids))


def _trade_lines(request: AuthenticatedRequest, place: Place, rows: list[Supply]) -> list[Line]:
    opened = _opened(request, place)
    sizes = supply.usual_sizes([row.profession_id for row in rows if row.profession_id])
    codes = [row.profession.code if row.profession else NAMELESS for row in rows]
    return [Line(row, place, code, opened, supply.groups_of(row, sizes)) for row, code in zip(rows, codes, strict=True)]


def _part_lines(request: AuthenticatedRequest, rows: list[Supply]) -> list[Line]:
    places = [_place_of(row) for row in rows]
    return [Line(row, place, "", _opened(request, place), None) for row, place in zip(rows, places, strict=True)]


def _place_of(row: Supply) -> Place:
    return Place(row.region, row.district)


def _named(row: Supply, profession: Profession) -> Supply:
    row.profession = profession
    return row


def _cells(row: Supply, groups: Groups | None) -> list[str]:
    named = [row.profession.code, row.profession.name] if row.profession else ["", str(_("No occupation is named"))]
    figures = [str(getattr(row, name)) for name in HEADS]
    return [*named, *figures, str(groups.size) if groups else "", str(groups.count) if groups else ""]


def _seats(rows: Any) -> int:
    """Free seats of the groups listed, of those not published yet all of them; one without limit adds none."""
    return sum(seats - taken for seats, taken in rows.values_list("seats", "taken") if seats is not None)
