"""How long each learner was in a class, and correcting it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import AuthenticatedRequest
from base.errors import DomainError
from base.paging import requested_page
from enrollment.models import Enrollment
from live import rules
from live.forms import MinutesForm
from live.models import LiveSession
from live.queries.minutes import learners_of, minutes_of
from live.services.attendance import correct_minutes
from live.views.room import find_session


@login_required
@require_GET
def minutes_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Every learner of the cohort with the minutes so far or, after the end, the minutes that count."""
    session = _taught_session(request, uuid)
    page = requested_page(request, learners_of(session), order=("id",))
    rows = minutes_of(session, page.items)
    has_doubtful = any(row.doubtful for row in rows)
    context = {"session": session, "rows": rows, "next": page.next, "has_doubtful": has_doubtful}
    return render(request, "live/minutes.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def correct_view(request: AuthenticatedRequest, uuid: UUID, enrollment: UUID) -> HttpResponse:
    session = _taught_session(request, uuid)
    learner = get_object_or_404(learners_of(session), uuid=enrollment)
    row = minutes_of(session, [learner])[0]
    form = MinutesForm(request.POST or None, initial={"minutes": row.counted if session.counted_at else row.will_count})
    if request.method == "POST" and form.is_valid() and _correct(request, session, learner, form):
        messages.success(request, _("The minutes are corrected."))
        return redirect("live:minutes", session.uuid)
    context = {"session": session, "row": row, "form": form}
    return render(request, "live/correct.html", context, status=422 if form.errors else 200)


def _correct(request: AuthenticatedRequest, session: LiveSession, learner: Enrollment, form: MinutesForm) -> bool:
    try:
        correct_minutes(session, learner, by=request.user, **form.cleaned_data)
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return False
    return True


def _taught_session(request: AuthenticatedRequest, uuid: UUID) -> LiveSession:
    session = find_session(request.user, uuid)
    if not rules.can_teach(request.user, session.cohort):
        raise PermissionDenied
    return session
