"""The code on the wall of an on-site class, and what the telephone that scans it opens."""

from uuid import UUID

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedRequest
from base.errors import DomainError
from base.rates import TooOften, limit_rate, limit_rate_of
from enrollment import rules
from enrollment.codes import is_on_the_wall, wall_code
from enrollment.models import Enrollment, Meeting
from enrollment.queries.calendar import shown
from enrollment.services.presence import sign_in_to_meeting, signed_in_to, takes_codes

SEEN = "wall-seen"  # in the session: the class whose code this browser scanned, and when
MINUTES_TO_SIGN_IN = 10


@never_cache
@login_required
@require_safe
def wall_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """The big screen of the instructor: the code of this moment, and how many have signed in."""
    meeting = get_object_or_404(shown(Meeting.objects.visible_to(request.user)), uuid=uuid)
    if not rules.can_teach(request.user, meeting.cohort):
        raise PermissionDenied
    code = wall_code(meeting.uuid, timezone.now())
    address = request.build_absolute_uri(reverse("enrollment:wall_scan", args=[uuid, code]))
    # The address is ours and segno writes the SVG: nothing in it comes from people.
    picture = mark_safe(segno.make(address, error="m").svg_inline(border=4, omitsize=True, light="#fff"))  # noqa: S308  # ours
    learning = meeting.cohort.enrollments.exclude(status=Enrollment.Status.WITHDRAWN).count()
    values = {"meeting": meeting, "picture": picture, "present": signed_in_to(meeting), "learning": learning}
    values["takes_codes"] = takes_codes(meeting)
    return render(request, "enrollment/wall.html", values)


@never_cache
@require_safe
def wall_scan_view(request: HttpRequest, uuid: UUID, code: str) -> HttpResponse:
    """What the camera opens: a code that stands on the wall now leads on, to sign-in where that is needed."""
    try:
        limit_rate(request, "wall", per_minute=300)  # a whole class comes from one address
    except TooOften as error:
        return render(request, "enrollment/wall_old.html", {"words": str(error)}, status=429)
    if not is_on_the_wall(code, uuid, timezone.now()):
        return render(request, "enrollment/wall_old.html", status=410)
    request.session[SEEN] = [str(uuid), timezone.now().timestamp()]
    return redirect("enrollment:wall_present", uuid)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def wall_present_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Say that one is here, soon after this very browser saw the code."""
    seen, at = request.session.get(SEEN, ["", 0])
    if seen != str(uuid) or timezone.now().timestamp() - at > 60 * MINUTES_TO_SIGN_IN:
        return render(request, "enrollment/wall_old.html", status=410)
    meeting = get_object_or_404(shown(Meeting.objects.all()), uuid=uuid)
    if request.method == "POST":
        try:
            limit_rate_of(str(request.user.pk), "wall-present", per_minute=10)
            entry = sign_in_to_meeting(meeting, by=request.user)
        except DomainError as error:
            return render(request, "enrollment/wall_old.html", {"words": str(error)}, status=error.status)
        words = _("You are written down: %(minutes)s minutes of “%(lesson)s”.")
        messages.success(request, words % {"minutes": entry.minutes, "lesson": entry.lesson.name})
        return redirect("enrollment:own_classes")
    return render(request, "enrollment/wall_present.html", {"meeting": meeting})
