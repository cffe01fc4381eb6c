import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from enrollment.models import Cohort, Enrollment
from learning.models import Mark, MarkFile, Submission, Work
from learning.services.marking import finish_mark
from learning.services.works import add_file, hand_in
from tests.accounts.factories import make_user
from tests.courses.factories import make_course, make_marked, make_module, publish
from tests.enrollment.factories import make_enrollment
from tests.learning.factories import lesson_of, make_assigned, make_learning, photo
from tests.personas import World

pytestmark = pytest.mark.django_db


def handed_in(user: User, world: World, **rules: object) -> Submission:
    enrollment = make_assigned(user=user, provider=world.centre, **rules)
    task = lesson_of(enrollment, "assignment")
    add_file(enrollment, task, file=photo())
    return hand_in(enrollment, task, text="Mana ishim", by=user)


def page(name: str, work: Work) -> str:
    return reverse(f"learning:{name}", args=[work.uuid])


def group_page(name: str, work: Work) -> str:
    return reverse(f"learning:{name}", args=[work.enrollment.cohort.uuid, work.lesson.uuid])


def typed(work: Work, *levels: int, **more: object) -> dict[str, object]:
    criteria = work.lesson.criteria.all()
    return {f"c-{one.pk}": str(level) for one, level in zip(criteria, levels, strict=True)} | more


def test_work_is_marked_from_the_queue_and_the_learner_sees_what_came_of_it(
    client: Client, world: World, learner: User, instructor: User
) -> None:
    work = handed_in(learner, world).work
    client.force_login(instructor)
    waiting = client.get(reverse("learning:teach_marking")).context["works"]
    assert [(one.lesson, one.count, one.differing) for one in waiting] == [(work.lesson, 1, 0)]
    assert client.get(reverse("home")).content.decode().count(reverse("learning:teach_marking")) >= 1
    begun = client.get(group_page("teach_work_begin", work))
    assert begun.headers["Location"] == page("teach_work", work)
    shown = client.get(page("teach_work", work)).content.decode()
    assert "Mana ishim" in shown
    file = work.files.get()
    sent = client.get(reverse("learning:teach_work_file", args=[work.uuid, file.uuid]))
    assert sent.headers["Content-Type"] == "image/jpeg"
    first = work.lesson.criteria.all()[0]
    assert client.post(page("teach_work", work), {f"c-{first.pk}": "1"}).status_code == 422
    answer = SimpleUploadedFile("izoh.pdf", b"%PDF-1.7")
    done = client.post(page("teach_work", work), typed(work, 2, 1, comment="Chok tekis", attached=answer))
    assert done.status_code == 302, done.context["form"].errors
    assert done.headers["Location"] == reverse("learning:teach_marking")
    assert "75" in client.get(page("teach_work", work)).content.decode()
    client.force_login(learner)
    place = [work.enrollment.uuid, work.lesson.uuid]
    result = client.get(reverse("learning:lesson", args=place)).content.decode()
    assert all(words in result for words in ("75", "Chok tekis", "izoh.pdf", "Qisman"))
    feedback = reverse("learning:work_feedback", args=[*place, MarkFile.objects.get().uuid])
    assert client.get(feedback).status_code == 200


def test_what_is_ticked_is_kept_and_stands_in_the_form(
    client: Client, world: World, learner: User, instructor: User, centre_manager: User
) -> None:
    work = handed_in(learner, world).work
    client.force_login(instructor)
    first = work.lesson.criteria.all()[0]
    kept = client.post(page("teach_work_keep", work), {f"c-{first.pk}": "2", "comment": "Boshladim"})
    assert (kept.status_code, Mark.objects.get().reached) == (200, {str(first.pk): 2})
    form = client.get(page("teach_work", work)).context["form"]
    assert (form[f"c-{first.pk}"].value(), form["comment"].value()) == ("2", "Boshladim")
    client.force_login(centre_manager)
    assert "Boshladim" not in client.get(page("teach_work", work)).content.decode()
    client.post(page("teach_work", work), typed(work, 2, 2))
    client.force_login(instructor)
    assert client.post(page("teach_work_keep", work), {"comment": "Kech"}).status_code == 409
    assert client.post(page("teach_work", work), typed(work, 0, 0)).status_code == 422
    assert Work.objects.get().score == 100


def test_whoever_marks_does_not_see_whose_work_it_is(
    client: Client, world: World, learner: User, instructor: User
) -> None:
    work = handed_in(learner, world, anonymous=True).work
    client.force_login(instructor)
    assert learner.person
    for url in (page("teach_work", work), page("teach_work_keep", work), reverse("learning:teach_marking")):
        shown = client.get(url).content.decode()
        assert not any(word in shown for word in (learner.person.surname, "Karimov", str(work.enrollment.uuid)))
    listed = client.get(group_page("teach_work_list", work)).content.decode()
    assert learner.person.surname in listed
    assert str(work.uuid) not in listed
    client.post(page("teach_work", work), typed(work, 2, 2))
    assert learner.person.surname in client.get(page("teach_work", work)).content.decode()


