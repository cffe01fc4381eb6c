"""Authoring: the film of a lesson, its sizes, poster and captions."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from base.downloads import file_response
from base.forms import ServiceForm, posted
from base.pages import press
from courses.models import Lesson, Video
from courses.services.videos import make_again, remove_captions, set_captions, set_poster
from learning.forms.media import CaptionForm, PosterForm
from learning.queries.films import file_of
from learning.views.teach_lessons import find_lesson


def find_film(request: AuthenticatedRequest, uuid: UUID) -> tuple[Lesson, Video]:
    """A lesson with its film; one without is not there."""
    lesson = find_lesson(request, uuid)
    if lesson.video is None:
        raise Http404
    return lesson, lesson.video


def _back(lesson: Lesson) -> str:
    return reverse("learning:teach_lesson", args=[lesson.uuid]) + "#film"


def answer_film(request: AuthenticatedRequest, lesson: Lesson, kind: str) -> HttpResponseBase:
    """The film of a lesson in one of its sizes, in byte ranges, or its poster."""
    file = file_of(lesson.video, kind) if lesson.video else None
    if file is None:
        raise Http404
    return file_response(request, file)


def answer_captions(lesson: Lesson, language: str) -> HttpResponse:
    captions = lesson.video.captions.filter(language=language).first() if lesson.video else None
    if captions is None:
        raise Http404
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=300"}
    return HttpResponse(captions.text, content_type="text/vtt; charset=utf-8", headers=headers)


@login_required
@require_safe
def film_view(request: AuthenticatedRequest, uuid: UUID, kind: str) -> HttpResponseBase:
    return answer_film(request, find_lesson(request, uuid), kind)


@login_required
@require_safe
def captions_view(request: AuthenticatedRequest, uuid: UUID, language: str) -> HttpResponse:
    return answer_captions(find_lesson(request, uuid), language)


@login_required
@require_POST
def make_again_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Try once more to make the sizes of a film."""
    lesson, video = find_film(request, uuid)
    done = _("Smaller sizes are being made.")
    return press(request, lambda: make_again(video, by=request.user), done=done, back=_back(lesson))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def poster_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    lesson, video = find_film(request, uuid)
    form = PosterForm(posted(request), request.FILES or None)

    def save() -> Video:
        file = form.cleaned_data["picture"]
        return set_poster(video, file=file, size=file.size, by=request.user)

    if form.saved(save):
        return redirect(_back(lesson))
    return _form_page(request, form, lesson, _("A picture for the film"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_captions_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    lesson, video = find_film(request, uuid)
    form = CaptionForm(posted(request), request.FILES or None, initial={"language": lesson.version.course.language})

    def save() -> object:
        file, language = form.cleaned_data["file"], form.cleaned_data["language"]
        return set_captions(video, language=language, data=file.read(2**20 + 1), by=request.user)

    if form.saved(save):
        messages.success(request, _("The captions are there."))
        return redirect(_back(lesson))
    return _form_page(request, form, lesson, _("Captions"))


@login_required
@require_POST
def remove_captions_view(request: AuthenticatedRequest, uuid: UUID, language: str) -> HttpResponse:
    lesson, video = find_film(request, uuid)
    done = _("The captions are gone.")
    return press(
        request, lambda: remove_captions(video, language=language, by=request.user), done=done, back=_back(lesson)
    )


def _form_page(request: AuthenticatedRequest, form: ServiceForm, lesson: Lesson, title: str) -> HttpResponse:
    context = {"form": form, "title": title, "course": lesson.version.course, "back": _back(lesson)}
    return render(request, "teach/form.html", context, status=422 if form.errors else 200)
