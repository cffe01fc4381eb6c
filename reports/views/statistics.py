"""The public statistics, and the rows behind a figure for whoever oversees a territory."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedRequest
from accounts.services import audit
from base.errors import InvalidInput
from base.paging import count_up_to, page_by_key
from reports import rules
from reports.exports import table_to_csv
from reports.queries.addresses import read_query
from reports.queries.figures import Selection, read_table
from reports.queries.referrals import referrals_behind
from reports.views.page import FIGURES, StatisticsPage


@require_safe
@gzip_page  # its map is heavy, and nothing on it is secret
def statistics_view(request: HttpRequest) -> HttpResponse:
    """The figures by one dimension, for a part of the country and a period."""
    asked, error = request.GET.dict(), None
    try:
        selection = read_query(asked)
    except InvalidInput as bad:
        asked, selection, error = {}, Selection("region"), bad
    exact = rules.can_see_small_counts(request.user, selection.wanted)
    page = StatisticsPage(selection, read_table(selection, exact=exact), asked, exact=exact)
    return render(request, "reports/statistics.html", {"page": page, "error": error}, status=422 if error else 200)


@require_safe
def statistics_csv_view(request: HttpRequest) -> HttpResponse:
    """The same table as a file that a spreadsheet opens."""
    try:
        selection = read_query(request.GET.dict())
    except InvalidInput as error:
        return HttpResponse(str(error), status=422, content_type="text/plain; charset=utf-8")
    table = read_table(selection, exact=rules.can_see_small_counts(request.user, selection.wanted))
    headers = {"Content-Disposition": f'attachment; filename="malaka-{selection.by}.csv"'}
    # Without the mark, Excel reads the file as if it were written in another alphabet.
    return HttpResponse(f"\ufeff{table_to_csv(table)}", content_type="text/csv; charset=utf-8", headers=headers)


@login_required
@require_safe
def rows_view(request: AuthenticatedRequest) -> HttpResponse:
    """The referrals that one figure counts, as far as they are the reader's to see."""
    figure = request.GET.get("figure", "referred")
    try:
        selection = read_query(request.GET.dict())
        referrals = referrals_behind(selection, figure, request.user)
        if not rules.can_see_small_counts(request.user, selection.wanted):
            raise PermissionDenied
        page = page_by_key(referrals, size=settings.LIST_ROWS, cursor=request.GET.get("after"))
    except InvalidInput as error:
        return render(request, "reports/rows.html", {"error": error, "back": ""}, status=422)
    count = count_up_to(referrals)
    audit.record("referral.listed", by=request.user, filter=request.GET.urlencode()[:300], count=count)
    values = {"page": page, "count": count, "figure": FIGURES[figure], "back": request.GET.urlencode()}
    return render(request, "reports/rows.html", values)
