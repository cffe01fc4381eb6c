"""Training plans of districts: the list, one plan as a paper, its lines, and what became of them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from accounts.services import audit
from base.errors import DomainError
from base.forms import posted, show_refusal
from base.pages import ask, press
from base.paging import count_up_to, requested_page
from reports import rules
from reports.exports import FILES, table_file
from reports.forms.plans import CloseForm, LineForm, PlanFilterForm, StartForm, values_of
from reports.models import PlanLine, PlanLineChange, PlanMove, TrainingPlan
from reports.queries.plans import FIGURES, ORDER, Progress, districts_to_plan, plan_lines, progress_of, rows_of_line
from reports.services import plans

PLANS_ON_A_PAGE = 20  # what became of each is counted
HEADS = {
    "referred": gettext_lazy("Referred"),
    "enrolled": gettext_lazy("Enrolled"),
    "completed": gettext_lazy("Completed"),
    "employed": gettext_lazy("In work"),
}
Status = TrainingPlan.Status


@login_required
@require_safe
def plan_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """The plans within reach, the latest season first, each with how far it is."""
    if not rules.can_see_plans(request.user):
        raise PermissionDenied
    visible = TrainingPlan.objects.visible_to(request.user)
    form = PlanFilterForm(request.GET, plans=visible)
    rows = visible.filter(**form.asked())
    page = requested_page(request, rows.select_related("district__region"), size=PLANS_ON_A_PAGE, order=ORDER)
    progress = progress_of(page.items)
    sums = {plan.pk: Progress() for plan in page.items}
    counts = dict.fromkeys(sums, 0)
    lines = PlanLine.objects.visible_to(request.user).filter(plan__in=page.items)
    for pk, plan in lines.values_list("pk", "plan"):
        sums[plan].add(progress[pk])
        counts[plan] += 1
    values = {
        "page": page,
        "form": form,
        "count": count_up_to(rows),
        "lines": [(plan, sums[plan.pk], counts[plan.pk]) for plan in page.items],
        "may_start": districts_to_plan(request.user).exists(),
    }
    return render(request, "reports/plan_list.html", values)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan_create_view(request: AuthenticatedRequest) -> HttpResponse:
    """Begin a plan; a season that has one leads there."""
    if not districts_to_plan(request.user).exists():
        raise PermissionDenied
    form = StartForm(posted(request), user=request.user, initial={"district": request.GET.get("district", "")})
    if form.is_valid():
        plan = plans.start_plan(**form.cleaned_data, by=request.user)
        return redirect("reports:plan_detail", plan.uuid)
    return render(request, "reports/plan_form.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_safe
def plan_detail_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """One plan: its lines with what became of them, and its history; made to be printed and signed."""
    plan = _find(request, uuid)
    lines, total = _lines(request, plan)
    place = {"region": plan.district.region_id, "district": plan.district_id}
    may_write = rules.can_plan(request.user, plan.district)
    values = {
        "plan": plan,
        "heads": HEADS.values(),
        "lines": lines,
        "total": total,
        "may_write": may_write and plan.status != Status.CLOSED,
        "sees_people": rules.can_open_rows(request.user, "waiting", **place),
        "is_whole": rules.looks_over(request.user, *rules.OVERSEERS, **place),
        "events": _events(plan, lines),
    }
    return render(request, "reports/plan_detail.html", values)


@login_required
@require_safe
def plan_table_view(request: AuthenticatedRequest, uuid: UUID, form: str) -> HttpResponse:
    """The lines of a plan as a file for spreadsheets."""
    plan = _find(request, uuid)
    if form not in FILES:
        raise Http404
    lines, _total = _lines(request, plan)
    named = (_("Code"), _("Occupation"), _("Course"), _("Provider"), _("Target"))
    heads = [*named, *HEADS.values(), _("Due by"), _("Who answers for it"), _("Note")]
    return table_file(form, f"plan-{plan.district.code}-{plan.year}-{plan.season}", heads, map(_cells, lines))


@login_required
@require_POST
def plan_propose_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Add lines for the groups that would be filled."""
    plan = _find_to_write(request, uuid)
    try:
        added = plans.propose_lines(plan, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        said = ngettext("%(n)s line was proposed.", "%(n)s lines were proposed.", added) % {"n": added}
        none = _("Nothing is left to propose: no further new group would be filled.")
        messages.success(request, said if added else none)
    return redirect("reports:plan_detail", uuid)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan_agree_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Ask, and agree on a plan."""
    plan = _find_to_write(request, uuid)
    back = reverse("reports:plan_detail", args=[uuid])
    if request.method == "POST":
        return press(request, lambda: plans.agree_plan(plan, by=request.user), done=_("The plan is agreed."), back=back)
    owners = plan.lines.order_by().values("owner").distinct().count()
    values = {
        "title": _("Agree on this plan?"),
        "text": _("Its lines change with a reason alone from then on. Told of it are those who answer for them: %(n)s.")
        % {"n": owners},
        "submit": _("Agree on the plan"),
        "cancel_url": back,
    }
    return render(request, "confirm.html", values)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan_close_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Ask, and close a plan with what it reached."""
    plan = _find_to_write(request, uuid)
    return ask(
        request,
        CloseForm(posted(request)),
        lambda **typed: plans.close_plan(plan, **typed, by=request.user),
        back=reverse("reports:plan_detail", args=[uuid]),
        done=_("The plan is closed."),
        title=_("Close this plan?"),
        text=_("What each line has reached by now is written down for good. Nothing of it changes any more."),
        submit=_("Close the plan"),
        danger=True,
    )


# --- Lines ----------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def line_create_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Write a line into a plan."""
    plan = _find_to_write(request, uuid)
    form = LineForm(posted(request), plan=plan, initial={"due_on": plan.ends_on})
    return _line_form(request, form, title=_("Add a line"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def line_edit_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Change a line; of an agreed plan with a reason."""
    line = _find_line(request, uuid)
    if not rules.can_plan(request.user, line.plan.district):
        raise PermissionDenied
    form = LineForm(posted(request), plan=line.plan, line=line, initial=values_of(line))
    return _line_form(request, form, title=_("Change a line"))


@login_required
@require_POST
def line_remove_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Take a line out of a draft."""
    line = _find_line(request, uuid)
    if not rules.can_plan(request.user, line.plan.district):
        raise PermissionDenied
    back = reverse("reports:plan_detail", args=[line.plan.uuid])
    act = lambda: plans.remove_line(line, by=request.user)  # noqa: E731  # as press wants it
    return press(request, act, done=_("The line is removed."), back=back)


@login_required
@require_safe
def line_rows_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Whom a figure of a line counts, as far as they are the reader's to see; the reading is audited."""
    line = _find_line(request, uuid)
    figure = request.GET.get("figure", "enrolled")
    if figure not in FIGURES:
        raise Http404
    rows = rows_of_line(line, figure, request.user)
    page = requested_page(request, rows)
    audit.record(
        "referral.listed", by=request.user, filter={"line": str(uuid), "figure": figure}, count=len(page.items)
    )
    values = {"line": line, "figure": figure, "title": HEADS[figure], "page": page, "count": count_up_to(rows)}
    return render(request, "reports/plan_rows.html", values)


def _line_form(request: AuthenticatedRequest, form: LineForm, *, title: str) -> HttpResponse:
    if form.is_valid():
        typed, reason = form.line_plan(), form.cleaned_data.get("reason", "")
        try:
            if form.line:
                plans.change_line(form.line, typed, reason=reason, by=request.user)
            else:
                plans.add_line(form.plan, typed, reason=reason, by=request.user)
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect("reports:plan_detail", form.plan.uuid)
    values = {"form": form, "plan": form.plan, "title": title}
    return render(request, "reports/plan_line_form.html", values, status=422 if form.errors else 200)


def _find(request: AuthenticatedRequest, uuid: UUID) -> TrainingPlan:
    return get_object_or_404(
        TrainingPlan.objects.visible_to(request.user).select_related("district__region"), uuid=uuid
    )


def _find_to_write(request: AuthenticatedRequest, uuid: UUID) -> TrainingPlan:
    plan = _find(request, uuid)
    if not rules.can_plan(request.user, plan.district):
        raise PermissionDenied
    return plan


def _find_line(request: AuthenticatedRequest, uuid: UUID) -> PlanLine:
    rows = PlanLine.objects.visible_to(request.user).select_related(
        "plan__district__region", "profession", "course", "organization", "owner__person"
    )
    return get_object_or_404(rows, uuid=uuid)


def _lines(request: AuthenticatedRequest, plan: TrainingPlan) -> tuple[list[tuple[PlanLine, Progress]], Progress]:
    """The lines that the reader sees, each with what became of it, and their sum."""
    progress, total = progress_of([plan]), Progress()
    lines = [(line, progress[line.pk]) for line in plan_lines(plan, request.user)]
    for _line, reached in lines:
        total.add(reached)
    return lines, total


def _cells(row: tuple[PlanLine, Progress]) -> list[str]:
    line, reached = row
    named = [line.course.name if line.course else "", line.organization.name if line.organization else ""]
    figures = [str(getattr(reached, name)) for name in FIGURES]
    owner = [line.due_on.strftime("%d.%m.%Y"), line.owner.name, line.note]
    return [line.profession.code, line.profession.name, *named, str(line.target), *figures, *owner]


def _events(plan: TrainingPlan, lines: list[tuple[PlanLine, Progress]]) -> list[dict[str, Any]]:
    """The history of a plan, newest first: its moves, and the changes of the lines that the reader sees."""
    events: list[tuple[PlanMove | PlanLineChange, str, str]] = [
        (move, str(move.get_to_status_display()), move.note) for move in plan.moves.select_related("by__person")
    ]
    names = {line.pk: line.profession.name for line, _reached in lines}
    for change in PlanLineChange.objects.filter(line__in=names).select_related("by__person"):
        said = _("Line changed: %(name)s") if change.was else _("Line added: %(name)s")
        events.append((change, said % {"name": names[change.line_id]}, change.reason))
    events.sort(key=lambda event: event[0].at, reverse=True)
    return [
        {"at": row.at, "title": title, "by": row.by.name if row.by else "", "text": text} for row, title, text in events
    ]
