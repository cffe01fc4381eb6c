"""The gradebook and the completion report of a group: its learners by its lessons, page by page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedRequest
from accounts.models.people import full_name
from accounts.services import audit
from base.errors import DomainError
from base.forms import posted, show_refusal
from base.paging import KeyPage, count_up_to, requested_page
from base.templatetags.figures import number
from base.templatetags.marks import state
from courses.models import Lesson
from enrollment import rules
from enrollment.forms.gradebook import CompletionFilterForm, GradebookFilterForm, OverrideForm, SheetFilterForm
from enrollment.models import Cohort, Enrollment, LessonProgress
from enrollment.queries.gradebook import (
    ORDERS,
    Asked,
    Group,
    begun_of,
    changes_of,
    graded_columns,
    learners_of,
    marks_of,
    module_columns,
    scores_of,
)
from enrollment.services.grades import override_scores

AT_A_TIME = 50
NOTHING = "<td></td>"
NO_SCORE = (None, None)


@dataclass(frozen=True)
class Sheet:
    """What differs between the two: their columns, their filters, what is read of learners, how a line is drawn."""

    name: str
    columns: Callable[[int], list[Group]]
    form: type[SheetFilterForm]
    read: Callable[[Sequence[int], Sequence[int]], Mapping[int, Mapping[int, Any]]]
    cells: Callable[[Any, Sequence[Group], Mapping[int, Any]], str]


@login_required
@require_safe
def gradebook_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Each learner's score in each graded lesson, the means of the categories, and the grade."""
    return _sheet(request, uuid, GRADEBOOK)


