"""The lessons of a course that a learner keeps on a device."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedRequest
from learning.queries.player import outline_of
from learning.queries.shelf import shelf_of
from learning.views.player import find_enrollment


@login_required
@require_safe
def shelf_view(request: AuthenticatedRequest, enrollment: UUID) -> HttpResponse:
    """What can be kept, with sizes; what is kept, only the device knows."""
    found = find_enrollment(request, enrollment)
    parts = shelf_of(found.cohort.version_id, outline_of(found))
    context = {"enrollment": found, "course": found.cohort.course, "parts": parts}
    return render(request, "learning/shelf.html", context)
