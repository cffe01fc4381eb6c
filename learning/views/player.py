"""The player: one lesson at a time, for the learner alone."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthenticatedRequest
from base.downloads import file_response
from base.errors import DomainError
from base.languages import localized, nearest_language
from courses.html import shown_html
from courses.models import Lesson
from courses.uploads import endings_of
from enrollment.models import Enrollment, LessonProgress
from enrollment.services.progress import complete_lesson, keep_position, open_lesson, passes
from learning import rules
from learning.queries.assignments import files_in_words, rules_in_words
from learning.queries.discussions import has_news
from learning.queries.films import film_of
from learning.queries.notes import marks_of
from learning.queries.player import Outline, learner_enrollments, learner_home, outline_of, why_locked
from learning.queries.quizzes import question_count, quiz_standing, quiz_ways, review_of
from learning.queries.works import work_page
from learning.views.teach_films import answer_captions, answer_film

# Done by saying so; the other kinds are done by a score or by being there.
DONE_BY_READING = (Lesson.Kind.PAGE, Lesson.Kind.VIDEO, Lesson.Kind.FILE)
LONGEST_VIDEO = timedelta(days=1)


def find_enrollment(request: AuthenticatedRequest, uuid: UUID) -> Enrollment:
    """An enrollment of the learner who asks; anybody else's is not there."""
    return get_object_or_404(learner_enrollments(request.user), uuid=uuid)


def find_any_lesson(enrollment: Enrollment, uuid: UUID) -> Lesson:
    """A lesson of the course, be it open or not."""
    return get_object_or_404(Lesson, version_id=enrollment.cohort.version_id, uuid=uuid)


def find_lesson(enrollment: Enrollment, uuid: UUID) -> Lesson:
    """A lesson of the course that is open to the learner."""
    lesson = find_any_lesson(enrollment, uuid)
    if why_locked(enrollment, lesson):
        raise PermissionDenied
    return lesson


def lesson_frame(request: AuthenticatedRequest, enrollment: Enrollment, lesson: Lesson) -> dict[str, object]:
    """What stands around every lesson: the outline, the lessons before and after, how far the learner is."""
    outline = outline_of(enrollment)
    before, after = outline.around(lesson.uuid)
    return {
        "enrollment": enrollment,
        "course": enrollment.cohort.course,
        "lesson": lesson,
        "step": outline.step(lesson.pk),
        "locked": outline.why_locked(lesson.pk),
        "outline": outline,
        "before": before,
        "after": after,
        "can_learn": rules.can_learn(request.user, enrollment),
        "marks": marks_of(enrollment, lesson, outline),
        "has_news": has_news(enrollment, lesson, request.user),
        "player_url": reverse("learning:player", args=[enrollment.uuid]),
        "file_url": reverse("learning:lesson_file", args=[enrollment.uuid, lesson.uuid]),
        "attachments_url": reverse("learning:lesson", args=[enrollment.uuid, lesson.uuid]) + "attachments/",
    }


def quiz_frame(enrollment: Enrollment, quiz: Lesson) -> dict[str, object]:
    """What the page before a quiz says: how it is taken, and how the learner stands with it."""
    standing, ways = quiz_standing(enrollment, quiz), quiz_ways(enrollment, quiz)
    is_over = enrollment.status != Enrollment.Status.ACTIVE
    has_passed = any(passes(quiz, attempt.score) for attempt in standing.submitted)
    return {
        "standing": standing,
        "result": standing.result(ways.rules),
        "ways": ways,
        "review": review_of(ways, standing, has_passed=has_passed, is_over=is_over),
        "question_count": question_count(quiz),
    }


def work_frame(enrollment: Enrollment, lesson: Lesson) -> dict[str, object]:
    """How work is handed in and marked, and how the learner stands with it."""
    page = work_page(enrollment, lesson)
    return {
        "page": page,
        "criteria": page.criteria,
        "marking_words": rules_in_words(page.rules, with_due=False),
        "has_passed": page.is_marked and page.work is not None and passes(lesson, page.work.score),
        "files_help": files_in_words(page.rules),
        "accept": ",".join(endings_of(page.rules.taken_kinds)),
    }


@login_required
@require_safe
def home_view(request: AuthenticatedRequest) -> HttpResponse:
    """All that one learns and has learned."""
    return render(request, "learning/home.html", {"cards": learner_home(request.user)})


