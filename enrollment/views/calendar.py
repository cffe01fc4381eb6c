"""The calendar: weeks and lists for those who teach and those who learn, planning for those who lead."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedRequest
from base.errors import DomainError
from base.forms import posted, show_refusal
from base.paging import requested_page
from enrollment import rules
from enrollment.forms.calendar import CalendarFilterForm, MeetingCancelForm, MeetingForm, PatternForm
from enrollment.models import Cohort, Meeting
from enrollment.models.cohorts import ANSWERING, TEACHING
from enrollment.queries import calendar
from enrollment.queries.clashes import learner_clashes, when
from enrollment.services.meetings import Planned, cancel_meeting, change_meeting, plan_meeting, plan_pattern

ORDER = ("starts_at", "id")
MOST_SHOWN = 10  # clashes of learners on a page


@login_required
@require_safe
def calendar_view(request: AuthenticatedRequest) -> HttpResponse:
    """A week of the classes of the user's providers; `?view=list`: those to come, page by page."""
    if not request.user.standing.has(*TEACHING):
        raise PermissionDenied
    form = CalendarFilterForm(_whose(request), rooms=calendar.rooms_of(request.user).filter(is_in_use=True))
    rows = calendar.taught_meetings(request.user, **form.asked())
    values = {"form": form, "leads": request.user.standing.has(*ANSWERING)}
    return _show(request, rows, form, values)


@login_required
@require_safe
def own_classes_view(request: AuthenticatedRequest) -> HttpResponse:
    """A week of the classes in which the user learns, or a list of those to come."""
    form = CalendarFilterForm(request.GET, rooms=calendar.rooms_of(request.user).none())
    return _show(request, calendar.learnt_meetings(request.user), form, {"is_own": True})


def _whose(request: AuthenticatedRequest) -> Any:
    """What is asked for; who only teaches begins with the own classes."""
    asked = request.GET.copy()
    if not request.user.standing.has(*ANSWERING):
        asked.setdefault("whose", "mine")
    return asked


def _show(request: AuthenticatedRequest, rows: Any, form: CalendarFilterForm, values: dict[str, Any]) -> HttpResponse:
    if request.GET.get("view") == "list":
        coming = rows.coming(timezone.now())
        values["page"] = requested_page(request, coming, order=ORDER)
        return render(request, "enrollment/calendar_list.html", values)
    judged = "is_own" in values or form.asked()["mine"]
    values["week"] = calendar.week_of(rows, form.day(), judged=judged)
    return render(request, "enrollment/calendar_week.html", values)


