"""Moving a learner to another group; merging, splitting and copying groups."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from base.errors import DomainError
from base.forms import posted, show_refusal
from enrollment import rules
from enrollment.forms.cohort_changes import CopyForm, SplitForm, TargetForm
from enrollment.models import Cohort, Enrollment
from enrollment.services.cohort_changes import copy_cohort, merge_cohorts, split_cohort, transfer_enrollment


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def enrollment_transfer_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Move a learner to another group with all that was reached."""
    rows = Enrollment.objects.visible_to(request.user).select_related("person", "cohort")
    enrollment = get_object_or_404(rows, uuid=uuid)
    if not rules.can_run_cohorts(request.user, enrollment.cohort.organization_id):
        raise PermissionDenied
    values = {
        "title": _("Move %(name)s to another group?") % {"name": enrollment.person.name},
        "text": _("Progress, attendance and grade go along; the seat here becomes free."),
        "submit": _("Move to this group"),
    }

    def act(typed: dict[str, Any]) -> str:
        transfer_enrollment(enrollment, to=typed["cohort"], reason=typed["reason"], by=request.user)
        return reverse("enrollment:enrollment_detail", args=[uuid])

    form = TargetForm(posted(request), source=enrollment.cohort)
    return _ask(request, form, values, reverse("enrollment:enrollment_detail", args=[uuid]), act)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cohort_merge_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Move everybody into another group."""
    cohort = _run(request, uuid)
    learning = cohort.enrollments.filter(status=Enrollment.Status.ACTIVE).count()
    text = ngettext(
        "%(n)s learner moves with all results, and so do held seats. This group takes nobody any more.",
        "%(n)s learners move with all results, and so do held seats. This group takes nobody any more.",
        learning,
    )
    values = {
        "title": _("Merge group %(code)s into another?") % {"code": cohort.code},
        "text": text % {"n": learning},
        "submit": _("Merge"),
        "danger": True,
    }

    def act(typed: dict[str, Any]) -> str:
        merge_cohorts(cohort, into=typed["cohort"], reason=typed["reason"], by=request.user)
        return _page_of(typed["cohort"])

    return _ask(request, TargetForm(posted(request), source=cohort), values, _page_of(cohort), act)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cohort_split_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Make a second group and move some learners into it."""
    cohort = _run(request, uuid)
    values = {
        "title": _("Split group %(code)s in two?") % {"code": cohort.code},
        "text": _("The new group has the same course version, days and instructors. Its classes are planned anew."),
        "submit": _("Make the new group"),
    }

    def act(typed: dict[str, Any]) -> str:
        learners = list(typed.pop("learners"))
        return _page_of(split_cohort(cohort, **typed, enrollments=learners, by=request.user))

    return _ask(request, SplitForm(posted(request), source=cohort), values, _page_of(cohort), act)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cohort_copy_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Plan the same group for the next intake."""
    cohort = _run(request, uuid)
    values = {
        "title": _("Copy group %(code)s for the next intake") % {"code": cohort.code},
        "text": _("A draft with the same seats, instructors and calendar; classes keep their days of the week."),
        "submit": _("Make the draft"),
    }

    def act(typed: dict[str, Any]) -> str:
        copied = copy_cohort(cohort, **typed, by=request.user)
        if copied.holidays:
            days = ", ".join(f"{row.name} ({row.valid_from:%d.%m.%Y})" for row in copied.holidays)
            messages.info(request, _("Left out as days off: %(days)s.") % {"days": days})
        if n := copied.without_place:
            words = ngettext(
                "%(n)s class has no room and no instructor: theirs are taken then.",
                "%(n)s classes have no room and no instructor: theirs are taken then.",
                n,
            )
            messages.warning(request, words % {"n": n})
        return _page_of(copied.cohort)

    return _ask(request, CopyForm(posted(request)), values, _page_of(cohort), act)


def _ask(
    request: AuthenticatedRequest, form: Any, values: dict[str, Any], back: str, act: Callable[[dict[str, Any]], str]
) -> HttpResponse:
    """A question with a form; once it is answered, the page that `act` names."""
    if form.is_valid():
        try:
            return redirect(act(dict(form.cleaned_data)))
        except DomainError as error:
            show_refusal(form, error)
    values |= {"form": form, "cancel_url": back}
    return render(request, "confirm.html", values, status=422 if form.errors else 200)


def _page_of(cohort: Cohort) -> str:
    return reverse("enrollment:cohort_detail", args=[cohort.uuid])


def _run(request: AuthenticatedRequest, uuid: UUID) -> Cohort:
    rows = Cohort.objects.visible_to(request.user).filter(is_standing=False)
    cohort = get_object_or_404(rows.select_related("course", "organization", "version"), uuid=uuid)
    if not rules.can_run_cohorts(request.user, cohort.organization_id):
        raise PermissionDenied
    return cohort
