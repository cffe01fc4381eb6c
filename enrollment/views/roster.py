"""Attendance of an on-site lesson: one form for a whole group."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from base.errors import DomainError
from courses.models import Lesson
from enrollment import rules
from enrollment.forms.cohorts import RosterDayForm, RosterForm, planned_minutes
from enrollment.models import Cohort, Enrollment
from enrollment.services.attendance import Conflict, RosterChanged, minutes_on, record_roster

MOST_LEARNERS = 200


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def roster_view(request: AuthenticatedRequest, uuid: UUID, lesson: UUID) -> HttpResponse:
    """Show and take the minutes of each learner on a day; the same form sent again changes nothing."""
    cohort = get_object_or_404(Cohort.objects.visible_to(request.user).select_related("course"), uuid=uuid)
    if not rules.can_teach(request.user, cohort):
        raise PermissionDenied
    meeting = get_object_or_404(Lesson.objects.filter(version=cohort.version_id, kind=Lesson.Kind.ON_SITE), uuid=lesson)
    learners = cohort.enrollments.exclude(status=Enrollment.Status.WITHDRAWN).select_related("person")
    learners = learners.exclude(person=request.user.person_id or 0)  # nobody writes own minutes
    learners = learners.order_by("person__search_key", "pk")[:MOST_LEARNERS]
    day = _day(request)
    known = minutes_on(cohort, meeting, on=day)
    shown = known or (planned_minutes(meeting, learners) if "fill" in request.GET else {})
    form = RosterForm(request.POST or None, learners=learners, minutes=shown, known=known, initial={"on": day})
    kept = f"{cohort.uuid}-{meeting.uuid}-{day:%Y-%m-%d}"
    if form.is_valid():
        typed = form.cleaned_data
        try:
            written = record_roster(
                cohort,
                meeting,
                on=typed["on"],
                minutes=form.minutes(),
                seen=form.seen(),
                reason=typed["reason"],
                by=request.user,
            )
        except RosterChanged as error:
            values = {"cohort": cohort, "lesson": meeting, "form": form, "day": typed["on"], "kept": kept}
            values |= {"conflicts": error.conflicts, "rest": _rest(request, error.conflicts)}
            return render(request, "enrollment/roster_conflict.html", values, status=409)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            words = ngettext("Saved: %(n)s change.", "Saved: %(n)s changes.", written) % {"n": written}
            messages.success(request, words)
            here = reverse("enrollment:roster", args=[uuid, lesson])
            return redirect(f"{here}?on={typed['on']:%Y-%m-%d}&sent={kept}")
    values = {"cohort": cohort, "lesson": meeting, "form": form, "day": day, "days": RosterDayForm(initial={"on": day})}
    values |= {"has_entries": bool(known), "kept": kept}
    return render(request, "enrollment/roster.html", values, status=422 if form.errors else 200)


def _rest(request: AuthenticatedRequest, conflicts: list[Conflict]) -> list[tuple[str, str]]:
    """What was sent of the learners about whom there is no question."""
    asked = {f"{name}-{conflict.uuid}" for conflict in conflicts for name in ("minutes", "was")}
    sent = ((name, value) for name, value in request.POST.items() if name.startswith(("minutes-", "was-")))
    return [(name, str(value)) for name, value in sent if name not in asked]


def _day(request: AuthenticatedRequest) -> date:
    """The day that the address or the sent form names, today where it names none."""
    form = RosterDayForm(request.POST if request.method == "POST" else request.GET)
    return form.cleaned_data["on"] if form.is_valid() else timezone.localdate()
