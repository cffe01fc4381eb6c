from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEvent, User
from base.errors import DomainError, IllegalMove, InvalidInput
from base.models import Notice
from enrollment.models import Cohort, Enrollment, ReportReason
from learning.models import Discussion, Following, Post, PostMove, Thread
from learning.services import moderation
from learning.services.discussions import (
    DiscussionOff,
    Muted,
    NotEditable,
    NotHere,
    ThreadClosed,
    edit_post,
    follow_thread,
    read_thread,
    reply,
    set_discussion,
    start_thread,
)
from learning.services.moderation import (
    CannotMute,
    NotModerator,
    NotShown,
    OwnPost,
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
from tests.accounts.factories import make_user
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_cohort, make_enrollment
from tests.learning.factories import lesson_of
from tests.personas import World

pytestmark = pytest.mark.django_db


def join(cohort: Cohort) -> User:
    user = make_user()
    make_enrollment(cohort=cohort, person=user.person)
    return user


def ask(enrollment: Enrollment, by: User, **words: Any) -> Thread:
    given: dict[str, Any] = {"title": "Igna", "text": "Qaysi igna kerak?", "uuid": uuid4()} | words
    return start_thread(enrollment.cohort, lesson_of(enrollment, "page"), **given, by=by)


@pytest.fixture
def enrollment(learner: User, instructor: User, world: World) -> Enrollment:
    cohort = make_cohort(course=make_published_course(("page",), provider=world.centre), seats=None)
    cohort.instructors.add(instructor)
    assert learner.person
    return make_enrollment(cohort=cohort, person=learner.person)


@pytest.fixture
def thread(enrollment: Enrollment, learner: User) -> Thread:
    return ask(enrollment, learner)


@pytest.fixture
def reason() -> ReportReason:
    return ReportReason.objects.get(code="insult")


def say(thread: Thread, by: User, text: str = "Yoʻgʻoni") -> Post:
    return reply(thread, text=text, uuid=uuid4(), by=by)


def news(user: User, kind: str) -> list[Notice]:
    return list(user.notices.filter(kind=kind))


def test_what_is_sent_twice_is_said_once(enrollment: Enrollment, learner: User, instructor: User) -> None:
    key = UUID(int=5)
    thread = ask(enrollment, learner, uuid=key)
    assert ask(enrollment, learner, uuid=key) == thread
    with pytest.raises(InvalidInput):
        reply(thread, text="Boshqaniki", uuid=key, by=instructor)
    first = reply(thread, text="Salom", uuid=UUID(int=6), by=instructor)
    assert reply(thread, text="Salom", uuid=UUID(int=6), by=instructor) == first
    thread.refresh_from_db()
    assert (thread.post_count, thread.last_post, first.number, first.is_teachers) == (2, first.pk, 2, True)
    assert Discussion.objects.get().last_post == first.pk


@pytest.mark.parametrize("text", ["", " \n", "x" * 5_001, "x" * 100_000, "\u202e\0"])
def test_nothing_and_too_much_are_refused(thread: Thread, learner: User, text: str) -> None:
    with pytest.raises(InvalidInput):
        say(thread, learner, text)
    assert thread.posts.count() == 1


def test_only_the_group_writes(thread: Thread, enrollment: Enrollment, learner: User) -> None:
    with pytest.raises(NotHere):
        say(thread, make_user())
    Enrollment.objects.filter(pk=enrollment.pk).update(status="completed")
    with pytest.raises(NotHere):
        say(thread, learner)


def test_a_group_or_a_course_may_have_no_discussion(thread: Thread, learner: User, instructor: User) -> None:
    for of in (thread.cohort, thread.cohort.course):
        for _again in range(2):
            set_discussion(of, on=False, by=instructor)
        with pytest.raises(DiscussionOff):
            say(thread, learner)
        for _again in range(2):
            set_discussion(of, on=True, by=instructor)
    say(thread, learner)
    assert AuditEvent.objects.filter(action__startswith="discussion.").count() == 4


def test_a_hundred_answers_make_one_notice_until_one_reads(thread: Thread, learner: User, instructor: User) -> None:
    other = join(thread.cohort)
    for _n in range(3):
        say(thread, other)
    assert len(news(learner, "discussion-reply")) == 1
    thread.refresh_from_db()
    read_thread(thread, by=learner)
    say(thread, other)
    assert len(news(learner, "discussion-reply")) == 2
    assert not news(other, "discussion-reply")
    follow_thread(thread, on=False, by=learner)
    read_thread(Thread.objects.get(), by=learner)
    say(thread, other)
    assert len(news(learner, "discussion-reply")) == 2
    assert len(news(instructor, "discussion-question")) == 1


@pytest.mark.parametrize("followers", [1, 3])
def test_an_answer_takes_the_same_queries_however_many_follow(
    thread: Thread, learner: User, followers: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Following.objects.bulk_create(
        Following(thread=thread, user=make_user(), is_subscribed=True) for _n in range(followers)
    )
    with django_assert_num_queries(17):
        say(thread, learner)
    assert Notice.objects.filter(kind="discussion-reply").count() == followers


def test_an_own_post_is_changed_for_a_quarter_of_an_hour(thread: Thread, learner: User, instructor: User) -> None:
    post = say(thread, learner)
    assert edit_post(post, text="Ingichka", by=learner).edited_at
    with pytest.raises(NotEditable):
        edit_post(post, text="Begona", by=instructor)
    Post.objects.filter(pk=post.pk).update(created_at=timezone.now() - timedelta(minutes=16))
    with pytest.raises(NotEditable):
        edit_post(post, text="Kech", by=learner)


def test_a_reported_post_is_no_longer_changed(thread: Thread, learner: User, reason: ReportReason) -> None:
    post = say(thread, learner)
    report_post(post, reason=reason, by=join(thread.cohort))
    with pytest.raises(NotEditable):
        edit_post(post, text="Oq", by=learner)
    assert delete_post(post, by=learner).text  # whoever moderates still reads it
    assert Post.objects.get(pk=post.pk).reported_at


def test_a_deleted_post_leaves_a_mark_alone(thread: Thread, learner: User, instructor: User) -> None:
    post = say(thread, learner)
    set_answer(post, on=True, by=instructor)
    for _again in range(2):
        assert delete_post(post, by=learner).status == "deleted"
    assert (Post.objects.get(pk=post.pk).text, Thread.objects.get().answer) == ("", None)
    with pytest.raises(NotShown):
        set_answer(post, on=True, by=instructor)
    with pytest.raises(DomainError):
        delete_post(say(thread, learner), by=instructor)


def test_a_report_is_decided_once_by_whoever_teaches(
    thread: Thread, learner: User, instructor: User, reason: ReportReason
) -> None:
    post = say(thread, learner, "Yomon soʻz")
    other = join(thread.cohort)
    first = report_post(post, reason=reason, words="Haqorat", by=other)
    assert report_post(post, reason=reason, by=other) == first
    with pytest.raises(OwnPost):
        report_post(post, reason=reason, by=learner)
    assert len(news(instructor, "posts-reported")) == 1
    assert list(Post.objects.to_judge(instructor)) == [post]
    for act in (keep_post, restore_post):
        with pytest.raises(NotModerator):
            act(post, by=other)
    for _again in range(2):
        keep_post(post, by=instructor)
    assert not Post.objects.to_judge(instructor).exists()
    assert PostMove.objects.filter(post=post).count() == 1


def test_a_post_is_hidden_and_shown_again(
    thread: Thread, learner: User, instructor: User, reason: ReportReason
) -> None:
    post = say(thread, learner)
    for _again in range(2):
        assert hide_post(post, reason=reason, by=instructor).status == "hidden"
    assert news(learner, "post-hidden")[0].params["reason"] == reason.names
    with pytest.raises(NotShown):
        report_post(post, reason=reason, by=join(thread.cohort))
    with pytest.raises(IllegalMove):
        delete_post(post, by=learner)
    for _again in range(2):
        assert restore_post(post, by=instructor).status == "shown"
    hide_post(post, reason=reason, by=instructor)
    assert (len(news(learner, "post-hidden")), len(news(learner, "post-restored"))) == (2, 1)
    assert [move.to_status for move in post.moves.all()] == ["hidden", "shown", "hidden"]
    assert AuditEvent.objects.filter(action="post.hidden").count() == 2


def test_a_thread_is_pinned_closed_and_answered(thread: Thread, learner: User, instructor: User) -> None:
    answer = say(thread, learner)
    for act in (set_pinned, set_closed):
        with pytest.raises(NotModerator):
            act(thread, on=True, by=learner)
        act(thread, on=True, by=instructor)
    assert set_answer(answer, on=True, by=instructor).answer_id == answer.pk
    with pytest.raises(ThreadClosed):
        say(thread, learner)
    set_closed(thread, on=False, by=instructor)
    assert set_answer(answer, on=False, by=instructor).answer_id is None
    say(thread, learner)


def test_who_is_muted_writes_nothing_until_a_day(
    thread: Thread, learner: User, instructor: User, reason: ReportReason
) -> None:
    post, today = say(thread, learner), timezone.localdate()
    for until in (today - timedelta(days=1), today + timedelta(days=400)):
        with pytest.raises(InvalidInput):
            mute_author(post, until=until, reason=reason, by=instructor)
    mute = mute_author(post, until=today, reason=reason, by=instructor)
    assert mute_author(post, until=today, reason=reason, by=instructor) == mute
    with pytest.raises(Muted):
        say(thread, learner)
    with pytest.raises(Muted):
        ask(thread.cohort.enrollments.get(), learner)
    with pytest.raises(NotModerator):
        lift_mute(mute, by=learner)
    for _again in range(2):
        assert lift_mute(mute, by=instructor).lifted_at
    say(thread, learner)
    with pytest.raises(CannotMute):
        mute_author(say(thread, instructor), until=today, reason=reason, by=instructor)
    assert len(news(learner, "discussion-muted")) == 1


def test_every_move_of_a_post_is_in_the_table() -> None:
    assert set(moderation.TRANSITIONS) == set(Post.Status)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_answer_at_once(thread: Thread, learner: User) -> None:
    def write(n: int) -> int:
        try:
            return reply(thread, text=f"{n}", uuid=UUID(int=n // 2), by=learner).number
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        numbers = sorted(pool.map(write, range(16)))
    assert numbers == [n for n in range(2, 10) for _twice in range(2)]
    assert Thread.objects.get().post_count == 9
