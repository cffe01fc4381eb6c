"""Authoring: modules and lessons of a draft, and how a learner will see them."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from base.downloads import file_response
from base.errors import DomainError
from base.forms import posted
from base.languages import localized, nearest_language
from base.pages import ask
from courses.html import shown_html
from courses.models import CourseVersion, Lesson, Module, Question, QuizItem
from courses.queries import assignment_rules_of, rules_of
from courses.services import outline
from courses.services.drafts import drafts_of, drop_draft, keep_draft, others_at_work
from courses.services.outline import LessonFields
from courses.uploads import ALLOWED
from learning.forms.authoring import LessonForm, ModuleForm
from learning.queries.assignments import rules_in_words
from learning.queries.bank import statistics_in
from learning.queries.films import film_of
from learning.queries.player import outline_of_version
from learning.queries.quizzes import QuizWays, previewed, question_count
from learning.views.teach_courses import find_version


def find_module(request: AuthenticatedRequest, uuid: UUID) -> Module:
    modules = Module.objects.visible_to(request.user).select_related("version__course__provider")
    return get_object_or_404(modules, uuid=uuid)


def find_lesson(request: AuthenticatedRequest, uuid: UUID) -> Lesson:
    lessons = Lesson.objects.visible_to(request.user).select_related(
        "module", "version__course__provider", "video__job"
    )
    return get_object_or_404(lessons, uuid=uuid)


def _form_page(request: AuthenticatedRequest, form: object, title: str, version: CourseVersion) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "course": version.course,
        "back": reverse("learning:teach_version", args=[version.uuid]),
    }
    return render(request, "teach/form.html", context, status=422 if getattr(form, "errors", None) else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_module_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    version = find_version(request, uuid)
    form = ModuleForm(request.POST or None)
    if form.saved(lambda: outline.add_module(version, title=form.text("title"), by=request.user)):
        return redirect("learning:teach_version", version.uuid)
    return _form_page(request, form, _("New module"), version)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_module_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    module = find_module(request, uuid)
    form = ModuleForm(request.POST or None, initial={"title": module.title})
    if form.saved(lambda: outline.save_module(module, title=form.text("title"), by=request.user)):
        return redirect("learning:teach_version", module.version.uuid)
    return _form_page(request, form, _("Rename the module"), module.version)


def new_lesson_of(request: AuthenticatedRequest, module: UUID, kind: str) -> Lesson:
    """A lesson of this kind that there is not yet."""
    found = find_module(request, module)
    if kind not in outline.TEACHABLE:
        raise Http404
    return Lesson(version=found.version, module=found, kind=kind, minutes=30, revision=0)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_lesson_view(request: AuthenticatedRequest, uuid: UUID, kind: str) -> HttpResponse:
    draft = new_lesson_of(request, uuid, kind)
    form = _lesson_form(request, draft)
    module = draft.module
    lesson = form.saved(lambda: outline.add_lesson(module, kind=kind, by=request.user, **form.lesson_fields()))
    if lesson and (kind in (Lesson.Kind.QUIZ, *Lesson.MARKED_KINDS) or "preview" in request.POST):
        return _after_saving(request, lesson)
    if lesson:
        return redirect(reverse("learning:teach_version", args=[module.version.uuid]) + f"#l-{lesson.uuid}")
    return _lesson_page(request, form, draft)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_lesson_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Change a lesson; where somebody else has done so meanwhile, nothing is overwritten and both are shown."""
    lesson = find_lesson(request, uuid)
    form = _lesson_form(request, lesson)

    def save() -> Lesson:
        seen = form.seen_revision
        return outline.save_lesson(lesson, seen=seen, by=request.user, **form.lesson_fields())

    if form.saved(save):
        messages.success(request, _("Saved."))
        return _after_saving(request, lesson)
    return _lesson_page(request, form, lesson)


def _after_saving(request: AuthenticatedRequest, lesson: Lesson) -> HttpResponse:
    if "preview" in request.POST:
        return redirect("learning:teach_preview", lesson.version.uuid, lesson.uuid)
    return redirect("learning:teach_lesson", lesson.uuid)


def _lesson_form(request: AuthenticatedRequest, lesson: Lesson) -> LessonForm:
    if request.method == "POST":
        return LessonForm(request.POST, request.FILES, lesson=lesson, user=request.user)
    return LessonForm(lesson=lesson, user=request.user, draft=drafts_of(lesson, request.user).first())


