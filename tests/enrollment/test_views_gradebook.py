from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEvent, User
from courses.models import Lesson
from enrollment.models import Cohort, Enrollment, LessonProgress
from enrollment.services.cohorts import standing_cohort
from enrollment.services.progress import record_score
from tests.accounts.factories import make_person
from tests.courses.factories import make_course, make_grade_category, make_module, make_published_course, make_quiz
from tests.courses.factories import publish as publish_version
from tests.enrollment.factories import make_cohort, make_enrollment
from tests.enrollment.pages import url, words
from tests.pages import signed_in
from tests.personas import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def graded(world: World) -> Cohort:
    """A group whose course has two quizzes in a category and one that stands for itself."""
    version = make_course(provider=world.centre).versions.get()
    module = make_module(version)
    quizzes = [make_quiz(module, ("single",), pass_score=50) for _ in range(3)]
    make_grade_category(version, *quizzes[:2], weight=3)
    publish_version(version)
    version.course.refresh_from_db()
    return make_cohort(course=version.course, seats=None)


@pytest.fixture
def client(instructor: User) -> Client:
    return signed_in(instructor)


def lessons_of(cohort: Cohort) -> list[Lesson]:
    return list(cohort.version.lessons.all())


def make_learner(cohort: Cohort, surname: str, *scores: int | None) -> Enrollment:
    enrollment = make_enrollment(cohort=cohort, person=make_person(surname=surname))
    for lesson, score in zip(lessons_of(cohort), scores, strict=False):
        if score is not None:
            record_score(enrollment, lesson, score=Decimal(score))
    return Enrollment.objects.get(pk=enrollment.pk)


def names_in(answer: object) -> list[str]:
    return [row.person__surname for row in answer.context["page"].items]  # type: ignore[attr-defined]  # a test answer


def test_gradebook_shows_scores_means_and_grade(graded: Cohort, client: Client) -> None:
    learner = make_learner(graded, "Aliyev", 40, 81, 100)
    assert learner.category_grades == {str(graded.version.categories.get().pk): "60.50"}
    assert learner.grade == Decimal("70.38")  # (3 × 60.50 + 1 × 100) ÷ 4
    page = words(client.get(url("gradebook", graded.uuid)))
    assert '<td class="num fact">70.38</td><td class="low">40<b>!</b></td><td>81</td><td class="mean">60.5</td>' in page
    assert url("gradebook", graded.uuid) in words(client.get(url("cohort_detail", graded.uuid)))
    assert AuditEvent.objects.filter(action="gradebook.listed", detail__count=1).exists()


def test_gradebook_is_ordered_and_filtered(graded: Cohort, client: Client) -> None:
    make_learner(graded, "Botirov", 90, 90, 90)
    make_learner(graded, "Aliyev", 20)
    make_learner(graded, "Valiyev")
    page, first = url("gradebook", graded.uuid), lessons_of(graded)[0].uuid
    expected = {
        "": ["Aliyev", "Botirov", "Valiyev"],
        "?order=-name": ["Valiyev", "Botirov", "Aliyev"],
        "?order=grade": ["Valiyev", "Aliyev", "Botirov"],
        "?order=-grade": ["Botirov", "Aliyev", "Valiyev"],
        "?order=nonsense&show=nonsense&lesson=nonsense": ["Aliyev", "Botirov", "Valiyev"],
        f"?lesson={first}&show=missing": ["Valiyev"],
        f"?lesson={first}&show=failing": ["Aliyev"],
        f"?lesson={first}": ["Aliyev", "Botirov", "Valiyev"],
        "?show=missing": ["Aliyev", "Botirov", "Valiyev"],
        "?q=boti": ["Botirov"],
    }
    assert {query: names_in(client.get(page + query)) for query in expected} == expected


def test_pages_follow_one_another_by_name_and_by_grade(
    graded: Cohort, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("enrollment.views.gradebook.AT_A_TIME", 1)
    for surname, score in (("Botirov", 90), ("Aliyev", 20), ("Valiyev", None)):
        make_learner(graded, surname, score)
    for order, expected in {
        "name": ["Aliyev", "Botirov", "Valiyev"],
        "-grade": ["Botirov", "Aliyev", "Valiyev"],
    }.items():
        found: list[str] = []
        after: str | None = ""
        while after is not None:
            answer = client.get(url("gradebook", graded.uuid), {"order": order} | ({"after": after} if after else {}))
            found += names_in(answer)
            after = answer.context["page"].next
        assert found == expected
    assert client.get(url("gradebook", graded.uuid), {"after": "WyJ4Il0"}).status_code == 404


def test_completion_report_shows_what_is_done(graded: Cohort, client: Client) -> None:
    learner = make_learner(graded, "Aliyev", 40, 81)
    make_learner(graded, "Botirov")
    answer = client.get(url("completion_report", graded.uuid))
    assert "<td>…</td><td>✓</td><td></td>" in words(answer)
    assert words(answer).count("<td>✓</td>") == LessonProgress.objects.exclude(completed_at=None).count() == 1
    second = lessons_of(graded)[1].uuid
    page = url("completion_report", graded.uuid)
    assert names_in(client.get(f"{page}?lesson={second}&show=undone")) == ["Botirov"]
    assert f"{int(100 * learner.progress)} %" in words(answer)


def test_who_left_is_in_neither(graded: Cohort, client: Client) -> None:
    learner = make_learner(graded, "Aliyev", 40)
    Enrollment.objects.filter(pk=learner.pk).update(status="withdrawn")
    for name in ("gradebook", "completion_report"):
        assert names_in(client.get(url(name, graded.uuid))) == []


def test_standing_group_is_not_ordered_by_name(world: World, client: Client) -> None:
    cohort = standing_cohort(make_published_course(provider=world.centre, self_paced=True))
    first, second = (make_learner(cohort, surname) for surname in ("Valiyev", "Aliyev"))
    for order in ("", "?order=name"):
        page = client.get(url("gradebook", cohort.uuid) + order)
        assert [row.id for row in page.context["page"].items] == [second.pk, first.pk]


def test_course_without_grades_says_so(world: World, client: Client) -> None:
    cohort = make_cohort(course=make_published_course(("page",), provider=world.centre))
    assert "Nothing is graded in this course" in words(client.get(url("gradebook", cohort.uuid)))


def test_names_are_escaped(graded: Cohort, client: Client) -> None:
    make_learner(graded, "<script>alert(1)</script>", 1)
    for name in ("gradebook", "completion_report"):
        assert "<script>alert" not in words(client.get(url(name, graded.uuid)))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("gradebook", 11), ("completion_report", 11)])
