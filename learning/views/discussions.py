"""What groups say about lessons: for those who learn in a group and those who teach it."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from base.forms import posted
from base.pages import ask, press
from base.paging import requested_page
from base.rates import limit_rate_of
from base.services.notices import read_about
from enrollment.models import Enrollment
from enrollment.models.cohorts import TEACHING
from learning import rules
from learning.forms.discussions import EditForm, MuteForm, PostForm, ReasonForm, ReportForm, ThreadForm
from learning.models import Discussion, Mute, Post, Thread
from learning.queries.discussions import (
    POSTS_A_PAGE,
    ShownPost,
    mutes_of,
    page_of_post,
    seen_in,
    shown_posts,
    shown_threads,
    threads_about,
)
from learning.queries.player import why_locked
from learning.services.discussions import (
    edit_post,
    follow_thread,
    read_thread,
    reply,
    set_discussion,
    start_thread,
    thread_url,
    visit_discussion,
    visit_group,
)
from learning.services.moderation import (
    delete_post,
    hide_post,
    keep_post,
    lift_mute,
    mute_author,
    report_post,
    restore_post,
    set_answer,
    set_closed,
    set_pinned,
)
from learning.views.player import find_enrollment, find_lesson
from learning.views.teach_quizzes import find_group

POSTS_A_MINUTE, REPORTS_A_MINUTE = 6, 10
CHANGES: dict[str, tuple[Callable[..., Thread], bool]] = {
    "pin": (set_pinned, True),
    "unpin": (set_pinned, False),
    "close": (set_closed, True),
    "reopen": (set_closed, False),
}


def find_thread(request: AuthenticatedRequest, uuid: UUID) -> Thread:
    rows = Thread.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("cohort__course", "discussion__lesson", "author__person"), uuid=uuid)


def find_post(request: AuthenticatedRequest, uuid: UUID, *, moderates: bool = False) -> Post:
    """A post that the user sees; with `moderates`, one that the user keeps in order, else it is refused."""
    rows = Post.objects.visible_to(request.user).select_related("thread__cohort__course", "author__person")
    post = get_object_or_404(rows, uuid=uuid)
    if moderates and not rules.can_moderate(request.user, post.thread.cohort):
        raise PermissionDenied
    return post


def place_of(post: Post) -> str:
    return thread_url(post.thread) + page_of_post(post.number)


def _count(request: AuthenticatedRequest, name: str, most: int) -> None:
    limit_rate_of(str(request.user.pk), name, per_minute=most)


# --- Threads ------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def discussion_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID) -> HttpResponse:
    """What one's group says about a lesson, and a new question."""
    own = find_enrollment(request, enrollment)
    about = find_lesson(own, lesson)
    form = ThreadForm(posted(request))

    def start() -> Thread:
        _count(request, "post", POSTS_A_MINUTE)
        return start_thread(own.cohort, about, **form.cleaned_data, by=request.user)

    if thread := form.saved(start):
        return redirect(thread_url(thread))
    page = requested_page(
        request, threads_about(own.cohort, about), order=("-is_pinned", "-last_post", "-id"), size=POSTS_A_PAGE
    )
    context = {
        "enrollment": own,
        "course": own.cohort.course,
        "lesson": about,
        "page": page,
        "threads": shown_threads(page.items, request.user),
        "form": form,
        "is_stopped": rules.is_stopped(own.cohort),
        "can_learn": rules.can_learn(request.user, own),
    }
    if discussion := Discussion.objects.filter(cohort=own.cohort, lesson=about).first():
        visit_discussion(discussion, by=request.user)
    return render(request, "learning/discussion.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def thread_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """A thread with what was answered, and an answer to it; to learners it opens with its lesson."""
    thread = find_thread(request, uuid)
    own, moderates = _own_enrollment(request, thread), rules.can_moderate(request.user, thread.cohort)
    if own and not moderates and why_locked(own, thread.discussion.lesson):
        raise PermissionDenied
    form = PostForm(posted(request))

    def say() -> Post:
        _count(request, "post", POSTS_A_MINUTE)
        return reply(thread, **form.cleaned_data, by=request.user)

    if said := form.saved(say):
        said.thread = thread
        return redirect(place_of(said))
    posts = thread.posts.select_related("author__person")
    page = requested_page(request, posts, order=("number",), size=POSTS_A_PAGE)
    seen, is_followed = seen_in(thread, request.user)
    context = {
        "thread": thread,
        "lesson": thread.discussion.lesson,
        "course": thread.cohort.course,
        "back": _back(own, thread),
        "page": page,
        "posts": shown_posts(thread, page.items, request.user, seen=seen),
        "answer_url": page_of_post(thread.answer.number) if thread.answer else "",
        "is_followed": is_followed,
        "moderates": moderates,
        "can_write": not thread.is_closed and rules.can_discuss(request.user, thread.cohort),
        "form": form,
    }
    if page.next is None:
        read_thread(thread, by=request.user)
        read_about(request.user.pk, f"{thread_url(thread)}#new")
    return render(request, "learning/thread.html", context, status=422 if form.errors else 200)


def _back(own: Enrollment | None, thread: Thread) -> str:
    """Where the other threads stand: the learner's list of the lesson, else the list of the group."""
    if own:
        return reverse("learning:discussion", args=[own.uuid, thread.discussion.lesson.uuid])
    return reverse("learning:teach_group_discussions", args=[thread.cohort.uuid])


def _own_enrollment(request: AuthenticatedRequest, thread: Thread) -> Enrollment | None:
    own = Enrollment.objects.filter(person=request.user.person_id or 0, cohort=thread.cohort)
    return own.exclude(status=Enrollment.Status.WITHDRAWN).select_related("cohort").first()


@login_required
@require_POST
def follow_thread_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    thread, on = find_thread(request, uuid), request.POST.get("on") == "1"
    done = _("You are told of new answers.") if on else _("You are told no more of this thread.")
    return press(request, partial(follow_thread, thread, on=on, by=request.user), done=done, back=thread_url(thread))


@login_required
@require_POST
def change_thread_view(request: AuthenticatedRequest, uuid: UUID, change: str) -> HttpResponse:
    """Pin or close a thread, or take that back."""
    thread = find_thread(request, uuid)
    if change not in CHANGES:
        raise Http404
    if not rules.can_moderate(request.user, thread.cohort):
        raise PermissionDenied
    act, on = CHANGES[change]
    return press(request, partial(act, thread, on=on, by=request.user), done=_("Done."), back=thread_url(thread))


# --- Posts --------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_post_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Say it otherwise, within 15 minutes."""
    post = find_post(request, uuid)
    if post.author_id != request.user.pk:
        raise PermissionDenied
    form = EditForm(posted(request), initial={"text": post.text})
    act = partial(edit_post, post, by=request.user)
    title = _("Change what you wrote")
    return ask(request, form, act, back=place_of(post), title=title, text="", submit=_("Save"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_post_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    post = find_post(request, uuid)
    if post.author_id != request.user.pk:
        raise PermissionDenied
    return ask(
        request,
        Form(posted(request)),
        partial(delete_post, post, by=request.user),
        back=place_of(post),
        done=_("The post is deleted."),
        title=_("Delete this post?"),
        text=_("Its words are gone for good; that there was one stays to be seen."),
        submit=_("Delete the post"),
        danger=True,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_post_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    post = find_post(request, uuid)

    def report(**given: object) -> object:
        _count(request, "report", REPORTS_A_MINUTE)
        return report_post(post, **given, by=request.user)  # type: ignore[arg-type]  # the fields of the form

    return ask(
        request,
        ReportForm(posted(request)),
        report,
        back=place_of(post),
        done=_("Thank you: it is looked at."),
        title=_("Report this post"),
        text=_("Whoever teaches the group looks at it and decides. The author does not learn who reported it."),
        submit=_("Report"),
    )


@login_required
@require_POST
def answer_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Mark a post as the answer, or no longer."""
    post = find_post(request, uuid, moderates=True)
    act = partial(set_answer, post, on=request.POST.get("on") == "1", by=request.user)
    return press(request, act, done=_("Done."), back=place_of(post))


# --- Order --------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hide_post_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    post = find_post(request, uuid, moderates=True)
    return ask(
        request,
        ReasonForm(posted(request)),
        partial(hide_post, post, by=request.user),
        back=place_of(post),
        done=_("The post is hidden."),
        title=_("Hide this post?"),
        text=post.text,
        submit=_("Hide and tell the author why"),
    )


@login_required
@require_POST
def restore_post_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    post = find_post(request, uuid, moderates=True)
    act = partial(restore_post, post, by=request.user)
    return press(request, act, done=_("The post is shown again."), back=place_of(post))


@login_required
@require_POST
def keep_post_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """What was reported stays."""
    post = find_post(request, uuid, moderates=True)
    act = partial(keep_post, post, by=request.user)
    return press(request, act, done=_("The post stays."), back=reverse("learning:teach_reported"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mute_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Let the author of a post write nothing for some days."""
    post = find_post(request, uuid, moderates=True)
    return ask(
        request,
        MuteForm(posted(request)),
        partial(mute_author, post, by=request.user),
        back=reverse("learning:teach_reported"),
        title=_("Let %(name)s write nothing for some days?") % {"name": post.author.name},
        text=_("This holds for every discussion of your organization. The reason is told."),
        submit=_("Mute"),
        danger=True,
    )


@login_required
@require_POST
def lift_mute_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    at = request.user.standing.organizations(*TEACHING)
    mute = get_object_or_404(Mute, uuid=uuid, organization_id__in=at)
    back = reverse("learning:teach_reported")
    return press(request, partial(lift_mute, mute, by=request.user), done=_("Done."), back=back)


@login_required
@require_safe
def reported_view(request: AuthenticatedRequest) -> HttpResponse:
    """What was reported and waits for a decision, the longest wait first; who is muted now."""
    if not request.user.standing.has(*TEACHING):
        raise PermissionDenied
    rows = Post.objects.to_judge(request.user).select_related("thread__cohort__course", "author__person")
    rows = rows.prefetch_related("reports__reason", "reports__by__person")
    page = requested_page(request, rows, order=("reported_at", "id"))
    shown = [ShownPost(post, post.author.name, post.text, False, False, False, True) for post in page.items]
    context = {"page": page, "posts": shown, "mutes": mutes_of(request.user)[:POSTS_A_PAGE]}
    return render(request, "teach/reported.html", context)


@login_required
@require_safe
def group_discussions_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """The threads of a group about all of its lessons, the newest word first."""
    group = find_group(request, uuid)
    rows = Thread.objects.filter(cohort=group).select_related("author__person", "cohort", "discussion__lesson")
    page = requested_page(request, rows, order=("-last_post", "-id"), size=POSTS_A_PAGE)
    context = {
        "group": group,
        "page": page,
        "threads": shown_threads(page.items, request.user),
        "is_off": hasattr(group, "discussion_stop"),
        "is_course_off": hasattr(group.course, "discussion_stop"),
        "writes_course": request.user.standing.at(group.course.provider_id, *TEACHING),
    }
    visit_group(group, by=request.user)
    return render(request, "teach/group_discussions.html", context)


@login_required
@require_POST
def switch_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Switch the discussions of a group, or of its course, on or off."""
    group = find_group(request, uuid)
    is_course = request.POST.get("of") == "course"
    if is_course and not request.user.standing.at(group.course.provider_id, *TEACHING):
        raise PermissionDenied
    act = partial(
        set_discussion, group.course if is_course else group, on=request.POST.get("on") == "1", by=request.user
    )
    back = reverse("learning:teach_group_discussions", args=[group.uuid])
    return press(request, act, done=_("Done."), back=back)
