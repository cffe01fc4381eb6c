"""A learner's own notes and bookmarks; nobody else reaches them."""

from functools import partial
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from base.forms import posted
from base.pages import ask
from courses.models import Lesson
from enrollment.models import Enrollment
from learning.forms.notes import NoteForm, PlaceForm
from learning.models import Note
from learning.queries.notes import marks_of, notes_of_course
from learning.queries.player import outline_of
from learning.services.notes import remove_note, save_note, set_bookmark
from learning.views.player import find_enrollment, find_lesson


@login_required
@require_safe
def course_notes_view(request: AuthenticatedRequest, enrollment: UUID) -> HttpResponse:
    """All notes of a course, to be searched, printed and taken along."""
    found = find_enrollment(request, enrollment)
    words = request.GET.get("q", "")[:100]
    notes = notes_of_course(found, words)
    context = {"enrollment": found, "course": found.cohort.course, "notes": notes, "words": words}
    return render(request, "learning/notes.html", context)


@login_required
@require_safe
def notes_text_view(request: AuthenticatedRequest, enrollment: UUID) -> HttpResponse:
    """All notes of a course as a plain text to keep."""
    found = find_enrollment(request, enrollment)
    context = {"course": found.cohort.course, "notes": notes_of_course(found)}
    answer = render(request, "learning/notes.txt", context, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="notes-{found.cohort.course.slug}.txt"'
    return answer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lesson_notes_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID) -> HttpResponse:
    """The notes of a lesson, each in a form of its own; what was typed without a network is sent here too."""
    found = find_enrollment(request, enrollment)
    about = find_lesson(found, lesson)
    form = NoteForm(posted(request))
    if form.saved(lambda: _save(found, about, form)):
        return redirect(reverse("learning:lesson_notes", args=[found.uuid, about.uuid]) + "#notes")
    context = {
        "enrollment": found,
        "course": found.cohort.course,
        "lesson": about,
        "marks": marks_of(found, about, outline_of(found)),
        "form": form,
    }
    return render(request, "learning/lesson_notes.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def save_note_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID) -> JsonResponse:
    """Keep what is being typed; sent by notes.ts. Says in words when, and by which id and revision it is known now."""
    found = find_enrollment(request, enrollment)
    form = NoteForm(request.POST)
    note = form.saved(partial(_save, found, find_lesson(found, lesson), form))
    if note is None:
        words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return JsonResponse({"words": words}, status=422)
    words = _("Saved at %(time)s") % {"time": date_format(timezone.localtime(), "H:i:s")}
    return JsonResponse({"uuid": str(note.uuid), "revision": note.revision, "words": words})


def _save(enrollment: Enrollment, lesson: Lesson, form: NoteForm) -> Note:
    given = form.cleaned_data
    return save_note(
        enrollment,
        lesson,
        uuid=given["uuid"] or uuid4(),
        text=given["text"],
        seconds=given["seconds"] if lesson.kind == Lesson.Kind.VIDEO else None,
        seen=given["seen"] or 0,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_note_view(request: AuthenticatedRequest, enrollment: UUID, uuid: UUID) -> HttpResponse:
    """Ask first: a note cannot be brought back."""
    found = find_enrollment(request, enrollment)
    note = get_object_or_404(found.notes.select_related("lesson"), uuid=uuid)
    return ask(
        request,
        Form(posted(request)),
        partial(remove_note, note),
        back=reverse("learning:lesson_notes", args=[found.uuid, note.lesson.uuid]),
        done=_("The note is removed."),
        title=_("Remove this note?"),
        text=note.text,
        submit=_("Remove the note"),
        danger=True,
    )


@login_required
@require_POST
def bookmark_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID) -> HttpResponse:
    """Mark a lesson, at the place of its film that is sent along, or take the mark away."""
    found = find_enrollment(request, enrollment)
    marked = find_lesson(found, lesson)
    form = PlaceForm(request.POST)
    seconds = form.cleaned_data["seconds"] if form.is_valid() and marked.kind == Lesson.Kind.VIDEO else None
    set_bookmark(found, marked, on=request.POST.get("on") == "1", seconds=seconds)
    return redirect("learning:lesson", found.uuid, marked.uuid)
