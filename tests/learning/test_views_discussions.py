from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import Lesson
from enrollment.models import Enrollment, ReportReason
from learning.models import Mute, Post, Thread
from learning.services.discussions import reply, set_discussion, start_thread
from learning.services.moderation import hide_post, report_post
from learning.services.release import set_dates
from learning.templatetags.player import linked
from tests.accounts.factories import make_person, make_user
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_cohort, make_enrollment
from tests.learning.factories import lesson_of
from tests.pages import signed_in
from tests.personas import World

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> https://example.org/?a=1&b=\"onclick='x' javascript:alert(1)"


@pytest.fixture(autouse=True)
def fresh_rates() -> None:
    cache.clear()


@pytest.fixture
def enrollment(learner: User, instructor: User, world: World) -> Enrollment:
    cohort = make_cohort(course=make_published_course(("page",), provider=world.centre), seats=None)
    cohort.instructors.add(instructor)
    assert learner.person
    return make_enrollment(cohort=cohort, person=learner.person)


@pytest.fixture
def lesson(enrollment: Enrollment) -> Lesson:
    return lesson_of(enrollment, "page")


@pytest.fixture
def board(enrollment: Enrollment, lesson: Lesson) -> str:
    return reverse("learning:discussion", args=[enrollment.uuid, lesson.uuid])


@pytest.fixture
def member(enrollment: Enrollment) -> User:
    user = make_user(person=make_person(surname="Karimova", given_name="Dilnoza", patronymic="Salimovna"))
    make_enrollment(cohort=enrollment.cohort, person=user.person)
    return user


@pytest.fixture
def thread(enrollment: Enrollment, lesson: Lesson, member: User) -> Thread:
    return start_thread(enrollment.cohort, lesson, title="Igna", text="Qaysi biri?", uuid=uuid4(), by=member)


def test_a_thread_opens_with_its_lesson(
    thread: Thread, lesson: Lesson, enrollment: Enrollment, learner: User, instructor: User
) -> None:
    set_dates(enrollment.cohort, lesson, opens_at=timezone.now() + timedelta(days=1), due_at=None, by=instructor)
    place = reverse("learning:thread", args=[thread.uuid])
    for ask in (signed_in(learner).get, signed_in(learner).post):
        assert ask(place).status_code == 403
    assert signed_in(instructor).get(place).status_code == 200


def url_of(name: str, row: Thread | Post) -> str:
    return reverse(f"learning:{name}", args=[row.uuid])


def read(user: User, url: str) -> str:
    answer = signed_in(user).get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def test_one_asks_and_another_answers(learner: User, member: User, board: str) -> None:
    sent = {"uuid": str(uuid4()), "title": "Ip", "text": HOSTILE}
    browser = signed_in(learner)
    for _twice in range(2):
        answer = browser.post(board, sent)
    thread = Thread.objects.get()
    assert answer.headers["Location"] == url_of("thread", thread)
    assert browser.post(board, sent | {"text": " ", "uuid": str(uuid4())}).status_code == 422
    page = read(member, url_of("thread", thread))
    assert "<script>alert" not in page
    assert 'rel="nofollow ugc noopener noreferrer" href="https://example.org/?a=1&amp;b="' in page
    assert 'href="javascript' not in page
    said = signed_in(member).post(url_of("thread", thread), {"uuid": str(uuid4()), "text": "Paxta ip"})
    assert said.headers["Location"] == url_of("thread", thread) + "#p-2"


def test_what_is_new_is_marked_until_it_is_read(
    learner: User, thread: Thread, board: str, enrollment: Enrollment, lesson: Lesson
) -> None:
    lesson_url = reverse("learning:lesson", args=[enrollment.uuid, lesson.uuid])
    assert "•" in read(learner, lesson_url)
    assert "is-new" in read(learner, board)
    assert "•" not in read(learner, lesson_url)
    assert "is-new" in read(learner, url_of("thread", thread))
    assert "is-new" not in read(learner, url_of("thread", thread))
    assert "is-new" not in read(learner, board)


def test_members_see_a_given_name_and_teachers_the_whole(learner: User, instructor: User, thread: Thread) -> None:
    reply(thread, text="Men", uuid=uuid4(), by=instructor)
    page = read(learner, url_of("thread", thread))
    assert "Dilnoza K." in page
    assert "Salimovna" not in page
    assert instructor.name in page
    assert "Teaches the group" in page
    assert "Karimova Dilnoza Salimovna" in read(instructor, url_of("thread", thread))


def test_a_hidden_post_is_read_by_its_author_and_the_teacher_alone(
    learner: User, member: User, instructor: User, thread: Thread
) -> None:
    post = thread.posts.get()
    hide_post(post, reason=ReportReason.objects.get(code="insult"), by=instructor)
    for user, sees in ((learner, False), (member, True), (instructor, True)):
        page = read(user, url_of("thread", thread))
        assert ("Qaysi biri?" in page) == sees
        assert "Hidden by whoever teaches the group." in page


