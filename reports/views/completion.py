"""Completion statistics for academies and centres, as each night froze them."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedRequest
from base.paging import requested_page
from courses.models import Course
from reports import rules
from reports.queries.completion import cohorts_overseen, compared, courses_overseen, days_of, last_frozen_day


@login_required
@require_safe
def completion_view(request: AuthenticatedRequest) -> HttpResponse:
    """How far the learners of each course are, beside 30 days before."""
    if not rules.can_see_completion(request.user):
        raise PermissionDenied
    on = last_frozen_day()
    page = requested_page(request, courses_overseen(request.user, on))
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
    on, course = last_frozen_day(), get_object_or_404(Course, slug=slug)
    if not courses_overseen(request.user, on).filter(course=course).exists():
        raise Http404
    page = requested_page(request, cohorts_overseen(course, request.user, on))
    values = {"course": course, "page": page, "on": on, "days": days_of(course, on)}
    return render(request, "reports/completion_course.html", values)
