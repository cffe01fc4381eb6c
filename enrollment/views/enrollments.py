"""The record of one learner in one group: results, decision, what came after, and the way to sign in."""

from collections.abc import Callable
from functools import partial
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
from base.forms import posted
from base.pages import ask, press
from courses.models import Lesson
from enrollment import rules
from enrollment.forms.enrollments import DecisionForm, OutcomeForm, ResultForm
from enrollment.forms.referrals import WithdrawForm
from enrollment.models import Completion, Enrollment, EnrollmentMove, Outcome
from enrollment.queries.enrollments import lessons_with_results
from enrollment.queries.histories import Reasons, events_of
from enrollment.queries.prerequisites import exceptions_of
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
    return ask(
        request,
        OutcomeForm(posted(request)),
        partial(record_outcome, enrollment, by=request.user),
        back=_record_of(enrollment),
        title=_("What came of the course?"),
        text=f"{enrollment.person.name} · {enrollment.cohort.course.name}",
        submit=_("Write it down"),
    )


def _record(request: AuthenticatedRequest, enrollment: Enrollment) -> dict[str, Any]:
    user, cohort, referral = request.user, enrollment.cohort, enrollment.referral
    runs = rules.can_run_cohorts(user, cohort.organization_id)
    moves = EnrollmentMove.objects.filter(enrollment=enrollment).select_related("by__person")
    return {
        "enrollment": enrollment,
        "lessons": lessons_with_results(enrollment),
        "events": events_of(list(moves), Reasons()),
        "completion": Completion.objects.filter(enrollment=enrollment, superseded_by=None).first(),
        "exceptions": exceptions_of(enrollment),
        "outcomes": enrollment.outcomes.select_related("kind").order_by("-on", "-pk"),
        "reads_referral": referral is not None and rules.can_view_referral(user, referral),
        "may_record": rules.can_record_outcome(user, enrollment),
        "judges": rules.can_judge_outcome(user, enrollment),
        "teaches": rules.can_teach(user, cohort) and enrollment.status != Status.WITHDRAWN,
        "is_active": runs and enrollment.status == Status.ACTIVE,
        "is_decided": runs and enrollment.status in DECIDED,
        "may_contest": enrollment.person_id == user.person_id and enrollment.status != Status.WITHDRAWN,
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
    act = partial(settle, outcome, by=request.user)
    return press(request, act, done=_("Written down."), back=_record_of(enrollment))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def result_view(request: AuthenticatedRequest, uuid: UUID, lesson: UUID) -> HttpResponse:
    """Write a result down by hand."""
    enrollment = _find(request, uuid)
    if not rules.can_teach(request.user, enrollment.cohort):
        raise PermissionDenied
    of = get_object_or_404(Lesson.objects.filter(version=enrollment.cohort.version_id), uuid=lesson)
    return ask(
        request,
        ResultForm(posted(request)),
        partial(record_result_by_hand, enrollment, of, by=request.user),
        back=_record_of(enrollment),
        title=_("Result in “%(lesson)s”") % {"lesson": of.name},
        text=enrollment.person.name,
        submit=_("Write the result down"),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def enrollment_withdraw_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Let a learner leave the course."""
    enrollment = _run(request, uuid)
    return ask(
        request,
        WithdrawForm(posted(request)),
        partial(withdraw_enrollment, enrollment, by=request.user),
        back=_record_of(enrollment),
        title=_("Let %(name)s leave the course?") % {"name": enrollment.person.name},
        text=_("The seat becomes free. Results stay written down, and nothing can be added."),
        submit=_("End the enrolment"),
        danger=True,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def enrollment_decide_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Decide by hand that the rules are not met, or turn a decision round."""
    enrollment = _run(request, uuid)
    decide: Callable[..., object] = partial(fail_enrollment, enrollment, by=request.user)
    if enrollment.status == Status.ACTIVE:
        title = _("Decide that %(name)s did not complete the course?")
    else:
        is_met = enrollment.status == Status.FAILED
        decide = partial(correct_completion, enrollment, is_met=is_met, by=request.user)
        title = _("Correct: %(name)s completed the course?")
        if not is_met:
            title = _("Correct: %(name)s did not complete the course?")
    return ask(
        request,
        DecisionForm(posted(request)),
        decide,
        back=_record_of(enrollment),
        title=title % {"name": enrollment.person.name},
        text=_("The reason is kept with the decision."),
        submit=_("Decide"),
        danger=True,
    )


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
    code = make_activation_code(learner, by=request.user)
    values = {"person": person, "code": code, "back_url": _record_of(enrollment)}
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


def _record_of(enrollment: Enrollment) -> str:
    return reverse("enrollment:enrollment_detail", args=[enrollment.uuid])