@login_required
@require_safe
def completion_report_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Which lessons each learner has done, how far that is, and what was decided."""
    return _sheet(request, uuid, COMPLETION)


def _sheet(request: AuthenticatedRequest, uuid: UUID, sheet: Sheet) -> HttpResponse:
    cohort = find_cohort(request, uuid)
    groups = sheet.columns(cohort.version_id)
    form = sheet.form(request.GET, groups=groups)
    asked = form.asked()
    learners = learners_of(cohort, **asked)
    page = requested_page(request, learners, size=AT_A_TIME, order=_order(request, cohort))
    lesson: Asked | None = asked["lesson"]
    shown = [Group(None, "", [lesson])] if lesson else groups
    audit.record(f"{sheet.name}.listed", cohort, by=request.user, count=len(page.items))
    values = {
        "cohort": cohort,
        "sheet": sheet.name,
        "groups": shown,
        "has_titles": any(group.title for group in shown),
        "lesson": lesson,
        "form": form,
        "page": page,
        "lines": _draw(page, sheet, shown, cohort=cohort, lesson=lesson),
        "count": count_up_to(learners),
        "by_name": not cohort.is_standing,
    }
    return render(request, f"enrollment/{sheet.name}.html", values)


@login_required
@require_safe
def learner_marks_view(request: AuthenticatedRequest, uuid: UUID, enrollment: UUID) -> HttpResponse:
    """The marks of one learner, how the grade comes about, and which results were changed."""
    cohort = find_cohort(request, uuid)
    found = _learner(cohort, enrollment)
    audit.record("enrollment.read", found, by=request.user)
    values = {
        "cohort": cohort,
        "enrollment": found,
        "marks": marks_of(found),
        "changes": changes_of(found),
        "may_change": rules.can_grade(request.user, found),
    }
    return render(request, "enrollment/learner_marks.html", values)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def override_view(request: AuthenticatedRequest, uuid: UUID, enrollment: UUID, lesson: UUID) -> HttpResponse:
    """Let another result count than was earned, for a reason; nobody overwrites what somebody else wrote unseen."""
    cohort = find_cohort(request, uuid)
    found = _learner(cohort, enrollment)
    if not rules.can_grade(request.user, found):
        raise PermissionDenied
    of = get_object_or_404(Lesson.objects.filter(version=cohort.version_id).defer("body"), uuid=lesson)
    progress = LessonProgress.objects.filter(enrollment=found, lesson=of).first() or LessonProgress()
    form = OverrideForm(posted(request), progress=progress)
    back = reverse("enrollment:learner_marks", args=[uuid, enrollment])
    if form.is_valid():
        scores, seen = {of: form.wanted}, {of: form.cleaned_data["seen"]}
        try:
            override_scores(found, scores, seen=seen, reason=form.cleaned_data["reason"], by=request.user)
        except DomainError as error:
            form.look_at(progress)
            show_refusal(form, error)
        else:
            messages.success(request, _("The result is changed, and the grade counted again."))
            return redirect(back)
    values = {
        "title": _("Result in “%(lesson)s”") % {"lesson": of.name},
        "text": _("%(name)s. What counts now: %(score)s. What was earned: %(earned)s. The learner reads your reason.")
        % {"name": found.person.name, "score": number(progress.score), "earned": number(progress.earned)},
        "submit": _("Change the result"),
        "form": form,
        "cancel_url": back,
    }
    return render(request, "confirm.html", values, status=422 if form.errors else 200)


def _learner(cohort: Cohort, uuid: UUID) -> Enrollment:
    enrollment = get_object_or_404(cohort.enrollments.select_related("person"), uuid=uuid)
    enrollment.cohort = cohort
    return enrollment


def find_cohort(request: AuthenticatedRequest, uuid: UUID) -> Cohort:
    """A group that the user teaches in."""
    rows = Cohort.objects.visible_to(request.user).select_related("course", "organization", "version")
    cohort = get_object_or_404(rows, uuid=uuid)
    if not rules.can_teach(request.user, cohort):
        raise PermissionDenied
    return cohort


def _order(request: AuthenticatedRequest, cohort: Cohort) -> tuple[str, ...]:
    """By name or by grade; the newest first in a standing group, which has as many learners as there are."""
    order = request.GET.get("order", "")
    if cohort.is_standing and order.endswith("name"):
        order = ""
    return ORDERS.get(order, ("-id",) if cohort.is_standing else ORDERS["name"])


# --- Drawn here, since a page holds thousands of cells --------------------------------------------
LINE = '<tr><th scope="row" class="who"><a href="{}">{}</a></th>{}</tr>'


def _draw(
    page: KeyPage[Any], sheet: Sheet, groups: Sequence[Group], *, cohort: Cohort, lesson: Asked | None
) -> SafeString:
    reached = sheet.read([row.id for row in page.items], [one.pk for group in groups for one in group.lessons])
    base = reverse("enrollment:gradebook", args=[cohort.uuid])
    lines = []
    for row in page.items:
        name = escape(full_name(row.person__surname, row.person__given_name, row.person__patronymic))
        cells = sheet.cells(row, groups, reached[row.id])
        if lesson and sheet is GRADEBOOK:
            word = escape(_("Change"))
            cells += f'<td class="fact"><a href="{base}{row.uuid}/{lesson.uuid}/">{word}</a></td>'
        lines.append(LINE.format(f"{base}{row.uuid}/", name, cells))
    return mark_safe("".join(lines))  # noqa: S308  # names are escaped, the rest is ours


def _scores(row: Any, groups: Sequence[Group], scores: Mapping[int, Any]) -> str:
    language = get_language() or ""
    cells = [f'<td class="num fact">{_said(row.grade, language)}</td>']
    for group in groups:
        for lesson in group.lessons:
            score, override = scores.get(lesson.pk, NO_SCORE)
            mark = "" if override is None else "<b>*</b>"
            if score is None:
                cells.append(NOTHING)
            elif lesson.pass_score is not None and score < lesson.pass_score:
                cells.append(f'<td class="low">{_said(score, language)}{mark}<b>!</b></td>')
            else:
                cells.append(f"<td>{_said(score, language)}{mark}</td>")
        if group.pk is not None:
            mean = row.category_grades.get(str(group.pk))
            cells.append(f'<td class="mean">{_said(mean, language)}</td>')
    return "".join(cells)


def _steps(row: Any, groups: Sequence[Group], begun: Mapping[int, Any]) -> str:
    label = str(Enrollment.Status(row.status).label)
    cells = [
        (
            f'<td class="fact">{state(row.status, label)}</td>'
            f'<td class="num fact">{int(100 * row.progress)} %</td>'
            f'<td class="num">{int(100 * row.attendance)} %</td>'
            f'<td class="num">{_said(row.grade, get_language() or "")}</td>'
        )
    ]
    for group in groups:
        for lesson in group.lessons:
            if lesson.pk not in begun:
                cells.append(NOTHING)
            else:
                cells.append("<td>✓</td>" if begun[lesson.pk] else "<td>…</td>")
    return "".join(cells)


@lru_cache(maxsize=20_000)
def _said(score: Any, language: str) -> str:  # the language in force, by which the words are kept
    return "" if score is None else number(float(score))


GRADEBOOK = Sheet("gradebook", graded_columns, GradebookFilterForm, scores_of, _scores)
COMPLETION = Sheet("completion_report", module_columns, CompletionFilterForm, begun_of, _steps)