@login_required
@require_safe
def player_view(request: AuthenticatedRequest, enrollment: UUID) -> HttpResponse:
    """Go on where one left; a course that has ended shows how it ended."""
    found = find_enrollment(request, enrollment)
    outline = outline_of(found)
    if not rules.can_learn(request.user, found):
        return render(request, "learning/ended.html", _ending(found, outline))
    here = next((step for step in outline.steps if step.pk == found.last_lesson_id), None) or outline.resume()
    if here is None:
        raise Http404
    return redirect("learning:lesson", found.uuid, here.uuid)


def _ending(enrollment: Enrollment, outline: Outline) -> dict[str, object]:
    completion = enrollment.completions.filter(superseded_by=None).first()
    course = enrollment.cohort.course
    player_url = reverse("learning:player", args=[enrollment.uuid])
    return {
        "enrollment": enrollment,
        "course": course,
        "outline": outline,
        "completion": completion,
        "player_url": player_url,
    }


@login_required
@require_safe
def lesson_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID) -> HttpResponse:
    found = find_enrollment(request, enrollment)
    shown = find_any_lesson(found, lesson)
    context = lesson_frame(request, found, shown)
    if context["locked"]:
        return render(request, "learning/lesson_locked.html", context)
    progress = LessonProgress.objects.filter(enrollment=found, lesson=shown).first()
    is_opened = rules.can_learn(request.user, found) and "X-To-Keep" not in request.headers  # lib/shelf.ts
    if is_opened and (progress is None or found.last_lesson_id != shown.pk):
        progress = open_lesson(found, shown)
    context |= {
        "progress": progress,
        "attachments": shown.attachments.all(),
        "body": shown_html(localized(shown.body)),
        "body_language": nearest_language(shown.body),
    }
    if shown.kind == Lesson.Kind.QUIZ:
        context |= quiz_frame(found, shown)
    if shown.kind in Lesson.MARKED_KINDS:
        context |= work_frame(found, shown)
    if shown.kind == Lesson.Kind.VIDEO:
        context["film"] = film_of(shown, request, base=request.path)
    if shown.kind == Lesson.Kind.FILE and shown.file:
        context["file_size"] = shown.file.size
    return render(request, f"learning/lesson_{shown.kind.replace('-', '_')}.html", context)


@login_required
@require_POST
def complete_lesson_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID) -> HttpResponse:
    """Mark a page, video or file as done, and go on to what comes next."""
    found = find_enrollment(request, enrollment)
    done = find_lesson(found, lesson)
    if not rules.can_learn(request.user, found) or done.kind not in DONE_BY_READING:
        return redirect("learning:lesson", found.uuid, done.uuid)
    try:
        complete_lesson(found, done)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("learning:lesson", found.uuid, done.uuid)
    found.refresh_from_db(fields=["status"])
    after = outline_of(found).around(done.uuid)[1]
    if after is None or found.status == Enrollment.Status.COMPLETED:
        return redirect("learning:player", found.uuid)
    return redirect("learning:lesson", found.uuid, after.uuid)


@login_required
@require_POST
def keep_position_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID) -> HttpResponse:
    """Keep where in a video the learner is; sent by player.ts."""
    found = find_enrollment(request, enrollment)
    watched = find_lesson(found, lesson)
    seconds = request.POST.get("seconds", "")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) < 7):
        return HttpResponseBadRequest()
    if rules.can_learn(request.user, found):
        keep_position(found, watched, seconds=min(int(seconds), int(LONGEST_VIDEO.total_seconds())))
    return HttpResponse(status=204)


@login_required
@require_safe
def lesson_file_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID) -> HttpResponseBase:
    found = find_lesson(find_enrollment(request, enrollment), lesson)
    if not found.file:
        raise Http404
    return file_response(request, found.file)


@login_required
@require_safe
def attachment_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID, uuid: UUID) -> HttpResponseBase:
    """A file that goes with a lesson."""
    found = find_lesson(find_enrollment(request, enrollment), lesson)
    return file_response(request, get_object_or_404(found.attachments, uuid=uuid).file)


@login_required
@require_safe
def film_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID, kind: str) -> HttpResponseBase:
    """The film of a lesson in one of its sizes, in byte ranges, or its poster."""
    return answer_film(request, find_lesson(find_enrollment(request, enrollment), lesson), kind)


@login_required
@require_safe
def captions_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID, language: str) -> HttpResponse:
    return answer_captions(find_lesson(find_enrollment(request, enrollment), lesson), language)
