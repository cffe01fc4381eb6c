"""A learner evaluates the group at the end; its provider reads what all of them said, without names."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedRequest
from base.errors import DomainError
from base.forms import posted, show_refusal
from enrollment import rules
from enrollment.forms.evaluations import EvaluationForm
from enrollment.models import Cohort, Enrollment
from enrollment.queries.evaluations import LEAST, evaluation_of
from enrollment.services.evaluations import evaluate_cohort, may_evaluate


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def evaluation_answer_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Ask the learner; answered once."""
    rows = Enrollment.objects.visible_to(request.user).select_related("cohort__course")
    enrollment = get_object_or_404(rows, uuid=uuid)
    if enrollment.person_id != request.user.person_id:
        raise PermissionDenied
    form = EvaluationForm(posted(request))
    if form.is_valid():
        try:
            evaluate_cohort(enrollment, ratings=form.ratings(), text=form.cleaned_data["text"])
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Thank you. Your answer is kept without your name."))
            return redirect("enrollment:evaluation_answer", uuid)
    values = {"form": form, "enrollment": enrollment, "may": may_evaluate(enrollment), "least": LEAST}
    return render(request, "enrollment/evaluation_form.html", values, status=422 if form.errors else 200)


@login_required
@require_safe
def evaluation_results_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """What the learners of a group said, from five answers on."""
    cohort = get_object_or_404(Cohort.objects.visible_to(request.user).select_related("course"), uuid=uuid)
    if not rules.can_teach(request.user, cohort):
        raise PermissionDenied
    values = {"cohort": cohort, "results": evaluation_of(cohort), "least": LEAST}
    return render(request, "enrollment/evaluation_results.html", values)
