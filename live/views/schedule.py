"""The classes of a cohort: planning them, putting them off, calling them off."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import AuthenticatedRequest
from base.errors import DomainError
from base.paging import requested_page
from enrollment.models import Cohort, Meeting
from learning.exports import calendar_file
from learning.queries.feeds import class_event
from live import rules
from live.forms import SeriesForm, SessionForm
from live.models import LiveSession
from live.services.series import Series, schedule_series
from live.services.sessions import cancel_session, reschedule_session, schedule_session
from live.views.room import find_session


@login_required
@require_GET
def session_list_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """The classes of a cohort, the latest first."""
    cohort = _taught_cohort(request, uuid)
    sessions = cohort.live_sessions.select_related("lesson", "teacher__person")
    page = requested_page(request, sessions, order=("-starts_at", "-id"))
    return render(request, "live/session_list.html", {"cohort": cohort, "page": page})


@login_required
@require_http_methods(["GET", "POST"])
def session_new_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    cohort = _taught_cohort(request, uuid)
    form = SessionForm(request.POST or None, cohort=cohort, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            session = schedule_session(cohort=cohort, by=request.user, **form.plan())
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The class is planned. The learners of the group have been told."))
            return redirect("live:session_list", session.cohort.uuid)
    context = {"cohort": cohort, "form": form}
    return render(request, "live/session_form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def series_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Plan classes on some days of each week, without holidays."""
    cohort = _taught_cohort(request, uuid)
    form = SeriesForm(request.POST or None, cohort=cohort, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            series = schedule_series(cohort, form.pattern(), by=request.user)
        except DomainError as error:
            form.refuse(error)
        else:
            _say_planned(request, series)
            return redirect("live:session_list", cohort.uuid)
    context = {"cohort": cohort, "form": form, "is_series": True}
    return render(request, "live/session_form.html", context, status=422 if form.errors else 200)


def _say_planned(request: AuthenticatedRequest, series: Series) -> None:
    count = len(series.made)
    words = ngettext("%(n)s live class is planned.", "%(n)s live classes are planned.", count) % {"n": count}
    messages.success(request, words if count else _("All of these classes are planned already."))
    if series.holidays:
        named = ", ".join(str(holiday) for holiday in series.holidays)
        messages.info(request, _("Days off are left out: %(days)s.") % {"days": named})


@login_required
@require_GET
def calendar_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """The class as one entry for the calendar of whoever takes part, called off or not."""
    session = find_session(request.user, uuid, may_wait=True)
    meetings = Meeting.objects.select_related("cohort__course", "lesson", "room")
    body = calendar_file([class_event(get_object_or_404(meetings, live_uuid=session.uuid))])
    headers = {"Content-Disposition": 'attachment; filename="class.ics"', "Cache-Control": "private, no-cache"}
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)


@login_required
@require_http_methods(["GET", "POST"])
def session_edit_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Put a class off to another time."""
    session = _taught_session(request, uuid)
    form = SessionForm(request.POST or None, cohort=session.cohort, user=request.user, session=session)
    if request.method == "POST" and form.is_valid():
        plan = form.plan()
        try:
            reschedule_session(session, starts_at=plan["starts_at"], ends_at=plan["ends_at"], by=request.user)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The class has another time. The learners of the group have been told."))
            return redirect("live:session_list", session.cohort.uuid)
    context = {"cohort": session.cohort, "session": session, "form": form}
    return render(request, "live/session_form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def session_cancel_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    session = _taught_session(request, uuid)
    if request.method == "POST":
        try:
            cancel_session(session, by=request.user)
        except DomainError as error:
            messages.error(request, str(error))
        return redirect("live:session_list", session.cohort.uuid)
    return render(request, "live/session_cancel.html", {"session": session})


def _taught_cohort(request: AuthenticatedRequest, uuid: UUID) -> Cohort:
    cohort = get_object_or_404(
        Cohort.objects.visible_to(request.user).select_related("course", "organization"), uuid=uuid
    )
    if not rules.can_teach(request.user, cohort):
        raise PermissionDenied
    return cohort


def _taught_session(request: AuthenticatedRequest, uuid: UUID) -> LiveSession:
    session = find_session(request.user, uuid)
    if not rules.can_teach(request.user, session.cohort):
        raise PermissionDenied
    return session
