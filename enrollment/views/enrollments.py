"""The record of one learner in one group: results, decision, what came after, and the way to sign in."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from accounts.services import audit
from accounts.services.activation import make_activation_code
from accounts.services.users import ensure_user
from base.errors import DomainError
from courses.models import Lesson
from enrollment import rules
from enrollment.forms.enrollments import DecisionForm, OutcomeForm, ResultForm
from enrollment.forms.referrals import WithdrawForm
from enrollment.models import Completion, Enrollment, EnrollmentMove, Outcome
from enrollment.queries.enrollments import lessons_with_results
from enrollment.queries.histories import Reasons, events_of
from enrollment.services.completions import correct_completion, fail_enrollment
from enrollment.services.enrollments import withdraw_enrollment
from enrollment.services.outcomes import confirm_outcome, contradict_outcome, record_outcome
from enrollment.services.progress import record_result_by_hand

Status = Enrollment.Status
DECIDED = (Status.COMPLETED, Status.FAILED)


@login_required
@require_safe
def enrollment_detail_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """How far a learner is, and what came of it; the reading is audited."""
    enrollment = _find(request, uuid)
    audit.record("enrollment.read", enrollment, by=request.user)
    return render(request, "enrollment/enrollment_detail.html", _record(request, enrollment))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def outcome_create_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Write down what happened after; a learner's own word waits for an official."""
    enrollment = _find(request, uuid)
    if not rules.can_record_outcome(request.user, enrollment):
        raise PermissionDenied
    values = {
        "title": _("What came of the course?"),
        "text": f"{enrollment.person.name} · {enrollment.cohort.course.name}",
        "submit": _("Write it down"),
    }

    def record(typed: dict[str, Any]) -> None:
        record_outcome(enrollment, **typed | {"kind": typed["kind"].code}, by=request.user)

    return _ask(request, enrollment, OutcomeForm(request.POST or None), values, record)


def _record(request: AuthenticatedRequest, enrollment: Enrollment) -> dict[str, Any]:
    user, cohort = request.user, enrollment.cohort
    runs = rules.can_run_cohorts(user, cohort.organization_id)
    moves = EnrollmentMove.objects.filter(enrollment=enrollment).select_related("by__person")
    return {
        "enrollment": enrollment,
        "lessons": lessons_with_results(enrollment),
        "events": events_of(list(moves), Reasons()),
        "completion": Completion.objects.filter(enrollment=enrollment, superseded_by=None).first(),
        "outcomes": enrollment.outcomes.select_related("kind").order_by("-on", "-pk"),
        "may_record": rules.can_record_outcome(user, enrollment),
        "judges": rules.can_judge_outcome(user, enrollment),
        "teaches": rules.can_teach(user, cohort) and enrollment.status != Status.WITHDRAWN,
        "is_active": runs and enrollment.status == Status.ACTIVE,
        "is_decided": runs and enrollment.status in DECIDED,
        "gives_code": rules.can_hand_out_code_for(user, enrollment),
    }


@login_required
@require_POST
def outcome_confirm_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Confirm what a learner said."""
    return _settle(request, uuid, confirm_outcome)


@login_required
@require_POST
def outcome_contradict_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Say that what a learner said is not so."""
    return _settle(request, uuid, contradict_outcome)


