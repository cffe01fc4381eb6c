"""A learner's own marks."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedRequest
from enrollment.queries.gradebook import marks_of
from learning.queries.quizzes import hidden_scores
from learning.views.player import find_enrollment


@login_required
@require_safe
def grades_view(request: AuthenticatedRequest, enrollment: UUID) -> HttpResponse:
    """What was reached in each graded lesson, what is missing, and how the grade comes about."""
    found = find_enrollment(request, enrollment)
    values = {
        "enrollment": found,
        "course": found.cohort.course,
        "marks": marks_of(found),
        "hidden": hidden_scores(found),
    }
    return render(request, "learning/grades.html", values)
