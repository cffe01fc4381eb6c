"""Completion statistics for academies and centres, as each night froze them."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedRequest
from base.errors import InvalidInput
from base.paging import KeyPage, page_by_key
from courses.models import Course
from reports import rules
from reports.models import CompletionStatistics
from reports.queries.completion import cohorts_overseen, compared, courses_overseen, days_of, last_frozen_day

ROWS_ON_A_PAGE = 50


@login_required
@require_safe
def completion_view(request: AuthenticatedRequest) -> HttpResponse:
    """How far the learners of each course are, beside 30 days before."""
    if not rules.can_see_completion(request.user):
        raise PermissionDenied
    on, page = last_frozen_day(), _page(courses_overseen(request.user), request)
    before = compared(page.items, on)
    rows = [
        (row, row.completed - before[row.course_id].completed if row.course_id in before else None)
        for row in page.items
    ]
    return render(request, "reports/completion.html", {"rows": rows, "page": page, "on": on})


@login_required
@require_safe
def completion_course_view(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """The cohorts of a course, and the course over its last days."""
    if not rules.can_see_completion(request.user):
        raise PermissionDenied
    courses = Course.objects.filter(pk__in=courses_overseen(request.user).values("course"))
    course = get_object_or_404(courses, slug=slug)
    page = _page(cohorts_overseen(course, request.user), request)
    values = {"course": course, "page": page, "on": last_frozen_day(), "days": days_of(course)}
    return render(request, "reports/completion_course.html", values)


def _page(rows: QuerySet[CompletionStatistics], request: AuthenticatedRequest) -> KeyPage[CompletionStatistics]:
    try:
        return page_by_key(rows, size=ROWS_ON_A_PAGE, cursor=request.GET.get("after"))
    except InvalidInput as error:
        raise Http404 from error
