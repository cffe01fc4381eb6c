"""Marking work: where it waits, one after the other, what differs, and the bench of a group."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
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
from base.pages import ask
from base.paging import requested_page
from courses.models import Lesson
from courses.queries import assignment_rules_of
from enrollment import rules
from enrollment.models import Cohort, Enrollment
from learning.forms.works import ReturnForm, SettleForm, WorkMarkForm
from learning.models import Mark, Work, WorkFile
from learning.queries.work_marking import (
    BY_NAME,
    MarkedWork,
    learners_at,
    learners_of,
    markable,
    marked_work,
    next_work,
    work_before,
    works_of_group,
)
from learning.queries.works import reached_in
from learning.services.marking import finish_mark, keep_mark, settle_marks
from learning.services.works import begin_sitting, return_work
from learning.views.teach_quizzes import find_group

LEARNERS_SHOWN = 200
PLAIN = "text/plain; charset=utf-8"


def find_work(request: AuthenticatedRequest, uuid: UUID) -> Work:
    """Work of a group that the user teaches, once it was handed in."""
    return get_object_or_404(markable(request.user), uuid=uuid)


def find_marked_lesson(group: Cohort, uuid: UUID) -> Lesson:
    return get_object_or_404(Lesson, version_id=group.version_id, uuid=uuid, kind__in=Lesson.MARKED_KINDS)


def address_of(work: Work) -> str:
    """Where work is marked, or settled."""
    return reverse("learning:teach_work_settle" if work.differs else "learning:teach_work", args=[work.uuid])


# --- A group --------------------------------------------------------------------------------------
@login_required
@require_safe
def group_works_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """The assignments and practical work of a group: until when, how much came, how much waits."""
    group = find_group(request, uuid)
    return render(request, "teach/group_works.html", {"group": group, "works": works_of_group(group, request.user)})


@login_required
@require_safe
def work_list_view(request: AuthenticatedRequest, uuid: UUID, lesson: UUID) -> HttpResponse:
    """Everybody of a group at one lesson; at the bench one tap opens the checklist."""
    group = find_group(request, uuid)
    found = find_marked_lesson(group, lesson)
    marking = assignment_rules_of(found)
    page = requested_page(request, learners_of(group), size=LEARNERS_SHOWN, order=BY_NAME)
    context = {
        "group": group,
        "lesson": found,
        "marking": marking,
        "needed": 2 if marking.double else 1,
        "learners": learners_at(page.items, found, request.user),
        "page": page,
    }
    return render(request, "teach/work_list.html", context)


@login_required
@require_safe
def work_begin_view(request: AuthenticatedRequest, uuid: UUID, lesson: UUID) -> HttpResponse:
    """The work that waits longest in a lesson of a group."""
    group = find_group(request, uuid)
    first = next_work(request.user, group.pk, find_marked_lesson(group, lesson).pk)
    if first is None:
        messages.success(request, _("Everything is marked."))
        return redirect("learning:teach_marking")
    return redirect(address_of(first))


@login_required
@require_POST
def bench_view(request: AuthenticatedRequest, uuid: UUID, lesson: UUID) -> HttpResponse:
    """Examine a learner at the bench; of two assessors the second one joins the sitting."""
    enrollment = find_learner(request, uuid)
    found = find_marked_lesson(enrollment.cohort, lesson)
    try:
        submission = begin_sitting(enrollment, found, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("learning:teach_work_list", enrollment.cohort.uuid, lesson)
    return redirect("learning:teach_work", submission.work.uuid)


def find_learner(request: AuthenticatedRequest, uuid: UUID) -> Enrollment:
    """A learner whom the user teaches."""
    rows = Enrollment.objects.visible_to(request.user).select_related("cohort__course", "person")
    enrollment = get_object_or_404(rows, uuid=uuid)
    if not rules.can_teach(request.user, enrollment.cohort):
        raise PermissionDenied
    return enrollment


# --- One after the other --------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def work_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """What was handed in beside its criteria; saving leads on to the next."""
    shown = marked_work(find_work(request, uuid), request.user)
    form = _mark_form(request, shown)
    mark = form.saved(lambda: _finish(request, shown, form)) if shown.can_mark else None
    if mark:
        return _go_on(request, shown.work)
    return _work_page(request, shown, form)


def _mark_form(request: AuthenticatedRequest, shown: MarkedWork) -> WorkMarkForm:
    criteria = list(shown.work.lesson.criteria.all())
    return WorkMarkForm(posted(request), files=request.FILES or None, criteria=criteria, mark=shown.standing)


def _finish(request: AuthenticatedRequest, shown: MarkedWork, form: WorkMarkForm) -> Mark:
    return finish_mark(
        shown.submission,
        reached=form.reached(),
        comment=form.cleaned_data["comment"],
        files=form.cleaned_data["attached"],
        seen=form.seen_revision,
        by=request.user,
    )


def _go_on(request: AuthenticatedRequest, work: Work) -> HttpResponse:
    """To what is to be settled, else the next that waits; from the bench back to the group."""
    work.refresh_from_db()
    group = work.enrollment.cohort
    if work.differs:
        messages.warning(request, _("The two marks lie too far apart: look at both, and settle it."))
        return redirect(address_of(work))
    messages.success(request, _("Saved."))
    if work.lesson.kind == Lesson.Kind.PRACTICAL:
        return redirect("learning:teach_work_list", group.uuid, work.lesson.uuid)
    after = next_work(request.user, group.pk, work.lesson_id, work)
    return redirect(address_of(after) if after else "learning:teach_marking")


def _work_page(request: AuthenticatedRequest, shown: MarkedWork, form: WorkMarkForm) -> HttpResponse:
    work = shown.work
    group = work.enrollment.cohort
    after = next_work(request.user, group.pk, work.lesson_id, work)
    before = work_before(request.user, work)
    context = {
        "shown": shown,
        "form": form,
        "group": group,
        "lesson": work.lesson,
        "files": shown.submission.files.all(),
        "reached": reached_in(form.criteria, shown.shown_marks),
        "after_url": address_of(after) if after else "",
        "before_url": address_of(before) if before else "",
    }
    return render(request, "teach/work.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def work_keep_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Keep what is ticked and said so far; says in words that it is kept. Sent by draft.ts."""
    shown = marked_work(find_work(request, uuid), request.user)
    form = _mark_form(request, shown)
    try:
        keep_mark(shown.submission, reached=form.reached(), comment=request.POST.get("comment", ""), by=request.user)
    except DomainError as error:
        return HttpResponse(str(error), status=error.status, content_type=PLAIN)
    words = _("Kept at %(time)s. It counts once you save it.")
    return HttpResponse(words % {"time": date_format(timezone.localtime(), "H:i:s")}, content_type=PLAIN)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settle_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Two marks side by side, criterion by criterion; what counts is said with a reason."""
    shown = marked_work(find_work(request, uuid), request.user)
    if not shown.can_settle:
        return redirect("learning:teach_work", uuid)
    criteria = list(shown.work.lesson.criteria.all())
    form = SettleForm(posted(request), criteria=criteria, mark=shown.settled or _agreed(shown))

    def settle() -> Mark:
        words, seen = form.cleaned_data["reason"], form.seen_revision
        return settle_marks(shown.submission, reached=form.reached(), reason=words, seen=seen, by=request.user)

    if form.saved(settle):
        return _go_on(request, shown.work)
    return render(request, "teach/work_settle.html", _settle_context(shown, form), status=422 if form.errors else 200)


def _agreed(shown: MarkedWork) -> Mark:
    """What both gave alike, as a beginning."""
    first, second = (one.reached for one in shown.shown_marks[:2])
    alike = {name: level for name, level in first.items() if second.get(name) == level}
    return Mark(reached=alike, revision=0)


def _settle_context(shown: MarkedWork, form: SettleForm) -> dict[str, object]:
    marks = [mark for mark in shown.shown_marks if mark.place != Mark.SETTLED]
    rows = []
    for criterion in form.criteria:
        levels = [mark.reached.get(str(criterion.pk), 0) for mark in marks]
        given = [(mark.marker.name, *criterion.steps[level]) for mark, level in zip(marks, levels, strict=True)]
        rows.append({"given": given, "differs": len(set(levels)) > 1, "field": form[f"c-{criterion.pk}"]})
    work = shown.work
    context = {"shown": shown, "form": form, "marks": marks, "rows": rows}
    return context | {"lesson": work.lesson, "group": work.enrollment.cohort}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def return_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Hand work back to the learner, or let somebody be examined once more."""
    work = find_work(request, uuid)
    list_url = reverse("learning:teach_work_list", args=[work.enrollment.cohort.uuid, work.lesson.uuid])
    is_bench = work.lesson.kind == Lesson.Kind.PRACTICAL
    return ask(
        request,
        ReturnForm(posted(request)),
        lambda words: return_work(work, words=words, by=request.user),
        back=reverse("learning:teach_work", args=[uuid]),
        then=lambda _done: list_url,
        done=_("Handed back."),
        title=_("Examine once more?") if is_bench else _("Hand it back?"),
        text=_("The learner is told, and may do it once more. What was marked so far no longer counts."),
        submit=_("Let it be done once more") if is_bench else _("Hand it back"),
    )


@login_required
@require_safe
def work_file_view(request: AuthenticatedRequest, uuid: UUID, file: UUID) -> HttpResponseBase:
    """A file that was handed in; its name tells nothing."""
    work = find_work(request, uuid)
    handed_in = WorkFile.objects.filter(work=work, submissions__isnull=False).distinct()
    return file_response(request, get_object_or_404(handed_in, uuid=file).file)
