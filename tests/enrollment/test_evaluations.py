from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, User
from base.errors import InvalidInput
from base.models import Notice
from enrollment.models import Cohort, Enrollment, Evaluation, EvaluationQuestion
from enrollment.services.completions import fail_enrollment
from enrollment.services.enrollments import withdraw_enrollment
from enrollment.services.evaluations import AlreadyEvaluated, NotYetEvaluated, evaluate_cohort
from enrollment.tasks import ask_evaluations
from tests.accounts.factories import make_person, make_user
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_cohort, make_enrollment
from tests.enrollment.test_services_seats import race
from tests.pages import signed_in
from tests.personas import World

pytestmark = pytest.mark.django_db


def good(value: int = 4) -> dict[str, int]:
    return dict.fromkeys(EvaluationQuestion.objects.values_list("code", flat=True), value)


def make_ended(cohort: Cohort, n: int = 1) -> list[Enrollment]:
    rows = [make_enrollment(cohort=cohort) for _ in range(n)]
    return [fail_enrollment(row, by=None) for row in rows]


def page(user: User, name: str, *args: Any) -> str:
    text: str = signed_in(user).get(reverse(f"enrollment:{name}", args=args)).content.decode()
    return text


def test_an_answer_is_given_once_and_names_nobody() -> None:
    [enrollment] = make_ended(make_cohort())
    before = Enrollment.objects.get(pk=enrollment.pk).updated_at
    audited = AuditEvent.objects.count()
    evaluate_cohort(enrollment, ratings=good(), text=" More practice ")
    with pytest.raises(AlreadyEvaluated):
        evaluate_cohort(enrollment, ratings=good(1))
    [said] = Evaluation.objects.all()
    assert (said.cohort, said.text) == (enrollment.cohort, "More practice")
    assert {field.name for field in Evaluation._meta.get_fields()} == {"id", "cohort", "ratings", "text"}
    assert AuditEvent.objects.count() == audited
    assert Enrollment.objects.get(pk=enrollment.pk).updated_at == before


@pytest.mark.parametrize("ratings", [{}, {"x": 3}, "low", "high"])
def test_half_an_answer_is_refused(ratings: Any) -> None:
    [enrollment] = make_ended(make_cohort())
    ratings = {"low": good(0), "high": good(6)}.get(ratings, ratings) if isinstance(ratings, str) else ratings
    with pytest.raises(InvalidInput):
        evaluate_cohort(enrollment, ratings=ratings)
    assert not Evaluation.objects.exists()


def test_who_still_learns_answers_after_the_groups_end_and_who_left_never() -> None:
    cohort = make_cohort(starts_on=timezone.localdate(), ends_on=timezone.localdate())
    learning, left = make_enrollment(cohort=cohort), make_enrollment(cohort=cohort)
    left = withdraw_enrollment(left, reason="family", by=None)
    with pytest.raises(NotYetEvaluated):
        evaluate_cohort(learning, ratings=good())
    yesterday = timezone.localdate() - timedelta(days=1)
    Cohort.objects.filter(pk=cohort.pk).update(starts_on=yesterday, ends_on=yesterday)
    for row in (learning, left):
        row.cohort.refresh_from_db()
    evaluate_cohort(learning, ratings=good())
    with pytest.raises(NotYetEvaluated):
        evaluate_cohort(left, ratings=good())


def test_learners_are_asked_at_their_end_and_at_the_groups_once() -> None:
    cohort = make_cohort(starts_on=timezone.localdate(), ends_on=timezone.localdate())
    learners = [make_user(person=make_person()) for _ in range(2)]
    ended, learning = (make_enrollment(cohort=cohort, person=user.person) for user in learners)
    asked = Notice.objects.filter(kind="evaluation-asked")
    fail_enrollment(ended, by=None)
    assert list(asked.values_list("user", flat=True)) == [learners[0].pk]
    yesterday = timezone.localdate() - timedelta(days=1)
    Cohort.objects.filter(pk=cohort.pk).update(starts_on=yesterday, ends_on=yesterday)
    for _ in range(2):
        ask_evaluations()
    assert asked.count() == 2
    assert asked.filter(user=learners[1]).count() == 1
    assert learning.status == "active"


def test_results_are_shown_from_five_answers_on(world: World, instructor: User, in_english: None) -> None:
    cohort = make_cohort(course=make_published_course(provider=world.centre), seats=6)
    *four, fifth = make_ended(cohort, 5)
    for row in four:
        evaluate_cohort(row, ratings=good(5), text="Said early")
    few = page(instructor, "evaluation_results", cohort.uuid)
    assert "4 of 5 learners have answered" in few
    assert "Said early" not in few
    evaluate_cohort(fifth, ratings=good(1), text="Said <b>late</b>")
    shown = page(instructor, "evaluation_results", cohort.uuid)
    assert "4.2" in shown
    assert "Said &lt;b&gt;late&lt;/b&gt;" in shown
    assert not any(row.person.surname in shown for row in four)


def test_learner_answers_by_the_form(learner: User) -> None:
    enrollment = fail_enrollment(make_enrollment(person=learner.person), by=None)
    address = reverse("enrollment:evaluation_answer", args=[enrollment.uuid])
    client = signed_in(learner)
    assert client.post(address, {}).status_code == 422
    answer = client.post(address, dict.fromkeys(good(), "5") | {"text": "Good"}, follow=True)
    assert "Your answer is kept without your name" in answer.content.decode()
    assert client.post(address, dict.fromkeys(good(), "1")).status_code == 422
    assert Evaluation.objects.get().ratings == good(5)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_answers_of_one_learner_at_once_one_counts() -> None:
    [enrollment] = make_ended(make_cohort())
    ends = race([partial(evaluate_cohort, enrollment, ratings=good())] * 6)
    assert ends == {"done": 1, "AlreadyEvaluated": 5}
    assert Evaluation.objects.count() == 1
