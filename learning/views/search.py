"""Search within a course."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedRequest
from base.rates import TooOften, limit_rate_of
from learning.queries.player import outline_of
from learning.queries.search import search_course
from learning.views.player import find_enrollment

SEARCHES_A_MINUTE = 30


@login_required
@require_safe
def search_view(request: AuthenticatedRequest, enrollment: UUID) -> HttpResponse:
    """Lessons and own notes with the words of `?q=`, in any spelling."""
    enrolled = find_enrollment(request, enrollment)
    words = " ".join(request.GET.get("q", "")[:100].replace("\0", "").split())
    context = {"enrollment": enrolled, "course": enrolled.cohort.course, "words": words, "found": None}
    if words:
        try:
            limit_rate_of(str(request.user.pk), "course-search", per_minute=SEARCHES_A_MINUTE)
        except TooOften as error:
            return render(request, "learning/search.html", context | {"trouble": str(error)}, status=error.status)
        context["found"] = search_course(enrolled, outline_of(enrolled), words)
    return render(request, "learning/search.html", context)
