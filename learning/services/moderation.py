"""Order in discussions: reports and what is decided about them, hiding, muting; all of it is written down."""

from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.models import Notice
from base.services.notices import notify, notify_many
from base.transitions import Transitions, check_move
from enrollment.models import Cohort, ReportReason
from learning import rules
from learning.models import Mute, Post, PostMove, PostReport, Thread
from learning.services.discussions import lock_thread, thread_url
from learning.writing import clean_words

Status = Post.Status
TRANSITIONS: Transitions = {
    Status.SHOWN: frozenset({Status.HIDDEN, Status.DELETED}),
    Status.HIDDEN: frozenset({Status.SHOWN}),
    Status.DELETED: frozenset(),
}
LONGEST_WORDS = 500
LONGEST_MUTE = timedelta(days=366)


class NotModerator(DomainError):
    code = "not-moderator"
    status = 403
    message = gettext_lazy("Only who teaches for the provider of the group decides about this.")


class OwnPost(DomainError):
    code = "own-post"
    message = gettext_lazy("This is your own post: you can delete it.")


class NotShown(DomainError):
    code = "not-shown"
    message = gettext_lazy("This post is not shown any more.")


class NotTheAuthor(DomainError):
    code = "not-the-author"
    status = 403
    message = gettext_lazy("Only its author deletes a post.")


class CannotMute(DomainError):
    code = "cannot-mute"
    message = gettext_lazy("Nobody is muted who teaches for this provider.")


# --- Posts --------------------------------------------------------------------------------------
@transaction.atomic
def report_post(post: Post, *, reason: ReportReason, words: str = "", by: User) -> PostReport:
    """Say that a post does not belong there; a second time answers with the first. Raises OwnPost, NotShown."""
    post = _lock(post)
    if same := post.reports.filter(by=by).first():
        return same
    if post.author_id == by.pk:
        raise OwnPost
    if post.status != Status.SHOWN:
        raise NotShown
    words = clean_words(words, most=LONGEST_WORDS, field="words") if words.strip() else ""
    report = PostReport.objects.create(post=post, by=by, reason=reason, words=words)
    is_first = post.reported_at is None
    if is_first:
        post.reported_at = report.at
        post.save(update_fields=["reported_at", "updated_at"])
        _tell_teachers(post)
    audit.record("post.reported", post, by=by, reason=reason.code)
    return report


@transaction.atomic
def hide_post(post: Post, *, reason: ReportReason, by: User) -> Post:
    """Take a post out of the group's sight, and tell its author why. Raises NotModerator, IllegalMove."""
    post = _lock(post)
    _check_moderates(by, post.thread.cohort)
    if post.status != Status.HIDDEN:
        _move(post, Status.HIDDEN, reason=reason, by=by)
        _tell_author(post, "post-hidden", by=by, reason=reason.names)
    return post


@transaction.atomic
def restore_post(post: Post, *, by: User) -> Post:
    """Show a hidden post again, and tell its author. Raises NotModerator, IllegalMove."""
    post = _lock(post)
    _check_moderates(by, post.thread.cohort)
    if post.status != Status.SHOWN:
        _move(post, Status.SHOWN, by=by)
        _tell_author(post, "post-restored", by=by)
    return post


@transaction.atomic
def keep_post(post: Post, *, by: User) -> Post:
    """Decide that what was reported may stay. Raises NotModerator."""
    post = _lock(post)
    _check_moderates(by, post.thread.cohort)
    if post.reported_at:
        _write_down(post, post.status, by=by)
        audit.record("post.kept", post, by=by)
    return post


@transaction.atomic
def delete_post(post: Post, *, by: User) -> Post:
    """Take back an own post: a mark of it stays; its words go, unless a report of it is still to be decided.

    Raises NotTheAuthor, IllegalMove.
    """
    post = _lock(post)
    if post.author_id != by.pk:
        raise NotTheAuthor
    if post.status == Status.DELETED:
        return post
    reported_at = post.reported_at
    if reported_at is None:
        post.text = ""
    _move(post, Status.DELETED, by=by)
    if reported_at:  # whoever moderates still decides about it
        Post.objects.filter(pk=post.pk).update(reported_at=reported_at)
    if post.thread.answer_id == post.pk:
        Thread.objects.filter(pk=post.thread_id).update(answer=None)
    return post


def _lock(post: Post) -> Post:
    """A post under the lock of its thread."""
    thread = lock_thread(post.thread)
    post = Post.objects.get(pk=post.pk)
    post.thread = thread
    return post


def _move(post: Post, to: str, *, by: User, reason: ReportReason | None = None) -> None:
    check_move(TRANSITIONS, post.status, to)
    before = post.status
    post.status = to
    _write_down(post, before, by=by, reason=reason)
    detail = {"reason": reason.code} if reason else {}
    audit.record(f"post.{to}", post, by=by, before=before, **detail)