def _settle(request: AuthenticatedRequest, uuid: UUID, settle: Callable[..., Outcome]) -> HttpResponse:
    outcome = get_object_or_404(Outcome.objects.visible_to(request.user), uuid=uuid, enrollment__isnull=False)
    enrollment = get_object_or_404(_visible(request), pk=outcome.enrollment_id)
    if not rules.can_judge_outcome(request.user, enrollment):
        raise PermissionDenied
    return _act(request, enrollment, lambda: settle(outcome, by=request.user), _("Written down."))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def result_view(request: AuthenticatedRequest, uuid: UUID, lesson: UUID) -> HttpResponse:
    """Write a result down by hand."""
    enrollment = _find(request, uuid)
    if not rules.can_teach(request.user, enrollment.cohort):
        raise PermissionDenied
    of = get_object_or_404(Lesson.objects.filter(version=enrollment.cohort.version_id), uuid=lesson)
    form = ResultForm(request.POST or None)
    values = {
        "title": _("Result in “%(lesson)s”") % {"lesson": of.name},
        "text": enrollment.person.name,
        "submit": _("Write the result down"),
    }
    return _ask(
        request, enrollment, form, values, lambda typed: record_result_by_hand(enrollment, of, **typed, by=request.user)
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def enrollment_withdraw_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Let a learner leave the course."""
    enrollment = _run(request, uuid)
    values = {
        "title": _("Let %(name)s leave the course?") % {"name": enrollment.person.name},
        "text": _("The seat becomes free. Results stay written down, and nothing can be added."),
        "submit": _("End the enrolment"),
        "danger": True,
    }

    def withdraw(typed: dict[str, Any]) -> None:
        withdraw_enrollment(enrollment, reason=typed["reason"].code, note=typed["note"], by=request.user)

    return _ask(request, enrollment, WithdrawForm(request.POST or None), values, withdraw)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def enrollment_decide_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Decide by hand that the rules are not met, or turn a decision round."""
    enrollment = _run(request, uuid)
    words = {"name": enrollment.person.name}
    will_be_met = enrollment.status == Status.FAILED
    if enrollment.status == Status.ACTIVE:
        title = _("Decide that %(name)s did not complete the course?") % words
    elif will_be_met:
        title = _("Correct: %(name)s completed the course?") % words
    else:
        title = _("Correct: %(name)s did not complete the course?") % words
    values = {"title": title, "text": _("The reason is kept with the decision."), "submit": _("Decide"), "danger": True}

    def decide(typed: dict[str, Any]) -> None:
        if enrollment.status == Status.ACTIVE:
            fail_enrollment(enrollment, reason=typed["reason"], by=request.user)
        else:
            correct_completion(enrollment, is_met=will_be_met, reason=typed["reason"], by=request.user)

    return _ask(request, enrollment, DecisionForm(request.POST or None), values, decide)


@never_cache
@login_required
@require_POST
def activation_code_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Make an activation code for the learner and show it, this once; one who has a password needs none."""
    enrollment = _find(request, uuid)
    if not rules.can_hand_out_code_for(request.user, enrollment):
        raise PermissionDenied
    learner, person = ensure_user(enrollment.person, by=request.user), enrollment.person
    if learner.has_usable_password():
        messages.info(request, _("%(name)s has a password already and signs in with it.") % {"name": person.name})
        return redirect("enrollment:enrollment_detail", uuid)
    back = reverse("enrollment:enrollment_detail", args=[uuid])
    values = {"person": person, "code": make_activation_code(learner, by=request.user), "back_url": back}
    return render(request, "enrollment/activation_slip.html", values)


def _visible(request: AuthenticatedRequest) -> QuerySet[Enrollment]:
    related = (
        "person__user",
        "cohort__course",
        "cohort__organization",
        "cohort__version",
        "referral__mahalla__district",
    )
    return Enrollment.objects.visible_to(request.user).select_related(*related)


def _find(request: AuthenticatedRequest, uuid: UUID) -> Enrollment:
    return get_object_or_404(_visible(request), uuid=uuid)


def _run(request: AuthenticatedRequest, uuid: UUID) -> Enrollment:
    enrollment = _find(request, uuid)
    if not rules.can_run_cohorts(request.user, enrollment.cohort.organization_id):
        raise PermissionDenied
    return enrollment


def _act(request: AuthenticatedRequest, enrollment: Enrollment, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        act()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("enrollment:enrollment_detail", enrollment.uuid)


def _ask(
    request: AuthenticatedRequest,
    enrollment: Enrollment,
    form: Any,
    values: dict[str, Any],
    act: Callable[[dict[str, Any]], object],
) -> HttpResponse:
    """A question with a form; once it is answered, the record as it then is."""
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect("enrollment:enrollment_detail", enrollment.uuid)
    values |= {"form": form, "cancel_url": reverse("enrollment:enrollment_detail", args=[enrollment.uuid])}
    return render(request, "confirm.html", values, status=422 if form.errors else 200)
