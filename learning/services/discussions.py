"""What a group says about a lesson: asking, answering, following, reading.

Locks: the thread, then its discussion. Nothing here grows with the number of learners but the notices of those who
follow a thread, and of them only the first after each has read it.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.models import Notice
from base.services.notices import notify_many
from courses.models import Course, Lesson
from enrollment.models import Cohort
from learning import rules
from learning.models import Discussion, DiscussionStop, DiscussionVisit, Following, Mute, Post, Thread
from learning.writing import clean_words

LONGEST_TITLE, LONGEST_POST = 120, 5_000
MAIL_AFTER = timedelta(minutes=30)  # whoever reads meanwhile needs no e-mail


class NotHere(DomainError):
    code = "not-here"
    status = 403
    message = gettext_lazy("Only who learns in this group now, and who teaches it, writes here.")


class Muted(DomainError):
    code = "muted"
    status = 403
    message = gettext_lazy("You may not write in discussions until %(until)s. Why: %(reason)s.")


class DiscussionOff(DomainError):
    code = "discussion-off"
    message = gettext_lazy("There is no discussion in this group.")


class ThreadClosed(DomainError):
    code = "thread-closed"
    message = gettext_lazy("This thread is closed: nothing more is written in it.")


class NotEditable(DomainError):
    code = "not-editable"
    message = gettext_lazy("A post can be changed for 15 minutes by its author, unless it was reported.")


@transaction.atomic
def start_thread(cohort: Cohort, lesson: Lesson, *, title: str, text: str, uuid: UUID, by: User) -> Thread:
    """Ask something about a lesson; sent again, it is the same thread.

    Raises InvalidInput, NotHere, Muted, DiscussionOff.
    """
    title = " ".join(clean_words(title, most=LONGEST_TITLE, field="title").split())
    text = clean_words(text, most=LONGEST_POST)
    check_may_write(by, cohort)
    if lesson.version_id != cohort.version_id:
        raise InvalidInput(_("This lesson is not of this course."), field="lesson")
    Discussion.objects.get_or_create(cohort=cohort, lesson=lesson)
    discussion = Discussion.objects.select_for_update(no_key=True).get(cohort=cohort, lesson=lesson)
    if same := _sent_before(uuid, by):
        return same.thread
    thread = Thread.objects.create(discussion=discussion, cohort=cohort, author=by, title=title)
    post = _say(thread, text=text, uuid=uuid, by=by)
    audit.record("thread.started", thread, by=by)
    _tell_teachers(discussion, post)
    return thread


@transaction.atomic
def reply(thread: Thread, *, text: str, uuid: UUID, by: User) -> Post:
    """Write in a thread; sent again, it is the same post.

    Raises InvalidInput, NotHere, Muted, DiscussionOff, ThreadClosed.
    """
    text = clean_words(text, most=LONGEST_POST)
    thread = lock_thread(thread)
    if same := _sent_before(uuid, by):
        return same
    check_may_write(by, thread.cohort)
    if thread.is_closed:
        raise ThreadClosed
    post = _say(thread, text=text, uuid=uuid, by=by)
    _tell_followers(thread, post)
    return post


@transaction.atomic
def edit_post(post: Post, *, text: str, by: User) -> Post:
    """Say it otherwise, within 15 minutes. Raises InvalidInput, NotEditable, Muted, DiscussionOff, ThreadClosed."""
    text = clean_words(text, most=LONGEST_POST)
    thread = lock_thread(post.thread)
    post = Post.objects.get(pk=post.pk)
    check_may_write(by, thread.cohort)
    if thread.is_closed:
        raise ThreadClosed
    if post.author_id != by.pk or not post.is_editable:
        raise NotEditable
    if post.text == text:
        return post
    post.text, post.edited_at = text, timezone.now()
    post.save(update_fields=["text", "edited_at", "updated_at"])
    audit.record("post.edited", post, by=by)
    return post


@transaction.atomic
def follow_thread(thread: Thread, *, on: bool, by: User) -> None:
    """Be told of what is written in a thread, or no more."""
    Following.objects.update_or_create(thread=thread, user=by, defaults={"is_subscribed": on})


def read_thread(thread: Thread, *, by: User) -> None:
    """Remember that everything in a thread was seen; of what comes next is told anew."""
    seen = {"seen": thread.last_post, "is_told": False}
    mine = Following.objects.filter(thread=thread, user=by)
    if not mine.exclude(seen__gte=thread.last_post, is_told=False).update(**seen) and not mine.exists():
        Following.objects.get_or_create(thread=thread, user=by, defaults=seen)


def visit_discussion(discussion: Discussion, *, by: User) -> None:
    """Remember that the list of threads was seen; of what comes next is told anew."""
    seen = {"seen": discussion.last_post, "is_told": False}
    mine = DiscussionVisit.objects.filter(discussion=discussion, user=by)
    if not mine.exclude(seen__gte=discussion.last_post, is_told=False).update(**seen) and not mine.exists():
        DiscussionVisit.objects.get_or_create(discussion=discussion, user=by, defaults=seen)


def visit_group(cohort: Cohort, *, by: User) -> None:
    """Remember that the list of all threads of a group was seen by who was told of questions."""
    last = Discussion.objects.filter(pk=OuterRef("discussion")).values("last_post")[:1]
    told = DiscussionVisit.objects.filter(discussion__cohort=cohort, user=by, is_told=True)
    told.update(seen=Subquery(last), is_told=False)


@transaction.atomic
def set_discussion(of: Cohort | Course, *, on: bool, by: User) -> None:
    """Switch the discussions of a group, or of every group of a course, on or off; what was said stays."""
    which = {"cohort": of} if isinstance(of, Cohort) else {"course": of}
    stops = DiscussionStop.objects.filter(**which)
    if on == (not stops.exists()):
        return
    if on:
        stops.delete()
    else:
        DiscussionStop.objects.get_or_create(**which, defaults={"by": by})
    audit.record("discussion.on" if on else "discussion.off", of, by=by)


def check_may_write(user: User, cohort: Cohort) -> None:
    """Raise NotHere, Muted or DiscussionOff where the user writes nothing in a group."""
    if not rules.can_discuss(user, cohort):
        raise NotHere
    if rules.is_stopped(cohort):
        raise DiscussionOff
    mute = Mute.objects.current().filter(organization=cohort.organization_id, user=user).select_related("reason")
    if held := mute.order_by("-until").first():
        raise Muted(values={"until": f"{held.until:%d.%m.%Y}", "reason": held.reason.name})


def lock_thread(thread: Thread) -> Thread:
    rows = Thread.objects.select_for_update(no_key=True, of=("self",)).select_related("cohort", "discussion")
    return rows.get(pk=thread.pk)


def _sent_before(uuid: UUID, by: User) -> Post | None:
    same = Post.objects.filter(uuid=uuid).select_related("thread").first()
    if same and same.author_id != by.pk:
        raise InvalidInput(_("Open the page anew and send it once more."), field="text")
    return same


def _say(thread: Thread, *, text: str, uuid: UUID, by: User) -> Post:
    """Write the next post of a locked thread; whoever writes follows it, and has read it up to there."""
    post = Post.objects.create(
        uuid=uuid,
        thread=thread,
        number=thread.post_count + 1,
        author=by,
        is_teachers=rules.can_moderate(by, thread.cohort),
        text=text,
    )
    thread.post_count, thread.last_post = post.number, post.pk
    thread.save(update_fields=["post_count", "last_post", "updated_at"])
    Discussion.objects.filter(pk=thread.discussion_id).update(last_post=post.pk)
    mine = {"seen": post.pk, "is_told": False}
    Following.objects.update_or_create(
        thread=thread, user=by, defaults=mine, create_defaults=mine | {"is_subscribed": True}
    )
    return post


def _tell_followers(thread: Thread, post: Post) -> None:
    """Tell those who follow and were not told since they last read."""
    to_tell = Following.objects.filter(thread=thread, is_subscribed=True, is_told=False).exclude(user=post.author_id)
    rows = list(to_tell.values_list("pk", "user_id", "seen"))
    if not rows:
        return
    params = {"title": thread.title}
    notify_many(
        _news(user, "discussion-reply", f"{thread.pk}-{seen}", params, f"{thread_url(thread)}#new")
        for _pk, user, seen in rows
    )
    Following.objects.filter(pk__in=[pk for pk, _user, _seen in rows]).update(is_told=True)


def _tell_teachers(discussion: Discussion, post: Post) -> None:
    """Tell the instructors of the group of a new question, once until they look."""
    teachers = discussion.cohort.instructors.exclude(pk=post.author_id).values_list("pk", flat=True)
    for pk in teachers:
        DiscussionVisit.objects.get_or_create(discussion=discussion, user_id=pk)
    visits = DiscussionVisit.objects.filter(discussion=discussion, user__in=teachers, is_told=False)
    rows = list(visits.values_list("pk", "user_id", "seen"))
    params = {"lesson": discussion.lesson.title, "group": discussion.cohort.code}
    url = reverse("learning:teach_group_discussions", args=[discussion.cohort.uuid])
    notify_many(_news(user, "discussion-question", f"{discussion.pk}-{seen}", params, url) for _pk, user, seen in rows)
    DiscussionVisit.objects.filter(pk__in=[pk for pk, _user, _seen in rows]).update(is_told=True)


def _news(user: int, kind: str, key: str, params: dict[str, Any], url: str) -> Notice:
    mail_at = timezone.now() + MAIL_AFTER
    return Notice(user_id=user, kind=kind, key=f"{kind}-{key}-{user}", params=params, url=url, mail_at=mail_at)


def thread_url(thread: Thread) -> str:
    return reverse("learning:thread", args=[thread.uuid])
