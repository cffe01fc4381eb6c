"""Reminders: a day before a class and shortly before it, once each, and the way to it on every page while it is on."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from base.models import Notice
from enrollment.models import Cohort
from enrollment.services.cohorts import cancel_cohort
from enrollment.services.enrollments import withdraw_enrollment
from live.models import LiveSession
from live.services.sessions import cancel_session, end_session, reschedule_session, start_session
from live.tasks import remind_of_classes
from tests.accounts.factories import make_user
from tests.live.conftest import Class
from tests.live.factories import make_learner, make_live_cohort, make_session

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def told(kind: str = "class-") -> list[str]:
    return list(Notice.objects.filter(kind__startswith=kind).order_by("pk").values_list("kind", flat=True))


def pass_time(session: LiveSession, *, until_start: timedelta) -> None:
    """Move a class so near; the reminder that was due moves along."""
    session.refresh_from_db()
    shift = session.starts_at - timezone.now() - until_start
    LiveSession.objects.filter(pk=session.pk).update(
        starts_at=session.starts_at - shift,
        ends_at=session.ends_at - shift,
        remind_at=session.remind_at - shift if session.remind_at else None,
    )


@pytest.fixture
def planned(room: Class) -> LiveSession:
    """A class in three days, of a teacher and two learners; another is on, and nobody is told of that."""
    LiveSession.objects.update(remind_at=None)
    return make_session(room.cohort, starts_at=timezone.now() + timedelta(days=3), teacher=room.teacher)


def test_everybody_is_told_a_day_before_and_shortly_before_once_each(room: Class, planned: LiveSession) -> None:
    assert remind_of_classes() == 0
    for until_start, kind in ((23 * HOUR, "class-day-before"), (HOUR / 5, "class-near")):
        pass_time(planned, until_start=until_start)
        assert remind_of_classes() == 3
        assert remind_of_classes() == 0
        assert told(kind) == [kind] * 3
    assert {notice.user for notice in Notice.objects.all()} == {room.teacher, room.learner, room.other}


def test_a_reminder_goes_by_e_mail_where_there_is_an_address(room: Class, planned: LiveSession) -> None:
    type(room.learner).objects.filter(pk=room.learner.pk).update(email="l@example.uz")
    pass_time(planned, until_start=HOUR / 5)
    remind_of_classes()
    mailed = Notice.objects.filter(mail_at__isnull=False)
    assert room.learner.pk in mailed.values_list("user", flat=True)


def test_a_class_that_was_put_off_is_told_of_anew(planned: LiveSession) -> None:
    pass_time(planned, until_start=HOUR / 5)
    remind_of_classes()
    later = timezone.now() + timedelta(days=2)
    reschedule_session(planned, starts_at=later, ends_at=later + HOUR, by=None)
    assert not Notice.objects.filter(current_until__isnull=False).exists()
    pass_time(planned, until_start=HOUR / 6)
    assert remind_of_classes() == 3
    assert told("class-near") == ["class-near"] * 6


def test_who_plans_within_a_day_has_told_of_it(room: Class) -> None:
    session = make_session(room.cohort, starts_at=timezone.now() + 5 * HOUR)
    assert session.remind_at == session.starts_at - HOUR / 4


def test_a_class_called_off_or_over_is_told_of_no_more(planned: LiveSession) -> None:
    cancel_session(planned, by=None)
    pass_time(planned, until_start=HOUR / 5)
    assert remind_of_classes() == 0


def test_a_class_that_begins_early_is_told_of_at_once(planned: LiveSession) -> None:
    pass_time(planned, until_start=HOUR / 2)
    start_session(planned, by=None)
    assert remind_of_classes() == 3
    assert told("class-near") == ["class-near"] * 3


def test_every_page_leads_to_a_class_that_is_near_until_it_is_over(
    room: Class, planned: LiveSession, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    url = f"/live/{planned.uuid}/"
    client.force_login(room.learner)
    client.get("/notices/")  # the statements that are written once
    with django_assert_num_queries(6):
        assert url not in client.get("/notices/").content.decode()
    pass_time(planned, until_start=HOUR / 5)
    remind_of_classes()
    with django_assert_num_queries(7):
        answer = client.get("/notices/")
    assert answer.context["going_on"].url == url
    client.post("/notices/read/")
    assert f'href="{url}"' in client.get("/notices/").content.decode()  # for as long as it goes on
    assert not client.get(url).context["going_on"]  # but not on its own page
    end_session(start_session(planned, by=None), by=None)
    assert not client.get("/notices/").context["going_on"]
    client.force_login(make_user())
    assert not client.get("/notices/").context["going_on"]


def test_who_begins_to_learn_meanwhile_is_shown_the_way(
    room: Class, planned: LiveSession, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    end_session(room.session, by=None)
    pass_time(planned, until_start=HOUR / 5)
    remind_of_classes()
    Cohort.objects.update(next_session_at=LiveSession.objects.get(pk=planned.pk).starts_at)
    user = make_user()
    with django_capture_on_commit_callbacks(execute=True):
        enrollment = make_learner(room.cohort, user)
    assert Notice.objects.get(user=user, kind="class-near").current_until
    stays = Notice.objects.filter(current_until__isnull=False).exclude(user=user).count()
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_enrollment(enrollment, reason="family", by=None)
    assert Notice.objects.get(user=user, kind="class-near").current_until is None
    assert Notice.objects.filter(current_until__isnull=False).count() == stays > 0


def test_a_cancelled_group_has_no_classes_to_come() -> None:
    session = make_session(make_live_cohort())
    cancel_cohort(session.cohort, by=None)
    session.refresh_from_db()
    assert session.status == "cancelled"
