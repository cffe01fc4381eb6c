from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import QuizRules
from enrollment.models import Enrollment
from enrollment.services.grades import override_scores
from enrollment.services.progress import record_score
from tests.accounts.factories import make_user
from tests.courses.factories import make_course, make_grade_category, make_module, make_quiz, publish
from tests.enrollment.factories import make_cohort, make_enrollment
from tests.pages import signed_in

pytestmark = pytest.mark.django_db


def make_graded(learner: User, *, count: int = 3, shown: str = "at-once") -> Enrollment:
    version = make_course().versions.get()
    module = make_module(version)
    quizzes = [make_quiz(module, ("single",), pass_score=60) for _ in range(count)]
    make_grade_category(version, *quizzes, weight=30, drop_lowest=1 if count > 1 else 0)
    make_quiz(module, ("single",), weight=70)
    QuizRules.objects.create(lesson=quizzes[0], score_shown=shown)
    publish(version)
    version.course.refresh_from_db()
    return make_enrollment(cohort=make_cohort(course=version.course), person=learner.person)


def page_of(enrollment: Enrollment, learner: User) -> str:
    return signed_in(learner).get(reverse("learning:grades", args=[enrollment.uuid])).content.decode()


def test_learner_reads_how_the_grade_comes_about(learner: User) -> None:
    enrollment = make_graded(learner)
    lessons = list(enrollment.cohort.version.lessons.all())
    assert "There is no grade yet" in page_of(enrollment, learner)
    for lesson, score in zip(lessons, (40, 80, 90, None), strict=True):
        if score is not None:
            record_score(enrollment, lesson, score=Decimal(score))
    override_scores(enrollment, {lessons[1]: Decimal(70)}, reason="Kechikdi", by=make_user())
    page = page_of(enrollment, learner)
    for words in (
        "Its weight in the grade: 30. Its mean: 80. The lowest result does not count.",
        "Below 60, the smallest to pass. Left out as one of the lowest.",
        "Kechikdi",
        "1 result is missing; it does not count yet.",
        reverse("enrollment:objection_create", args=[enrollment.uuid]),
    ):
        assert " ".join(words.split()) in " ".join(page.split())
    record_score(enrollment, lessons[3], score=Decimal(100))
    page = " ".join(page_of(enrollment, learner).split())
    assert '<tfoot><tr><th scope="row">Grade</th><td class="num">94</td><td class="num">100</td></tr></tfoot>' in page


@pytest.mark.parametrize(("shown", "is_shown"), [("at-once", True), ("never", False), ("passed", False)])
def test_scores_that_a_quiz_hides_are_not_told_here(learner: User, shown: str, *, is_shown: bool) -> None:
    enrollment = make_graded(learner, shown=shown)
    record_score(enrollment, enrollment.cohort.version.lessons.all()[0], score=Decimal(41))
    page = page_of(enrollment, learner)
    assert ('card-fact" data-label="Result">41<' in page, "not shown yet" in page) == (is_shown, not is_shown)


def test_marks_of_others_are_not_there(learner: User, instructor: User) -> None:
    enrollment = make_graded(learner)
    assert signed_in(instructor).get(reverse("learning:grades", args=[enrollment.uuid])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_marks_take_as_many_queries_for_one_lesson_as_for_many(
    learner: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    enrollment, client = make_graded(learner, count=count), signed_in(learner)
    address = reverse("learning:grades", args=[enrollment.uuid])
    client.get(address)
    with django_assert_num_queries(11):
        client.get(address)