def _write_down(post: Post, before: str, *, by: User, reason: ReportReason | None = None) -> None:
    """Keep what was decided; reports up to now are answered by it."""
    post.reported_at = None
    post.save(update_fields=["status", "text", "reported_at", "updated_at"])
    PostMove.objects.create(post=post, from_status=before, to_status=post.status, by=by, reason=reason)


# --- Threads ------------------------------------------------------------------------------------
@transaction.atomic
def set_pinned(thread: Thread, *, on: bool, by: User) -> Thread:
    """Let a thread stand first in its list, or no more. Raises NotModerator."""
    return _set(thread, "is_pinned", on, "thread.pinned" if on else "thread.unpinned", by=by)


@transaction.atomic
def set_closed(thread: Thread, *, on: bool, by: User) -> Thread:
    """Let nothing more be written in a thread, or open it again. Raises NotModerator."""
    return _set(thread, "is_closed", on, "thread.closed" if on else "thread.reopened", by=by)


@transaction.atomic
def set_answer(post: Post, *, on: bool, by: User) -> Thread:
    """Mark a post as what answers its thread, or no longer. Raises NotModerator, NotShown."""
    post = _lock(post)
    if on and (post.status != Status.SHOWN or post.number == 1):
        raise NotShown
    if not on and post.thread.answer_id != post.pk:
        return post.thread
    action = "thread.answered" if on else "thread.unanswered"
    return _set(post.thread, "answer_id", post.pk if on else None, action, by=by)


def _set(thread: Thread, name: str, value: object, action: str, *, by: User) -> Thread:
    thread = lock_thread(thread)
    _check_moderates(by, thread.cohort)
    if getattr(thread, name) != value:
        setattr(thread, name, value)
        thread.save(update_fields=[name.removesuffix("_id"), "updated_at"])
        audit.record(action, thread, by=by)
    return thread


# --- People -------------------------------------------------------------------------------------
@transaction.atomic
def mute_author(post: Post, *, until: date, reason: ReportReason, by: User) -> Mute:
    """Let the author of a post write nothing in the provider's discussions up to a day, and tell why.

    One who is muted so already stays so. Raises NotModerator, CannotMute, InvalidInput.
    """
    cohort = lock_thread(post.thread).cohort
    _check_moderates(by, cohort)
    today = timezone.localdate()
    if not today <= until <= today + LONGEST_MUTE:
        raise InvalidInput(_("Choose a day from today up to a year from now."), field="until")
    if rules.can_moderate(post.author, cohort):
        raise CannotMute
    current = Mute.objects.current().filter(organization=cohort.organization_id, user=post.author_id)
    if same := current.filter(until=until, reason=reason).first():
        return same
    mute = Mute.objects.create(
        organization_id=cohort.organization_id, user=post.author, until=until, reason=reason, by=by
    )
    audit.record("mute.made", mute, by=by, user=str(post.author.uuid), until=str(until), reason=reason.code)
    params = {"until": f"{until:%d.%m.%Y}", "reason": reason.names}
    notify(post.author_id, kind="discussion-muted", key=f"discussion-muted-{mute.pk}", params=params)
    return mute


@transaction.atomic
def lift_mute(mute: Mute, *, by: User) -> Mute:
    """Let somebody write again. Raises NotModerator."""
    mute = Mute.objects.select_for_update(no_key=True).get(pk=mute.pk)
    if not rules.moderates_at(by, mute.organization_id):
        raise NotModerator
    if mute.lifted_at is None:
        mute.lifted_at, mute.lifted_by = timezone.now(), by
        mute.save(update_fields=["lifted_at", "lifted_by", "updated_at"])
        audit.record("mute.lifted", mute, by=by)
    return mute


def _check_moderates(user: User, cohort: Cohort) -> None:
    if not rules.can_moderate(user, cohort):
        raise NotModerator


def _tell_author(post: Post, kind: str, *, by: User, **params: object) -> None:
    if post.author_id != by.pk:
        key = f"{kind}-{post.pk}-{post.moves.count()}"
        params |= {"title": post.thread.title}
        notify(post.author_id, kind=kind, key=key, params=params, url=thread_url(post.thread))


def _tell_teachers(post: Post) -> None:
    """Tell the instructors of the group that something was reported, once a day."""
    cohort, today = post.thread.cohort, timezone.localdate()
    teachers = cohort.instructors.exclude(pk=post.author_id).values_list("pk", flat=True)
    notify_many(
        Notice(
            user_id=pk,
            kind="posts-reported",
            key=f"posts-reported-{cohort.pk}-{today}-{pk}",
            params={"group": cohort.code},
            url=reverse("learning:teach_reported"),
            mail_at=timezone.now(),
        )
        for pk in teachers
    )
