from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import User
from base.models import Notice
from base.notices import text_of
from base.services.notices import send_due_mail
from enrollment.models import TrainingAssignment, TrainingReminder
from enrollment.services.mandatory import exempt, settle_noted
from enrollment.services.reminders import remind
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


def test_who_is_exempt_is_left_alone_and_who_has_no_user_is_told_once_there_is_one() -> None:
    exempted = bind(left=3)
    exempt(exempted, reason="retiring", starts_on=today(), by=None)
    person = make_person()
    make_employment(person=person)
    rule = make_rule()
    settle_noted()
    assert remind() == 1  # the exempted one, by the second rule
    assert not TrainingReminder.objects.filter(assignment=exempted).exists()
    make_user(person=person)
    assert remind() == 1
    assert TrainingReminder.objects.filter(assignment__person=person, assignment__rule=rule).exists()


def test_mails_go_once_in_the_language_of_the_person() -> None:
    row = bind(left=5, email="x@example.org", language="ru")
    User.objects.filter(person=row.person_id).update(language="ru")
    remind()
    assert [send_due_mail(), send_due_mail()] == [1, 0]
    (message,) = mail.outbox
    assert message.to == ["x@example.org"]
    assert "требуется от вас до" in message.subject
    assert row.course.name in message.body


def test_no_mail_without_an_address_or_once_the_notice_is_read() -> None:
    bind(left=5)
    row = bind(left=5, email="x@example.org")
    remind()
    assert (
        Notice.objects.exclude(mail_at=None).count()
        == TrainingReminder.objects.filter(assignment__person=row.person).count()
    )
    Notice.objects.update(read_at=timezone.now())
    assert send_due_mail() == 0
    assert not mail.outbox
    assert not Notice.objects.exclude(mail_at=None).exists()
