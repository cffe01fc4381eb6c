from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from base.errors import DomainError, IllegalMove, InvalidInput
from base.models import Notice
from enrollment.models import AttendanceEntry, Completion, Enrollment, Objection
from enrollment.services.completions import fail_enrollment
from enrollment.services.objections import (
    AlreadyContested,
    NothingToContest,
    contest_figure,
    reject_objection,
    uphold_objection,
    withdraw_objection,
)
from tests.accounts.factories import make_membership, make_person, make_user
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_cohort, make_enrollment
from tests.pages import signed_in
from tests.personas import World

pytestmark = pytest.mark.django_db
QUERIES = 6
words = partial(contest_figure, words="I was there on Monday")


@pytest.fixture
def enrollment(world: World, learner: User) -> Enrollment:
    cohort = make_cohort(course=make_published_course(("on-site",), provider=world.centre))
    return make_enrollment(cohort=cohort, person=learner.person)


def test_minutes_are_added_and_a_decision_rests_on_them(
    enrollment: Enrollment, learner: User, centre_manager: User
) -> None:
    lesson = enrollment.cohort.version.lessons.get()
    fail_enrollment(enrollment, by=None)
    objection = words(enrollment, about="attendance", lesson=lesson, by=learner)
    for _ in range(2):
        uphold_objection(objection, minutes=lesson.minutes, reason="The paper roster says so", by=centre_manager)
    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.attendance) == ("completed", 1)
    assert AttendanceEntry.objects.get().reason == "The paper roster says so"
    assert [one.is_met for one in Completion.objects.order_by("pk")] == [False, True]
    assert Notice.objects.filter(user=learner, kind="objection-upheld").count() == 1


def test_a_grade_is_corrected(enrollment: Enrollment, learner: User, centre_manager: User) -> None:
    lesson = enrollment.cohort.version.lessons.get()
    objection = words(enrollment, about="grade", lesson=lesson, by=learner)
    with pytest.raises(InvalidInput):
        uphold_objection(objection, reason="x", by=centre_manager)
    uphold_objection(objection, score=Decimal(81), reason="Counted wrongly", by=centre_manager)
    assert enrollment.lesson_progress.get().score == 81


def test_a_decision_is_turned_round(enrollment: Enrollment, learner: User, centre_manager: User) -> None:
    with pytest.raises(NothingToContest):
        words(enrollment, about="completion", by=learner)
    fail_enrollment(enrollment, by=None)
    objection = words(enrollment, about="completion", by=learner)
    uphold_objection(objection, reason="The work was handed in", by=centre_manager)
    assert Enrollment.objects.get().status == "completed"


def test_one_at_a_time_decided_once_by_somebody_else_with_a_reason(
    enrollment: Enrollment, learner: User, centre_manager: User, world: World
) -> None:
    objection = words(enrollment, about="grade", by=learner)
    assert objection.due_at > timezone.now() + timedelta(days=1)
    with pytest.raises(AlreadyContested):
        words(enrollment, about="grade", by=learner)
    with pytest.raises(InvalidInput):
        reject_objection(objection, reason=" ", by=centre_manager)
    make_membership(user=learner, role="centre-manager", place=world.centre)
    with pytest.raises(DomainError):
        reject_objection(objection, reason="x", by=learner)
    for _ in range(2):
        reject_objection(objection, reason="The test is right", by=centre_manager)
    with pytest.raises(IllegalMove):
        uphold_objection(objection, score=Decimal(1), reason="x", by=centre_manager)
    again = words(enrollment, about="grade", by=learner)
    withdraw_objection(again, by=learner)
    with pytest.raises(IllegalMove):
        reject_objection(again, reason="x", by=centre_manager)


def test_learner_contests_and_manager_decides_on_pages(
    enrollment: Enrollment, learner: User, centre_manager: User
) -> None:
    client = signed_in(learner)
    ask = reverse("enrollment:objection_create", args=[enrollment.uuid])
    assert client.post(ask, {"about": "grade"}).status_code == 422
    answer = client.post(ask, {"about": "attendance", "words": "I was <there>"}, follow=True)
    assert "I was &lt;there&gt;" in answer.content.decode()
    objection = Objection.objects.get()
    Objection.objects.update(due_at=timezone.now() - timedelta(days=1))
    manager = signed_in(centre_manager)
    assert "Overdue" in manager.get(reverse("enrollment:objection_list")).content.decode()
    uphold = reverse("enrollment:objection_uphold", args=[objection.uuid])
    lesson = enrollment.cohort.version.lessons.get()
    assert manager.post(uphold, {"reason": "x", "lesson": str(lesson.uuid)}).status_code == 422
    typed = {"reason": "Seen", "lesson": str(lesson.uuid), "minutes": "5"}
    assert "Seen" in manager.post(uphold, typed, follow=True).content.decode()
    assert AttendanceEntry.objects.get().minutes == 5


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_asks_the_same_however_long_it_is(
    size: int, enrollment: Enrollment, centre_manager: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cohort = make_cohort(course=enrollment.cohort.course)
    for _ in range(size):
        user = make_user(person=make_person())
        words(make_enrollment(cohort=cohort, person=user.person), about="grade", by=user)
    client = signed_in(centre_manager)
    with django_assert_num_queries(QUERIES):
        client.get(reverse("enrollment:objection_list"))
