"""The two clocks of a referral: when they run out, who sees it, who is reminded."""

from datetime import timedelta
from functools import partial

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from base.models import Notice
from base.services.notices import send_due_mail
from enrollment.models import Cohort, Referral, ReferralReminder, TimeLimit
from enrollment.queries.clocks import Clock, limits_of, overdue
from enrollment.services.overdue import remind_overdue
from enrollment.services.referrals import decline_referral, enroll_referral, lapse_referral, submit_referral
from tests.courses.factories import make_published_course
from tests.enrollment.factories import (
    make_accepted_referral,
    make_cohort,
    make_household,
    make_open_referral,
    make_resident,
)
from tests.enrollment.test_services_seats import race
from tests.pages import signed_in
from tests.personas import World

pytestmark = pytest.mark.django_db
LIST = "/referrals/overdue/"
DAY = timedelta(days=1)


@pytest.fixture
def cohort(world: World) -> Cohort:
    return make_cohort(course=make_published_course(provider=world.centre), seats=20)


def refer(cohort: Cohort, world: World, **fields: object) -> Referral:
    return make_open_referral(
        cohort=cohort, resident=make_resident(household=make_household(mahalla=world.mahalla)), **fields
    )


def be_late(*referrals: Referral, days: int = 1) -> None:
    late = timezone.now() - timedelta(days=days)
    Referral.objects.filter(pk__in=[row.pk for row in referrals]).update(due_at=late, seat_due_at=late)


def late(clock: str) -> list[Referral]:
    return list(overdue(Referral.objects.all(), clock))


# --- Limits -----------------------------------------------------------------------------------
def test_limits_are_the_courses_own_else_the_common_ones_else_the_settings(cohort: Cohort) -> None:
    today, course = timezone.localdate(), cohort.course
    assert (limits_of(course.pk).answer, limits_of(course.pk).seat) == (3 * DAY, 60 * DAY)
    TimeLimit.objects.create(code="all", answer_days=5, seat_days=30)
    assert limits_of(course.pk).answer == 5 * DAY
    TimeLimit.objects.create(code="own-old", course=course, answer_days=1, seat_days=9, valid_until=today)
    TimeLimit.objects.create(code="own", course=course, answer_days=2, seat_days=10, valid_from=today)
    TimeLimit.objects.create(code="own-next", course=course, answer_days=9, seat_days=90, valid_from=today + DAY)
    assert (limits_of(course.pk).answer, limits_of(course.pk).seat) == (2 * DAY, 10 * DAY)
    referral = make_open_referral(cohort=cohort)
    assert referral.submitted_at is not None
    limits = referral.submitted_at + 2 * DAY, referral.submitted_at + 10 * DAY
    assert (referral.due_at, referral.seat_due_at) == limits


def test_own_application_starts_the_clock_of_the_seat_alone() -> None:
    draft = make_open_referral(door="self")
    assert draft.due_at is None
    sent = submit_referral(draft, by=None)
    assert sent.due_at is not None
    assert sent.seat_due_at == draft.seat_due_at


def test_lapsed_and_sent_again_it_keeps_both_clocks(cohort: Cohort) -> None:
    referral = make_accepted_referral(cohort=cohort)
    Referral.objects.filter(pk=referral.pk).update(hold_until=timezone.localdate() - DAY)
    assert lapse_referral(referral)
    again = submit_referral(referral, by=None)
    assert (again.due_at, again.seat_due_at) == (referral.due_at, referral.seat_due_at)


def test_clocks_stop_with_the_answer_and_with_the_seat(cohort: Cohort) -> None:
    waiting, declined, accepted = (make_open_referral(cohort=cohort) for _ in range(3))
    draft = make_open_referral(cohort=cohort, door="self")
    held, enrolled = (make_accepted_referral(cohort=cohort) for _ in range(2))
    be_late(waiting, declined, accepted, draft, held, enrolled)
    decline_referral(declined, reason="other", by=None)
    enroll_referral(enrolled, by=None)
    assert late(Clock.ANSWER) == [waiting, accepted]
    assert late(Clock.SEAT) == [waiting, accepted, draft]


# --- Pages ------------------------------------------------------------------------------------
def test_whoever_follows_a_referral_finds_it_overdue(
    cohort: Cohort,
    world: World,
    assistant: User,
    counter: User,
    centre_manager: User,
    supervisor: User,
    outsider: User,
) -> None:
    longer, shorter, in_time = (refer(cohort, world) for _ in range(3))
    be_late(longer, days=9)
    be_late(shorter)
    for user in (assistant, counter, centre_manager, supervisor):
        for clock in Clock:
            assert signed_in(user).get(LIST, {"clock": clock}).context["page"].items == [longer, shorter]
    page = signed_in(outsider).get(LIST)
    assert page.context["page"].items == []
    assert "Nothing is overdue" in page.content.decode()
    assert signed_in(assistant).get(LIST, {"clock": "nonsense"}).context["clock"] == Clock.ANSWER
    assert in_time not in late(Clock.ANSWER)


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_any_number_of_rows(
    cohort: Cohort, world: World, centre_manager: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    be_late(*(refer(cohort, world) for _ in range(rows)))
    client = signed_in(centre_manager)
    with django_assert_num_queries(8):
        client.get(LIST)


# --- Reminders --------------------------------------------------------------------------------
def test_each_is_reminded_once_of_each_clock(
    cohort: Cohort, world: World, assistant: User, counter: User, centre_manager: User, outsider: User
) -> None:
    be_late(refer(cohort, world), refer(cohort, world))
    assert [remind_overdue(), remind_overdue()] == [4, 0]
    told = {(notice.user, notice.kind, notice.params["count"]) for notice in Notice.objects.all()}
    seat, answer = "overdue-seat", "overdue-answer"
    assert told == {(centre_manager, answer, 2), (assistant, seat, 2), (counter, seat, 2)}
    be_late(refer(cohort, world))
    assert remind_overdue() == 2
    assert Notice.objects.filter(user=centre_manager).count() == 2
    assert ReferralReminder.objects.count() == 6


def test_reminder_goes_by_mail_where_there_is_an_address(cohort: Cohort, world: World, centre_manager: User) -> None:
    User.objects.filter(pk=centre_manager.pk).update(email="centre@example.org", language="ru")
    be_late(refer(cohort, world))
    remind_overdue()
    assert [send_due_mail(), send_due_mail()] == [1, 0]
    message = mail.outbox[0]
    assert message.to == ["centre@example.org"]
    assert "/referrals/overdue/?clock=answer" in message.body
    assert not Notice.objects.exclude(mail_at=None).exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_reminders_at_once_say_it_once(cohort: Cohort, world: World, centre_manager: User) -> None:
    be_late(*(refer(cohort, world) for _ in range(5)))
    race([partial(remind_overdue)] * 6)
    assert Notice.objects.filter(user=centre_manager).count() == 1
    assert ReferralReminder.objects.count() == 10