def test_a_report_is_made_decided_and_its_author_muted(
    learner: User, instructor: User, thread: Thread, outsider: User
) -> None:
    post = thread.posts.get()
    browser, teacher = signed_in(learner), signed_in(instructor)
    assert browser.post(url_of("post_report", post), {"reason": "none"}).status_code == 422
    assert browser.post(url_of("post_report", post), {"reason": "insult", "words": "<b>"}).status_code == 302
    queue = reverse("learning:teach_reported")
    assert "&lt;b&gt;" in read(instructor, queue)
    assert "&lt;b&gt;" not in read(outsider, queue)
    assert teacher.post(url_of("post_hide", post), {"reason": "insult"}).status_code == 302
    assert teacher.post(url_of("post_mute", post), {"reason": "insult", "until": "2020-01-01"}).status_code == 422
    until = timezone.localdate().isoformat()
    assert teacher.post(url_of("post_mute", post), {"reason": "insult", "until": until}).status_code == 302
    page = read(instructor, queue)
    assert "Nothing is reported" in page
    assert "Karimova" in page
    mute = Mute.objects.get()
    assert teacher.post(reverse("learning:teach_mute_lift", args=[mute.uuid])).status_code == 302
    assert teacher.post(url_of("post_restore", post)).status_code == 302


def test_buttons_of_a_thread(member: User, instructor: User, thread: Thread) -> None:
    teacher = signed_in(instructor)
    answer = reply(thread, text="Yoʻgʻoni", uuid=uuid4(), by=member)
    for change in ("pin", "close", "reopen", "unpin"):
        assert teacher.post(f"{url_of('thread', thread)}{change}/").status_code == 302
    assert teacher.post(f"{url_of('thread', thread)}burn/").status_code == 404
    assert teacher.post(url_of("post_answer", answer), {"on": "1"}).status_code == 302
    assert "To the answer" in read(member, url_of("thread", thread))
    own = signed_in(member)
    assert own.post(url_of("post_edit", answer), {"text": "Ingichka"}).status_code == 302
    assert own.post(url_of("thread_follow", thread), {"on": "0"}).status_code == 302
    assert own.post(url_of("post_delete", answer)).status_code == 302
    assert "Deleted by its author." in read(member, url_of("thread", thread))


def test_a_group_without_discussion_says_so(learner: User, instructor: User, thread: Thread, board: str) -> None:
    switch = reverse("learning:teach_discussions_switch", args=[thread.cohort.uuid])
    for of in ("", "course"):
        signed_in(instructor).post(switch, {"on": "0", "of": of})
        assert "There is no discussion in this group." in read(learner, board)
        sent = {"uuid": str(uuid4()), "text": "Salom"}
        assert signed_in(learner).post(url_of("thread", thread), sent).status_code == 422
        signed_in(instructor).post(switch, {"on": "1", "of": of})
    set_discussion(thread.cohort, on=True, by=instructor)
    assert "There is no discussion" not in read(learner, board)


def test_posts_are_counted(learner: User, thread: Thread) -> None:
    browser = signed_in(learner)
    codes = [browser.post(url_of("thread", thread), {"uuid": str(uuid4()), "text": "a"}).status_code for _n in range(7)]
    assert codes == [302] * 6 + [422]


def test_strangers_find_nothing(thread: Thread, outsider: User, client: Client) -> None:
    post = thread.posts.get()
    for user in (outsider, make_user()):
        for url in (url_of("thread", thread), url_of("post_report", post), url_of("post_hide", post)):
            assert signed_in(user).get(url).status_code == 404
    assert client.get(url_of("thread", thread)).status_code == 302


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a <b>", "a &lt;b&gt;"),
        (
            "(http://a.uz/x).",
            '(<a class="link" rel="nofollow ugc noopener noreferrer" href="http://a.uz/x">http://a.uz/x</a>).',
        ),
        ("javascript:alert(1) data:x www.a.uz", "javascript:alert(1) data:x www.a.uz"),
    ],
)
def test_addresses_become_links_and_nothing_else_does(text: str, html: str) -> None:
    assert linked(text) == html


@pytest.mark.parametrize("n", [1, 3])
def test_pages_take_the_same_queries_however_many_threads_and_posts(
    learner: User,
    member: User,
    instructor: User,
    thread: Thread,
    board: str,
    n: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for k in range(n):
        start_thread(
            thread.cohort, thread.discussion.lesson, title=f"{k}", text="a", uuid=uuid4(), by=make_asker(thread)
        )
        reply(thread, text=f"{k}", uuid=uuid4(), by=member)
    report_post(thread.posts.get(number=2), reason=ReportReason.objects.get(code="other"), by=learner)
    browser, teacher = signed_in(learner), signed_in(instructor)
    group = reverse("learning:teach_group_discussions", args=[thread.cohort.uuid])
    for who, url, count in (
        (browser, board, 14),
        (browser, url_of("thread", thread), 14),
        (teacher, group, 10),
        (teacher, reverse("learning:teach_reported"), 10),
    ):
        for _twice in range(2):
            who.get(url)
        with django_assert_num_queries(count, info=url):
            who.get(url)


def make_asker(thread: Thread) -> User:
    user = make_user()
    make_enrollment(cohort=thread.cohort, person=user.person)
    return user