@login_required
@require_safe
def cohort_calendar_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """The classes of one group from its first on, and which of its learners would be in two places."""
    cohort = _find(request, uuid)
    if not rules.can_teach(request.user, cohort):
        raise PermissionDenied
    runs = rules.can_run_cohorts(request.user, cohort.organization_id)
    rows = Meeting.objects.filter(cohort=cohort)
    if "all" not in request.GET:
        rows = rows.coming(timezone.now())
    clashes = learner_clashes(cohort, since=timezone.now())
    values = {
        "cohort": cohort,
        "runs": runs and cohort.status != Cohort.Status.CANCELLED,
        "page": requested_page(request, calendar.shown(rows), order=ORDER),
        "clashes": clashes[:MOST_SHOWN],
        "more_clashes": max(0, len(clashes) - MOST_SHOWN),
    }
    return render(request, "enrollment/cohort_calendar.html", values)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_create_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Plan one class."""
    cohort = _run(request, uuid)
    form = MeetingForm(posted(request), cohort=cohort)
    form.suggest(cohort)
    if form.is_valid():
        try:
            meeting = plan_meeting(cohort, form.plan(), by=request.user)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The class is planned: %(when)s.") % {"when": when(meeting)})
            _warn(request, meeting)
            return redirect("enrollment:cohort_calendar", uuid)
    title = _("Plan a class")
    return _form(request, cohort, form, title, title)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_pattern_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Plan classes on some days of each week, without holidays."""
    cohort = _run(request, uuid)
    form = PatternForm(posted(request), cohort=cohort, initial={"since": cohort.starts_on, "until": cohort.ends_on})
    form.suggest(cohort)
    if form.is_valid():
        try:
            planned = plan_pattern(cohort, form.pattern(), by=request.user)
        except DomainError as error:
            show_refusal(form, error)
        else:
            _say_planned(request, planned)
            return redirect("enrollment:cohort_calendar", uuid)
    return _form(request, cohort, form, _("Plan classes for each week"), _("Plan all of them"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_edit_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Put a class to another time or room, or give it to another instructor."""
    meeting = _run_meeting(request, uuid)
    form = MeetingForm(posted(request), cohort=meeting.cohort, meeting=meeting)
    if form.is_valid():
        try:
            meeting = change_meeting(meeting, form.plan(), by=request.user)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The class is now: %(when)s.") % {"when": when(meeting)})
            _warn(request, meeting)
            return redirect("enrollment:cohort_calendar", meeting.cohort.uuid)
    return _form(request, meeting.cohort, form, _("Change the class"), _("Save the change"), meeting=meeting)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_cancel_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Ask for the reason, and call a class off."""
    meeting = _run_meeting(request, uuid)
    form = MeetingCancelForm(posted(request))
    back = reverse("enrollment:cohort_calendar", args=[meeting.cohort.uuid])
    if form.is_valid():
        try:
            cancel_meeting(meeting, reason=form.cleaned_data["reason"], by=request.user)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The class is called off; the learners have been told."))
            return redirect(back)
    values = {
        "title": _("Call off the class of group %(group)s?") % {"group": meeting.cohort.code},
        "text": when(meeting),
        "submit": _("Call the class off"),
        "form": form,
        "cancel_url": back,
        "danger": True,
    }
    return render(request, "confirm.html", values, status=422 if form.errors else 200)


def _say_planned(request: AuthenticatedRequest, planned: Planned) -> None:
    made = len(planned.made)
    messages.success(request, ngettext("%(n)s class planned.", "%(n)s classes planned.", made) % {"n": made})
    if planned.known:
        words = ngettext("%(n)s stood already.", "%(n)s stood already.", planned.known)
        messages.info(request, words % {"n": planned.known})
    if planned.holidays:
        days = ", ".join(f"{row.name} ({row.valid_from:%d.%m.%Y})" for row in planned.holidays)
        messages.info(request, _("Left out as days off: %(days)s.") % {"days": days})


def _warn(request: AuthenticatedRequest, meeting: Meeting) -> None:
    """Name learners who have another class at that time, and a room that is too small."""
    for clash in learner_clashes(meeting.cohort, since=timezone.now(), only=meeting)[:3]:
        words = _("At that time group %(group)s has a class too, in which these learners are: %(names)s.")
        names = ", ".join(clash.names[:5])
        messages.warning(request, words % {"group": clash.other.cohort.code, "names": names})
    places, seats = meeting.room.capacity if meeting.room else None, meeting.cohort.seats
    if places and seats and seats > places:
        words = _("The room has %(places)s places, the group %(seats)s seats.")
        messages.warning(request, words % {"places": places, "seats": seats})


def _form(
    request: AuthenticatedRequest, cohort: Cohort, form: Any, title: str, submit: str, meeting: Meeting | None = None
) -> HttpResponse:
    values = {"cohort": cohort, "form": form, "title": title, "submit": submit, "meeting": meeting}
    return render(request, "enrollment/meeting_form.html", values, status=422 if form.errors else 200)


def _find(request: AuthenticatedRequest, uuid: UUID) -> Cohort:
    rows = Cohort.objects.visible_to(request.user).filter(is_standing=False)
    return get_object_or_404(rows.select_related("course", "version"), uuid=uuid)


def _run(request: AuthenticatedRequest, uuid: UUID) -> Cohort:
    cohort = _find(request, uuid)
    if not rules.can_run_cohorts(request.user, cohort.organization_id):
        raise PermissionDenied
    return cohort


def _run_meeting(request: AuthenticatedRequest, uuid: UUID) -> Meeting:
    rows = Meeting.objects.visible_to(request.user)
    meeting = get_object_or_404(calendar.shown(rows).select_related("cohort__version"), uuid=uuid)
    if not rules.can_run_cohorts(request.user, meeting.cohort.organization_id):
        raise PermissionDenied
    return meeting
