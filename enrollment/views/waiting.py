"""Lists of the referrals that wait: for a seat in their order, and for longer than they should."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedRequest
from accounts.services import audit
from base.paging import count_up_to, requested_page
from enrollment.forms.filters import OfCourseForm
from enrollment.models import Referral
from enrollment.models.cohorts import ANSWERING
from enrollment.models.referrals import FOLLOWING
from enrollment.queries.clocks import DUE, Clock, overdue
from enrollment.queries.waiting import ORDER, with_ranks

WITHOUT = {Clock.ANSWER: _("Without an answer"), Clock.SEAT: _("Without a seat")}


@login_required
@require_safe
def waiting_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """Who waits for a seat, in the order in which freed seats go to them; the reading is audited."""
    if not request.user.standing.has(*FOLLOWING, *ANSWERING):
        raise PermissionDenied
    form = OfCourseForm(request.GET, user=request.user)
    where = form.asked()
    rows = Referral.objects.worked_with_by(request.user).filter(status=Referral.Status.WAITLISTED, **where)
    shown = with_ranks(rows).select_related("person", "course", "organization", "mahalla")
    page = requested_page(request, shown, order=ORDER)
    asked = {name: str(value) for name, value in where.items()}
    audit.record("referral.listed", by=request.user, filter={"status": "waitlisted", **asked}, count=len(page.items))
    values = {"page": page, "count": count_up_to(rows), "form": form}
    values["answers"] = request.user.standing.has(*ANSWERING)
    return render(request, "enrollment/waiting_list.html", values)


@login_required
@require_safe
def overdue_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """The referrals whose `?clock=` has run out, the longest overdue first; the reading is audited."""
    if not request.user.standing.has(*FOLLOWING, *ANSWERING):
        raise PermissionDenied
    clock = Clock.SEAT if request.GET.get("clock") == Clock.SEAT else Clock.ANSWER
    mine = Referral.objects.worked_with_by(request.user)
    shown = overdue(mine, clock).select_related("person", "course", "organization", "mahalla")
    page = requested_page(request, shown, order=(DUE[clock], "id"))
    audit.record("referral.listed", by=request.user, filter={"overdue": str(clock)}, count=len(page.items))
    for referral in page.items:
        referral.overdue_since = getattr(referral, DUE[clock])  # type: ignore[attr-defined]  # shown by the template
    counts = {each: count_up_to(overdue(mine, each)) for each in Clock}
    values = {"page": page, "clock": clock, "counts": [(each, WITHOUT[each], counts[each]) for each in Clock]}
    values |= {"count": counts[clock], "answers": request.user.standing.has(*ANSWERING)}
    return render(request, "enrollment/overdue_list.html", values)