def test_sheets_take_as_many_queries_for_one_learner_as_for_many(
    graded: Cohort,
    client: Client,
    count: int,
    name: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for n in range(count):
        make_learner(graded, f"Aliyev{n}", 50, 60, 70)
    client.get(url(name, graded.uuid))
    with django_assert_num_queries(queries):
        client.get(url(name, graded.uuid))


# --- One learner --------------------------------------------------------------------------------
def test_result_is_changed_with_a_reason_and_shown_with_it(graded: Cohort, client: Client, instructor: User) -> None:
    learner, lesson = make_learner(graded, "Aliyev", 40, 81), lessons_of(graded)[0]
    page = url("grade_override", graded.uuid, learner.uuid, lesson.uuid)
    marks = url("learner_marks", graded.uuid, learner.uuid)
    assert marks in words(client.get(url("gradebook", graded.uuid)))
    assert page in words(client.get(f"{url('gradebook', graded.uuid)}?lesson={lesson.uuid}"))
    assert f"{lesson.uuid}/" in words(client.get(marks))
    asked = client.get(page)
    assert "What counts now: 40. What was earned: 40." in words(asked)
    typed = {"score": "75", "reason": "Qayta <b>koʻrildi</b>", "seen": "40.00"}
    for wrong in ({"reason": " "}, {"score": ""}, {"score": "100.01"}, {"score": "NaN"}, {"score": "1e9"}):
        assert client.post(page, typed | wrong).status_code == 422
    assert client.post(page, typed).status_code == 302
    shown = words(client.get(marks))
    assert "Qayta &lt;b&gt;koʻrildi&lt;/b&gt;" in shown
    assert instructor.name in shown
    assert "<td>75<b>*</b></td>" in words(client.get(url("gradebook", graded.uuid)))
    client.post(page, {"undo": "on", "reason": "Xato", "seen": "75.00"})
    assert LessonProgress.objects.get(lesson=lesson).score == 40


def test_second_of_two_is_told_and_may_then_write(graded: Cohort, client: Client, centre_manager: User) -> None:
    learner, lesson = make_learner(graded, "Aliyev", 40), lessons_of(graded)[0]
    page = url("grade_override", graded.uuid, learner.uuid, lesson.uuid)
    signed_in(centre_manager).post(page, {"score": "70", "reason": "Birinchi", "seen": "40"})
    answer = client.post(page, {"score": "80", "reason": "Ikkinchi", "seen": "40"})
    assert (answer.status_code, "has written 70 meanwhile: “Birinchi”" in words(answer)) == (422, True)
    assert (answer.context["form"]["score"].value(), answer.context["form"]["seen"].value()) == ("80", "70.00")
    client.post(page, {"score": "80", "reason": "Ikkinchi", "seen": "70.00"})
    assert LessonProgress.objects.get(lesson=lesson).score == 80


def test_decided_learners_are_changed_by_who_leads(graded: Cohort, client: Client, centre_manager: User) -> None:
    learner, lesson = make_learner(graded, "Aliyev", 90, 90, 90), lessons_of(graded)[0]
    assert learner.status == "completed"
    page = url("grade_override", graded.uuid, learner.uuid, lesson.uuid)
    typed = {"score": "10", "reason": "Nusxa", "seen": "90"}
    assert client.post(page, typed).status_code == 403
    assert f"{lesson.uuid}/" not in words(client.get(url("learner_marks", graded.uuid, learner.uuid)))
    assert signed_in(centre_manager).post(page, typed).status_code == 302
    learner.refresh_from_db()
    assert learner.status == "failed"


def test_nobody_changes_own_results_nor_those_of_another_group(
    graded: Cohort, client: Client, instructor: User
) -> None:
    own = make_enrollment(cohort=graded, person=instructor.person)
    other = make_learner(make_cohort(course=graded.course), "Aliyev")
    lesson = lessons_of(graded)[0]
    assert client.get(url("grade_override", graded.uuid, own.uuid, lesson.uuid)).status_code == 403
    assert client.get(url("learner_marks", graded.uuid, other.uuid)).status_code == 404
    assert client.get(url("grade_override", graded.uuid, own.uuid, graded.uuid)).status_code in (403, 404)
