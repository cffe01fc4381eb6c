"""Pages of learning groups: the list, the record, making, changing and cancelling one, letting people in."""

from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from accounts.models.people import called
from accounts.services import audit
from base.errors import DomainError
from base.forms import posted, show_refusal, told
from base.pages import ask, press
from base.paging import count_up_to, requested_page
from courses.models import Lesson
from enrollment import rules
from enrollment.forms.cohorts import CancelForm, CohortFilterForm, CohortForm, PeopleSearchForm, PersonForm
from enrollment.models import Cohort, Enrollment, Referral, Seat
from enrollment.models.cohorts import ANSWERING, TEACHING
from enrollment.queries.cohorts import cohorts_taught_by, with_counts
from enrollment.queries.prerequisites import Prerequisites
from enrollment.queries.waiting import ORDER
from enrollment.services.cohorts import cancel_cohort, change_cohort, create_cohort, publish_cohort
from enrollment.services.enrollments import enroll_person, enroll_self

FOUND_AT_MOST = 20


@login_required
@require_safe
def cohort_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """The groups of the providers where the user leads or teaches."""
    if not request.user.standing.has(*TEACHING):
        raise PermissionDenied
    form = CohortFilterForm(request.GET)
    rows = cohorts_taught_by(request.user, **form.asked())
    values = {
        "page": requested_page(request, with_counts(rows).select_related("course")),
        "count": count_up_to(rows),
        "form": form,
        "can_create": request.user.standing.has(*ANSWERING),
    }
    return render(request, "enrollment/cohort_list.html", values)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cohort_create_view(request: AuthenticatedRequest) -> HttpResponse:
    """Plan a group; it stays a draft until it is published."""
    if not request.user.standing.has(*ANSWERING):
        raise PermissionDenied
    form = CohortForm(posted(request), user=request.user)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            cohort = create_cohort(
                course=typed["course"],
                organization=typed["organization"],
                plan=form.plan(),
                instructors=typed["instructors"],
                by=request.user,
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect("enrollment:cohort_detail", cohort.uuid)
    return render(request, "enrollment/cohort_form.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cohort_edit_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Change dates, seats, place or instructors of a group; its course stays."""
    cohort = _run(request, uuid)
    form = CohortForm(posted(request), user=request.user, cohort=cohort)
    if form.is_valid():
        try:
            change_cohort(cohort, plan=form.plan(), instructors=form.cleaned_data["instructors"], by=request.user)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The group is changed."))
            return redirect("enrollment:cohort_detail", uuid)
    values = {"form": form, "cohort": cohort}
    return render(request, "enrollment/cohort_form.html", values, status=422 if form.errors else 200)


@login_required
@require_safe
def cohort_detail_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """One group with its seats; for its provider also with its learners, who waits for it, and its classes."""
    cohort = _find(request, uuid)
    values: dict[str, Any] = {"cohort": cohort, "teaches": rules.can_teach(request.user, cohort), "held": 0}
    if values["teaches"]:
        learners = cohort.enrollments.select_related("person")
        values |= {
            "runs": rules.can_run_cohorts(request.user, cohort.organization_id),
            "page": requested_page(request, learners),
            "count": count_up_to(learners),
            "held": cohort.seat_rows.filter(status=Seat.Status.HELD).count(),
            "instructors": cohort.instructors.select_related("person"),
            "classes": cohort.version.lessons.filter(kind=Lesson.Kind.ON_SITE).only("uuid", "version", "title"),
        }
        audit.record("enrollment.listed", cohort, by=request.user, count=len(values["page"].items))
    values["taken"] = cohort.seats_taken - values["held"]
    if values.get("runs"):
        values["waiting"] = _waiting(cohort)
    return render(request, "enrollment/cohort_detail.html", values)


def _waiting(cohort: Cohort) -> list[Referral]:
    """Referrals that want this group or any of its course here: held seats, new ones, the waiting list in its order.

    On referral_of_cohort, referral_by_status and referral_queue.
    """
    rows = Referral.objects.filter(organization=cohort.organization_id, course=cohort.course_id)
    rows = rows.select_related("person")
    status = Referral.Status
    held = rows.filter(status=status.ACCEPTED, cohort=cohort).order_by("pk")
    new = rows.filter(status=status.SUBMITTED).order_by("pk")
    queue = rows.filter(status=status.WAITLISTED).order_by(*ORDER)
    most = settings.LIST_ROWS
    return [referral for part in (held, new, queue) for referral in part[:most]][:most]


@login_required
@require_POST
def cohort_publish_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Let the group take learners."""
    cohort = _run(request, uuid)
    publish = partial(publish_cohort, cohort, by=request.user)
    return press(request, publish, done=_("The group takes learners now."), back=_record_of(uuid))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cohort_cancel_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Ask for the reason, say what will happen, and cancel."""
    cohort = _run(request, uuid)
    held = cohort.referrals.filter(status=Referral.Status.ACCEPTED).count()
    return ask(
        request,
        CancelForm(posted(request)),
        partial(cancel_cohort, cohort, by=request.user),
        back=_record_of(uuid),
        title=_("Cancel group %(code)s?") % {"code": cohort.code},
        text=_("Referrals with a held seat: %(held)s. They wait for your answer again.") % {"held": held},
        submit=_("Cancel the group"),
        danger=True,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cohort_enroll_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Find people by name and let them into the group, one after another; the search is audited."""
    cohort = _find(request, uuid)
    if not rules.can_enroll_others(request.user, cohort):
        raise PermissionDenied
    reach = rules.people_within_reach(request.user)
    if request.method == "POST":
        chosen = PersonForm(request.POST)
        person = get_object_or_404(reach, uuid=chosen.cleaned_data["person"] if chosen.is_valid() else None)
        done = _("%(name)s is enrolled.") % {"name": person.name}
        here = f"{request.path}?{request.GET.urlencode()}"
        enroll = partial(enroll_person, cohort=cohort, person=person, by=request.user)
        return press(request, enroll, done=done, back=here)
    form = PeopleSearchForm(request.GET or None)
    found = []
    if form.is_valid():
        reach = reach.filter(called(form.cleaned_data["q"]))
        found = list(reach.prefetch_related("employments__organization").order_by("search_key", "pk")[:FOUND_AT_MOST])
        audit.record("person.listed", by=request.user, filter={"q": form.cleaned_data["q"]}, count=len(found))
    inside = set(cohort.enrollments.exclude(status=Enrollment.Status.WITHDRAWN).values_list("person_id", flat=True))
    asked = Prerequisites([cohort.course], [person.pk for person in found])
    closed = {p.pk for p in found if asked.lacking(cohort.course_id, p.pk, cohort.organization_id)}
    values = {"cohort": cohort, "form": form, "found": found, "inside": inside, "closed": closed}
    values["runs"] = rules.can_run_cohorts(request.user, cohort.organization_id)
    return render(request, "enrollment/cohort_enroll.html", values)


@login_required
@require_POST
def cohort_join_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Enrol oneself in a group that is open to all, and begin."""
    cohort = _find(request, uuid)
    try:
        enrollment = enroll_self(cohort=cohort, user=request.user)
    except DomainError as error:
        messages.error(request, told(error))
        return redirect("enrollment:course_detail", cohort.course.slug)
    return redirect("learning:player", enrollment.uuid)


def _find(request: AuthenticatedRequest, uuid: UUID) -> Cohort:
    rows = with_counts(Cohort.objects.visible_to(request.user))
    return get_object_or_404(rows.select_related("course", "organization", "version"), uuid=uuid)


def _run(request: AuthenticatedRequest, uuid: UUID) -> Cohort:
    cohort = _find(request, uuid)
    if not rules.can_run_cohorts(request.user, cohort.organization_id):
        raise PermissionDenied
    return cohort


def _record_of(uuid: UUID) -> str:
    return reverse("enrollment:cohort_detail", args=[uuid])
