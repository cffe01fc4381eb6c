"""The film of a class: its bytes, and how far somebody has watched."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST
from pydantic import BaseModel, Field, ValidationError

from accounts.http import AuthenticatedRequest
from accounts.models import User
from base.downloads import file_response
from live import rules
from live.models import Recording
from live.services.recordings import make_film_again, note_viewing
from live.views.room import find_session


class Stretch(BaseModel):
    """From which second of the film to which one somebody watched."""

    start: int = Field(ge=0, le=10**6)
    end: int = Field(ge=0, le=10**6)


def find_recording(user: User, uuid: UUID, recording: UUID) -> Recording:
    """A film that is there, hidden (404) from whoever has no business in the class."""
    session = find_session(user, uuid)
    return get_object_or_404(session.recordings.filter(status=Recording.Status.READY), uuid=recording)


@login_required
@require_GET
def recording_view(request: AuthenticatedRequest, uuid: UUID, recording: UUID) -> HttpResponseBase:
    return file_response(request, find_recording(request.user, uuid, recording).file)


@login_required
@require_POST
def again_view(request: AuthenticatedRequest, uuid: UUID, recording: UUID) -> HttpResponse:
    """Have a film tried again that could not be made."""
    session = find_session(request.user, uuid)
    if not rules.can_teach(request.user, session.cohort):
        raise PermissionDenied
    make_film_again(get_object_or_404(session.recordings, uuid=recording), by=request.user)
    return redirect("live:room", session.uuid)


@login_required
@require_POST
def watched_view(request: AuthenticatedRequest, uuid: UUID, recording: UUID) -> HttpResponse:
    """Keep where a learner goes on, and what they watched; of others nothing is kept."""
    film = find_recording(request.user, uuid, recording)
    try:
        stretch = Stretch.model_validate(request.POST.dict())
    except ValidationError:
        return HttpResponse(status=422)
    enrollment = rules.enrollment_of(request.user, film.session.cohort)
    if enrollment:
        note_viewing(film, enrollment, start=stretch.start, end=stretch.end)
    return HttpResponse(status=204)
