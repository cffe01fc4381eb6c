"""Slides of a class: sending them in, their pictures, and what is on show."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import conditional_page, require_GET, require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from base.downloads import file_response
from base.errors import DomainError
from base.models import Upload
from base.pages import press
from base.paging import requested_page
from base.uploads import SizeLimit, is_too_large
from base.views import begin_upload
from live import rendering, rules
from live.models import Deck, LiveSession, Slide
from live.queries import slides as shown
from live.services.decks import MOST_BYTES, add_deck, add_uploaded_deck, check_file, make_again, remove_deck
from live.views.room import find_session
from live.views.stage import stage_context

PLAIN = "text/plain; charset=utf-8"
FOR_EVER = "private, max-age=31536000, immutable"  # a page of a deck never changes


@login_required
@require_GET
def slides_now_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """The part of the page that shows slides, as it stands now. Asked for by live.ts when others are opened."""
    return render(request, "live/_slides.html", stage_context(find_session(request.user, uuid), request.user))


@login_required
@require_safe
@conditional_page
def slide_view(request: AuthenticatedRequest, uuid: UUID, deck: UUID, number: int, size: str) -> HttpResponseBase:
    """The picture of a slide: for whoever sees a class that has seen the slides, and for who leads it."""
    sessions = LiveSession.objects.visible_to(request.user).open_to(request.user).filter(uuid=uuid)
    slide = shown.slides_seen_in(sessions, deck).filter(number=number).first()
    if slide is None:
        session = find_session(request.user, uuid)
        if not rules.can_host(request.user, session):
            raise Http404
        slide = get_object_or_404(Slide, deck__in=Deck.objects.usable_in(session).filter(uuid=deck), number=number)
    answer = file_response(request, slide.small if size == "small" else slide.large)
    if answer.status_code != 302:
        answer["Cache-Control"] = FOR_EVER
    return answer


# --- Sending in ----------------------------------------------------------------------------------
@csrf_exempt  # checked below, once the size of the file is limited
@require_http_methods(["GET", "POST"])
def slides_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    request.upload_handlers.insert(0, SizeLimit(request, MOST_BYTES))
    return _slides_page(request, uuid)


@csrf_protect
@login_required
def _slides_page(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """The slides of a class and of its course, and where others are sent in; works without a script."""
    session = _taught_session(request, uuid)
    if request.method == "GET":
        page = requested_page(request, shown.decks_of_course(session))
        return render(request, "live/slides.html", _decks(session) | {"page": page})
    file = request.FILES.get("file")
    if is_too_large(request) or file is None:
        too_large = _("The file is larger than %(most)d megabytes.") % {"most": MOST_BYTES // 2**20}
        messages.error(request, too_large if is_too_large(request) else _("Choose a PDF first."))
    else:
        try:
            add_deck(session, file=file, by=request.user)
        except DomainError as error:
            messages.error(request, str(error))
    return redirect("live:slides", uuid)


@login_required
@require_POST
def slides_upload_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Begin to send slides in parts. Sent by upload.ts."""
    session = _taught_session(request, uuid)
    return begin_upload(request, target=_target(session), check=check_file)


@login_required
@require_POST
def slides_add_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Keep slides that have arrived in parts; answers with the list of them. Sent by upload.ts."""
    session = _taught_session(request, uuid)
    uploads = Upload.objects.visible_to(request.user).filter(target=_target(session))
    try:
        upload = uploads.filter(uuid=UUID(request.POST.get("upload", ""))).first()
    except ValueError:
        upload = None
    try:
        if upload:
            add_uploaded_deck(session, upload=upload, by=request.user)
    except DomainError as error:
        return HttpResponse(str(error), status=error.status, content_type=PLAIN)
    return render(request, "live/_decks.html", _decks(session))


@login_required
@require_POST
def deck_again_view(request: AuthenticatedRequest, uuid: UUID, deck: UUID) -> HttpResponse:
    """Try once more to make the pages."""
    session, found = _taught_deck(request, uuid, deck)
    make_again(found, by=request.user)
    return redirect("live:slides", session.uuid)


@login_required
@require_POST
def deck_remove_view(request: AuthenticatedRequest, uuid: UUID, deck: UUID) -> HttpResponse:
    session, found = _taught_deck(request, uuid, deck)
    back = reverse("live:slides", args=[session.uuid])
    return press(request, lambda: remove_deck(found, by=request.user), back=back, done=_("The slides are removed."))


def _decks(session: LiveSession) -> dict[str, Any]:
    return {"session": session, "decks": shown.decks_of(session), "is_poppler_there": rendering.is_available()}


def _target(session: LiveSession) -> str:
    return f"slides:{session.uuid}"


def _taught_session(request: AuthenticatedRequest, uuid: UUID) -> LiveSession:
    session = find_session(request.user, uuid)
    if not rules.can_teach(request.user, session.cohort):
        raise PermissionDenied
    return session


def _taught_deck(request: AuthenticatedRequest, uuid: UUID, deck: UUID) -> tuple[LiveSession, Deck]:
    session = _taught_session(request, uuid)
    return session, get_object_or_404(Deck.objects.usable_in(session), uuid=deck)
