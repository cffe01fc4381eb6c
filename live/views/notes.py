"""The notes of a class without a script, as text, and as they were."""

from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from pydantic import UUID4, BaseModel, Field, ValidationError

from accounts.http import AuthenticatedRequest
from base.errors import DomainError
from base.paging import requested_page
from live import rules
from live.models import LiveSession, Notes
from live.queries.notes import notes_of, text_at, turns
from live.services.notes import write_notes
from live.views.room import find_session


class Written(BaseModel):
    """What the form sends; a line of it may end with two characters."""

    version: int = Field(ge=0)
    text: str = Field(max_length=2 * Notes.LONGEST)
    key: UUID4


@login_required
@require_http_methods(["GET", "POST"])
def notes_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Write the notes, or read who wrote them when and how they were then; the latter is for who leads."""
    session = find_session(request.user, uuid)
    if request.method == "POST":
        return _write(request, session)
    if not rules.can_host(request.user, session):
        raise PermissionDenied
    page = requested_page(request, turns(session).select_related("user__person"), order=("-seq",))
    version = _version(request, session)
    context = {"session": session, "page": page, "version": version, "text": text_at(session, version)}
    return render(request, "live/notes.html", context)


@login_required
@require_GET
def notes_text_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """The notes as a file; as they were, for who leads."""
    session = find_session(request.user, uuid)
    version = _version(request, session)
    if version != session.notes_version and not rules.can_host(request.user, session):
        raise PermissionDenied
    answer = HttpResponse(text_at(session, version), content_type="text/plain; charset=utf-8")
    name = f"{session.lesson.name} {session.starts_at:%Y-%m-%d}.txt"
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


def _write(request: AuthenticatedRequest, session: LiveSession) -> HttpResponse:
    """Keep what was written; where that is refused, show it beside what stands there."""
    try:
        written = Written.model_validate(request.POST.dict())
        write_notes(session, by=request.user, **written.model_dump())
    except ValidationError:
        refusal, status = _("This was not saved: it is too long, or the page is out of date."), 422
    except DomainError as error:
        refusal, status = str(error), error.status
    else:
        return redirect(reverse("live:room", args=[session.uuid]) + "#notes")
    session.refresh_from_db()
    context = {
        "session": session,
        "refusal": refusal,
        "own": request.POST.get("text", ""),
        "notes": notes_of(session),
        "may_write": session.status == LiveSession.Status.LIVE and rules.can_write_notes(request.user, session),
        "notes_key": uuid4(),
    }
    return render(request, "live/notes_refused.html", context, status=status)


def _version(request: AuthenticatedRequest, session: LiveSession) -> int:
    """The version asked for, else the one that stands."""
    asked = request.GET.get("version", str(session.notes_version))
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10 and int(asked) <= session.notes_version):
        raise Http404
    return int(asked)