def _lesson_page(request: AuthenticatedRequest, form: LessonForm, lesson: Lesson) -> HttpResponse:
    sections = None
    if lesson.pk and lesson.kind == Lesson.Kind.QUIZ:
        items = QuizItem.objects.select_related("question__current", "category", "tag")
        sections = lesson.sections.prefetch_related(Prefetch("items", items))
    if lesson.pk:
        lesson.refresh_from_db(fields=[*LessonFields.__annotations__, "revision"])
    is_late = bool(lesson.pk) and form.seen_revision != lesson.revision
    context = {
        "form": form,
        "lesson": lesson,
        "version": lesson.version,
        "course": lesson.version.course,
        "sections": sections,
        "attachments": lesson.attachments.all() if lesson.pk else [],
        "comments": lesson.comments.select_related("author__person").order_by("pk") if lesson.pk else [],
        "rules": rules_of(lesson) if sections is not None else None,
        "statistics": statistics_in(lesson) if sections is not None else [],
        "question_kinds": Question.Kind.choices,
        "has_file": lesson.kind in ALLOWED,
        "film": film_of(lesson, request, base=request.path) if lesson.pk else None,
        **marking_context(lesson),
        "is_draft": lesson.version.status == CourseVersion.Status.DRAFT,
        "is_late": is_late,
        "differences": form.look_at(lesson) if is_late else [],
        "kept": drafts_of(lesson, request.user).first(),
        "others": others_at_work(lesson, request.user) if lesson.pk else [],
        "draft_url": f"{request.path}draft/",
    }
    return render(request, "teach/lesson.html", context, status=422 if form.errors else 200)


def marking_context(lesson: Lesson) -> dict[str, object]:
    """How an assignment or practical work is handed in and marked; nothing for the other kinds."""
    if not lesson.pk or lesson.kind not in Lesson.MARKED_KINDS:
        return {}
    rules = assignment_rules_of(lesson)
    return {"marking": rules, "marking_words": rules_in_words(rules), "criteria": lesson.criteria.all()}


@login_required
@require_POST
def new_draft_view(request: AuthenticatedRequest, uuid: UUID, kind: str) -> HttpResponse:
    """Keep what was typed into the form of a new lesson, or throw it away."""
    return _keep_or_drop(request, new_lesson_of(request, uuid, kind))


@login_required
@require_POST
def draft_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Keep what was typed into the form of a lesson, or throw it away."""
    return _keep_or_drop(request, find_lesson(request, uuid))


def _keep_or_drop(request: AuthenticatedRequest, lesson: Lesson) -> HttpResponse:
    """Sent by draft.ts as one types, and by the button that begins anew; says in words when it was kept."""
    if "drop" in request.POST:
        drop_draft(lesson, author=request.user)
        return redirect(request.path.removesuffix("draft/"))
    form = LessonForm(request.POST, lesson=lesson, user=request.user)
    try:
        keep_draft(lesson, author=request.user, typed=form.typed(), seen=form.seen_revision)
    except DomainError as error:
        return HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8")
    words = _("Kept at %(time)s. Save it when it is done.") % {"time": date_format(timezone.localtime(), "H:i:s")}
    return HttpResponse(words, content_type="text/plain; charset=utf-8")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_lesson_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Ask first: the text of a lesson cannot be brought back."""
    lesson = find_lesson(request, uuid)
    version_url = reverse("learning:teach_version", args=[lesson.version.uuid])
    return ask(
        request,
        Form(posted(request)),
        partial(outline.remove_lesson, lesson, by=request.user),
        back=reverse("learning:teach_lesson", args=[lesson.uuid]),
        then=lambda _done: version_url,
        title=_("Remove “%(lesson)s”?") % {"lesson": lesson.name},
        text=_("Its text and file are gone for good. Its questions stay in the bank."),
        submit=_("Remove the lesson"),
        danger=True,
    )


@login_required
@require_safe
def preview_view(request: AuthenticatedRequest, uuid: UUID, lesson: UUID) -> HttpResponse:
    """A lesson in the player, where nothing counts."""
    version = find_version(request, uuid)
    shown = get_object_or_404(version.lessons.select_related("video"), uuid=lesson)
    way = outline_of_version(version.pk)
    before, after = way.around(shown.uuid)
    context = {
        "is_preview": True,
        "course": version.course,
        "version": version,
        "lesson": shown,
        "outline": way,
        "before": before,
        "after": after,
        "player_url": reverse("learning:teach_preview_begin", args=[version.uuid]),
        "file_url": reverse("learning:teach_lesson_file", args=[shown.uuid]),
        "film": film_of(shown, request, base=f"/teach/lessons/{shown.uuid}/"),
        "attachments": shown.attachments.all(),
        "attachments_url": "/teach/attachments/",
        "body": shown_html(localized(shown.body)),
        "body_language": nearest_language(shown.body),
        "sheets": previewed(shown) if shown.kind == Lesson.Kind.QUIZ else [],
        "question_count": question_count(shown),
        "ways": QuizWays(rules_of(shown), None, None) if shown.kind == Lesson.Kind.QUIZ else None,
        **marking_context(shown),
    }
    return render(request, f"learning/lesson_{shown.kind.replace('-', '_')}.html", context)


@login_required
@require_safe
def preview_begin_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    version = find_version(request, uuid)
    first = version.lessons.first()
    if first is None:
        return redirect("learning:teach_version", version.uuid)
    return redirect("learning:teach_preview", version.uuid, first.uuid)


@login_required
@require_safe
def lesson_file_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponseBase:
    lesson = find_lesson(request, uuid)
    if not lesson.file:
        raise Http404
    return file_response(request, lesson.file)
