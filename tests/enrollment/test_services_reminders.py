from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Person
from base.models import Notice
from base.notices import text_of
from enrollment.models import TrainingAssignment, TrainingReminder
from enrollment.services.mandatory import exempt, settle_noted
from enrollment.services.reminders import MOST_TRIES, remind, send_mails
from tests.accounts.factories import make_employment, make_person, make_user
from tests.enrollment.factories import make_rule

pytestmark = pytest.mark.django_db


def today() -> date:
    return timezone.localdate()


def bind(*, left: int, **person: Any) -> TrainingAssignment:
    """Somebody with a user, who must take a course within `left` days from today."""
    someone = make_person(**person)
    make_user(person=someone)
    make_employment(person=someone)
    make_rule()
    settle_noted()
    TrainingAssignment.objects.filter(person=someone).update(due_on=today() + timedelta(days=left))
    return TrainingAssignment.objects.get(person=someone)


def stages(row: TrainingAssignment) -> list[str]:
    return [reminder.stage for reminder in row.reminders.order_by("pk")]


@pytest.mark.parametrize(
    ("left", "stage"),
    [(31, None), (30, "month"), (8, "month"), (7, "week"), (0, "week"), (-1, "overdue"), (-300, "overdue")],
)
def test_each_stage_is_told_once(left: int, stage: str | None) -> None:
    row = bind(left=left)
    assert remind() == (1 if stage else 0)
    assert remind() == 0
    assert stages(row) == ([stage] if stage else [])
    assert Notice.objects.filter(user__person=row.person).count() == len(stages(row))


def test_stages_follow_each_other_and_speak_the_readers_language() -> None:
    row = bind(left=20)
    for left in (20, 5, -3):
        TrainingAssignment.objects.filter(pk=row.pk).update(due_on=today() + timedelta(days=left))
        remind()
    assert stages(row) == ["month", "week", "overdue"]
    notice = Notice.objects.filter(user__person=row.person).latest("pk")
    assert row.course.name in text_of(notice.kind, notice.params)


def test_who_is_exempt_or_has_no_user_is_left_alone() -> None:
    exempted = bind(left=3)
    exempt(exempted, reason="retiring", starts_on=today(), by=None)
    person = make_person()
    make_employment(person=person)
    make_rule()
    settle_noted()
    assert remind() == 2  # both by the second rule; who has no user finds it in the row alone
    assert not Notice.objects.filter(user__person=person).exists()
    assert not TrainingReminder.objects.filter(assignment=exempted).exists()


def test_mails_go_once_in_the_language_of_the_person() -> None:
    row = bind(left=5, email="x@example.org", language="ru")
    person = Person.objects.get(pk=row.person_id)
    person.user.language = "ru"
    person.user.save()
    remind()
    assert send_mails() == 1
    assert send_mails() == 0
    (message,) = mail.outbox
    assert message.to == ["x@example.org"]
    assert "От вас требуется до" in message.subject
    assert row.course.name in message.body
    reminder = row.reminders.get()
    assert reminder.mailed_at
    assert not reminder.mail_due


def test_no_mail_for_what_was_taken_meanwhile_or_without_an_address() -> None:
    row, silent = bind(left=5, email="x@example.org"), bind(left=5)
    remind()
    TrainingAssignment.objects.filter(pk=row.pk).update(status="ended")
    mail.outbox.clear()
    TrainingReminder.objects.exclude(assignment=row).update(mail_due=False)
    assert send_mails() == 0
    assert not mail.outbox
    assert not silent.reminders.get().mail_due


def test_a_mail_that_cannot_go_is_tried_again_and_given_up(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    row = bind(left=5, email="x@example.org")
    remind()
    for tries in range(1, MOST_TRIES + 1):
        assert send_mails() == 0
        reminder = row.reminders.get()
        assert reminder.tries == tries
        assert send_mails() == 0  # not at once
        TrainingReminder.objects.update(tried_at=timezone.now() - timedelta(hours=1))
    assert not row.reminders.get().mail_due
    assert row.reminders.get().mailed_at is None
