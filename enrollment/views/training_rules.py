"""The rules of mandatory training: the list, one rule with its figures, making and ending one."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedRequest
from base.errors import DomainError
from base.forms import posted, show_refusal
from base.paging import count_up_to, requested_page
from enrollment import rules
from enrollment.forms.mandatory import EndRuleForm, RuleForm
from enrollment.models import TrainingAssignment, TrainingRule
from enrollment.queries.training import counts_of, last_day, schedule_words
from enrollment.services.training_rules import create_rule, end_rule
from enrollment.views.training import check_ruling


@login_required
@require_safe
def rule_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """The rules that the user made or that bind own staff, the newest first."""
    check_ruling(request.user)
    rows = TrainingRule.objects.visible_to(request.user)
    page = requested_page(request, rows.select_related("issuer", "course"))
    lines = [(rule, schedule_words(rule.schedule), last_day(rule.valid_until)) for rule in page.items]
    return render(request, "enrollment/rule_list.html", {"page": page, "lines": lines, "count": count_up_to(rows)})


@login_required
@require_safe
def rule_detail_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """One rule: what it asks of whom, and how far those are whom the user follows up."""
    rule = _find(request, uuid)
    followed = TrainingAssignment.objects.managed_by(request.user).filter(rule=rule)
    values = {
        "rule": rule,
        "schedule": schedule_words(rule.schedule),
        "until": last_day(rule.valid_until),
        "counts": counts_of(followed),
        "may_end": rules.can_rule(request.user, rule.issuer_id) and rule.valid_until is None,
    }
    return render(request, "enrollment/rule_detail.html", values)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule_create_view(request: AuthenticatedRequest) -> HttpResponse:
    """Make a rule; whom it binds is worked out within a minute."""
    check_ruling(request.user)
    form = RuleForm(posted(request), user=request.user)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            rule = create_rule(issuer=typed["issuer"], course=typed["course"], plan=form.plan(), by=request.user)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The rule is in force. Whom it binds is being worked out."))
            return redirect("enrollment:rule_detail", rule.uuid)
    return render(request, "enrollment/rule_form.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule_end_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Ask from when on, say what will happen, and end the rule."""
    rule = _find(request, uuid)
    if not rules.can_rule(request.user, rule.issuer_id):
        raise PermissionDenied
    form = EndRuleForm(posted(request))
    if form.is_valid():
        try:
            end_rule(rule, on=form.cleaned_data["on"], by=request.user)
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect("enrollment:rule_detail", uuid)
    asked = TrainingAssignment.objects.filter(rule=rule, status__in=TrainingAssignment.OPEN)
    values = {
        "title": _("End the rule for “%(course)s”?") % {"course": rule.course.name},
        "text": _("From that day on it is asked of nobody. Open now: %(n)s. What was taken stays written down.")
        % {"n": asked.count()},
        "submit": _("End the rule"),
        "form": form,
        "cancel_url": reverse("enrollment:rule_detail", args=[uuid]),
        "danger": True,
    }
    return render(request, "confirm.html", values, status=422 if form.errors else 200)


def _find(request: AuthenticatedRequest, uuid: UUID) -> TrainingRule:
    rows = TrainingRule.objects.visible_to(request.user).select_related("issuer", "course")
    return get_object_or_404(rows.prefetch_related("employers", "categories"), uuid=uuid)
