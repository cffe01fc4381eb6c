"""What the pages of discussions show."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import Person, User
from base.compiled import CompiledQuery
from base.paging import cursor_of
from courses.models import Lesson
from enrollment.models import Cohort, Enrollment
from enrollment.models.cohorts import TEACHING
from learning import rules
from learning.models import Discussion, DiscussionVisit, Following, Mute, Post, Thread

POSTS_A_PAGE = 50

LAST_AND_SEEN = CompiledQuery(
    lambda cohort, lesson, user: Discussion.objects.filter(cohort=cohort, lesson=lesson).values_list(
        "last_post",
        Subquery(DiscussionVisit.objects.filter(discussion=OuterRef("pk"), user=user).values("seen")[:1]),
    )
)


def has_news(enrollment: Enrollment, lesson: Lesson, user: User) -> bool:
    """Whether there is something in the discussion of a lesson that was not looked at: one query on discussion_once."""
    return any(last > (seen or 0) for last, seen in LAST_AND_SEEN.rows(enrollment.cohort_id, lesson.pk, user.pk))


def shown_name(person: Person | None, *, to_teacher: bool, is_teachers: bool) -> str:
    """How a member of a group is called in it: to fellow learners by given name and the first letter of the surname."""
    if person is None:
        return "—"
    if to_teacher or is_teachers:
        return person.name
    return f"{person.given_name} {person.surname[:1]}.".strip()


@dataclass(frozen=True)
class ShownThread:
    """A thread in a list, as whoever looks sees it."""

    thread: Thread
    by: str
    is_new: bool

    @property
    def replies(self) -> int:
        return max(self.thread.post_count - 1, 0)


def shown_threads(threads: Iterable[Thread], user: User) -> list[ShownThread]:
    """Threads of one group, each with whether there is something that the user has not read: one query."""
    threads = list(threads)
    seen = dict(Following.objects.filter(thread__in=threads, user=user).values_list("thread_id", "seen"))
    return [
        ShownThread(
            thread=one,
            by=shown_name(
                one.author.person,
                to_teacher=rules.can_moderate(user, one.cohort),
                is_teachers=False,
            ),
            is_new=one.last_post > seen.get(one.pk, 0),
        )
        for one in threads
    ]


def threads_about(cohort: Cohort, lesson: Lesson) -> QuerySet[Thread]:
    """The threads of a lesson in a group. Rests on thread_of_discussion."""
    rows = Thread.objects.filter(discussion__cohort=cohort, discussion__lesson=lesson)
    return rows.select_related("author__person", "cohort")


@dataclass(frozen=True)
class ShownPost:
    """A post as whoever looks sees it, with what this reader may do with it; `text` is empty where it is not shown."""

    post: Post
    by: str
    text: str
    is_own: bool
    is_new: bool
    is_answer: bool
    moderates: bool

    @property
    def can_edit(self) -> bool:
        return self.is_own and self.post.is_editable

    @property
    def is_shown(self) -> bool:
        return self.post.status == Post.Status.SHOWN


def shown_posts(thread: Thread, posts: Iterable[Post], user: User, *, seen: int) -> list[ShownPost]:
    """Posts of a thread; hidden ones keep their words for whoever moderates and for their author."""
    moderates = rules.can_moderate(user, thread.cohort)
    found = []
    for post in posts:
        is_own = post.author_id == user.pk
        is_seen = post.status == Post.Status.SHOWN or (post.status == Post.Status.HIDDEN and (moderates or is_own))
        found.append(
            ShownPost(
                post=post,
                by=shown_name(post.author.person, to_teacher=moderates, is_teachers=post.is_teachers),
                text=post.text if is_seen else "",
                is_own=is_own,
                is_new=post.pk > seen,
                is_answer=thread.answer_id == post.pk,
                moderates=moderates,
            )
        )
    return found


def page_of_post(number: int) -> str:
    """The address within a thread at which the post of this number stands."""
    before = (number - 1) // POSTS_A_PAGE * POSTS_A_PAGE
    page = f"?after={cursor_of(Post, Post(number=before), ['number'])}" if before else ""
    return f"{page}#p-{number}"


def seen_in(thread: Thread, user: User) -> tuple[int, bool]:
    """Up to which post the user has read a thread, and whether the user follows it."""
    row = Following.objects.filter(thread=thread, user=user).values_list("seen", "is_subscribed").first()
    return row or (0, False)


def mutes_of(user: User) -> QuerySet[Mute]:
    """Who is muted today at the providers that the user teaches for, the first to end first. Rests on mute_in_force."""
    rows = Mute.objects.current().filter(organization_id__in=user.standing.organizations(*TEACHING))
    return rows.select_related("user__person", "reason", "by__person").order_by("until", "id")
