"""Authoring: a course in a further language, piece by piece, beside the original."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedRequest
from base.forms import posted
from base.languages import LANGUAGE_CODES
from courses.html import shown_html
from courses.models import Course, CourseVersion
from courses.services.translations import Piece, translate
from courses.translations import DONE, LATE, source_of, state_of
from learning.forms.translations import LABELS, LanguageForm, TranslationForm
from learning.queries.translations import piece_of, pieces_of, texts_of
from learning.views.teach_courses import find_version


@login_required
@require_safe
def translation_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """What is translated into the language that `?to=` names, what is not, and what has changed since."""
    version = find_version(request, uuid)
    asked = request.GET.get("to", "")
    usual = "ru" if version.course.language != "ru" else "uz"
    language = asked if asked in LANGUAGE_CODES and asked != version.course.language else usual
    pieces = pieces_of(version, language)
    context = {
        "version": version,
        "course": version.course,
        "form": LanguageForm(initial={"to": language}),
        "target": language,
        "pieces": pieces,
        "done": sum(piece.state == DONE for piece in pieces),
    }
    return render(request, "teach/translation.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def translate_view(request: AuthenticatedRequest, uuid: UUID, language: str, piece: UUID) -> HttpResponse:
    """One piece beside its original; afterwards the next one that lacks a translation."""
    version = find_version(request, uuid)
    found = piece_of(version, piece)
    if found is None or language not in LANGUAGE_CODES:
        raise Http404
    form = TranslationForm(posted(request), piece=found, language=language)
    if form.saved(lambda: translate(found, language=language, texts=form.cleaned_data, by=request.user)):
        messages.success(request, _("Saved."))
        return redirect(_next(version, language, found))
    context = {
        "version": version,
        "course": version.course,
        "form": form,
        "name": str(found),
        "target": language,
        "rows": _rows(found, form, version.course.language, language),
        "is_draft": version.status == CourseVersion.Status.DRAFT or isinstance(found, Course),
        "back": _overview(version, language),
    }
    return render(request, "teach/translate.html", context, status=422 if form.errors else 200)


def _rows(piece: Piece, form: TranslationForm, written_in: str, language: str) -> list[dict[str, object]]:
    """Each text of a piece: the original, as it is shown, and the field beside it."""
    rows = []
    for name in texts_of(piece):
        if name in form.fields:
            texts = getattr(piece, name)
            source = source_of(texts, written_in)
            marks = piece.translated_from.get(name, {})
            rows.append(
                {
                    "label": LABELS[name],
                    "source": source,
                    "original": shown_html(texts.get(source, "")) if name == "body" else texts.get(source, ""),
                    "is_html": name == "body",
                    "is_late": state_of(texts, marks, source=source, target=language) == LATE,
                    "field": form[name],
                }
            )
    return rows


def _overview(version: CourseVersion, language: str) -> str:
    return f"{reverse('learning:teach_translation', args=[version.uuid])}?to={language}"


def _next(version: CourseVersion, language: str, piece: Piece) -> str:
    """The next piece that lacks a translation, else the overview."""
    pieces = pieces_of(version, language)
    here = next(n for n, one in enumerate(pieces) if one.uuid == piece.uuid)
    after = next((one for one in pieces[here + 1 :] if one.state != DONE), None)
    if after is None:
        return _overview(version, language)
    return reverse("learning:teach_translate", args=[version.uuid, language, after.uuid])