def test_two_marks_that_lie_apart_are_shown_side_by_side_and_settled(
    client: Client, world: World, learner: User, instructor: User, centre_manager: User
) -> None:
    work = handed_in(learner, world, double=True).work
    client.force_login(instructor)
    client.post(page("teach_work", work), typed(work, 2, 2, comment="Zoʻr"))
    assert client.get(page("teach_work_settle", work)).headers["Location"] == page("teach_work", work)
    assert client.get(reverse("learning:teach_marking")).context["works"] == []
    client.force_login(centre_manager)
    assert "Zoʻr" not in client.get(page("teach_work", work)).content.decode()
    apart = client.post(page("teach_work", work), typed(work, 0, 2))
    assert apart.headers["Location"] == page("teach_work_settle", work)
    rows = client.get(page("teach_work_settle", work)).context["rows"]
    assert [row["differs"] for row in rows] == [True, False]
    client.force_login(instructor)
    [waiting] = client.get(reverse("learning:teach_marking")).context["works"]
    assert waiting.differing == 1
    assert client.post(page("teach_work_settle", work), typed(work, 1, 2)).status_code == 422
    client.post(page("teach_work_settle", work), typed(work, 1, 2, reason="Birga koʻrdik", seen="0"))
    assert Work.objects.get().score == 75


def test_work_is_handed_back_with_words(client: Client, world: World, learner: User, instructor: User) -> None:
    work = handed_in(learner, world).work
    client.force_login(instructor)
    assert client.get(page("teach_work_return", work)).status_code == 200
    client.post(page("teach_work_return", work), {"words": "Chokni qayta tiking"})
    client.force_login(learner)
    shown = client.get(reverse("learning:lesson", args=[work.enrollment.uuid, work.lesson.uuid])).content.decode()
    assert "Chokni qayta tiking" in shown
    assert 'name="then" value="submit"' in shown


def test_nobody_marks_elsewhere(client: Client, world: World, learner: User, outsider: User) -> None:
    work = handed_in(learner, world).work
    client.force_login(outsider)
    for name in ("teach_work", "teach_work_settle", "teach_work_return"):
        assert client.get(page(name, work)).status_code == 404
    assert client.post(page("teach_work_keep", work)).status_code == 404
    assert client.get(group_page("teach_work_list", work)).status_code == 403
    assert client.get(reverse("learning:teach_marking")).context["works"] == []


@pytest.fixture
def bench(world: World, learner: User) -> Enrollment:
    course = make_course(provider=world.centre)
    make_marked(make_module(course.versions.get()), "practical", checklist=True)
    publish(course.versions.get())
    course.refresh_from_db()
    return make_learning(user=learner, course=course)


def test_two_assessors_tick_the_checklist_and_settle_what_differs(
    client: Client, bench: Enrollment, instructor: User, centre_manager: User, learner: User
) -> None:
    lesson = lesson_of(bench, "practical")
    start = reverse("learning:teach_bench", args=[bench.uuid, lesson.uuid])
    first, second = lesson.criteria.all()
    client.force_login(instructor)
    roster = reverse("learning:teach_work_list", args=[bench.cohort.uuid, lesson.uuid])
    assert start in client.get(roster).content.decode()
    opened = client.post(start)
    work = Work.objects.get()
    assert opened.headers["Location"] == page("teach_work", work)
    assert client.post(page("teach_work", work), {f"c-{first.pk}": "on"}).headers["Location"] == roster
    client.force_login(centre_manager)
    client.post(start)
    both = {f"c-{one.pk}": "on" for one in (first, second)}
    assert client.post(page("teach_work", work), both).headers["Location"] == page("teach_work_settle", work)
    client.post(page("teach_work_settle", work), both | {"reason": "Oʻlchab koʻrdik", "seen": "0"})
    work.refresh_from_db()
    assert (work.status, work.differs, Submission.objects.count()) == ("marked", False, 1)
    client.force_login(learner)
    shown = client.get(reverse("learning:lesson", args=[bench.uuid, lesson.uuid])).content.decode()
    assert "100" in shown


def test_lists_take_the_same_queries_however_long(
    client: Client,
    world: World,
    learner: User,
    instructor: User,
    centre_manager: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    work = handed_in(learner, world, double=True).work
    cohort: Cohort = work.enrollment.cohort
    client.force_login(instructor)
    for more in (0, 2):
        for _n in range(more):
            user = make_user()
            other = make_enrollment(cohort=cohort, person=user.person)
            one = hand_in(other, work.lesson, text="Mana", by=user)
            finish_mark(one, reached={str(c.pk): 1 for c in work.lesson.criteria.all()}, comment="", by=centre_manager)
        with django_assert_num_queries(MARKING):
            client.get(reverse("learning:teach_marking"))
        with django_assert_num_queries(GROUP):
            client.get(reverse("learning:teach_works", args=[cohort.uuid]))
        with django_assert_num_queries(LEARNERS):
            client.get(group_page("teach_work_list", work))
        with django_assert_num_queries(ONE):
            client.get(page("teach_work", work))


def test_long_group_goes_on_page_by_page(
    client: Client, world: World, learner: User, instructor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("learning.views.teach_works.LEARNERS_SHOWN", 2)
    work = handed_in(learner, world).work
    for _ in range(2):
        make_enrollment(cohort=work.enrollment.cohort)
    client.force_login(instructor)
    first = client.get(group_page("teach_work_list", work)).context
    rest = client.get(group_page("teach_work_list", work), {"after": first["page"].next}).context
    shown = [one.enrollment for one in (*first["learners"], *rest["learners"])]
    assert (len(shown), len(set(shown)), rest["page"].next) == (3, 3, None)
    assert client.get(group_page("teach_work_list", work), {"after": "x"}).status_code == 404


MARKING, GROUP, LEARNERS, ONE = 8, 9, 10, 11
