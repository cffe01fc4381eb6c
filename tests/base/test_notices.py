import smtplib
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from accounts.models import User
from base.models import Notice
from base.services.notices import AT_A_TIME, notify, send_due_mail
from tests.accounts.factories import make_person, make_user
from tests.enrollment.test_services_seats import race

pytestmark = pytest.mark.django_db


class Refusing(EmailBackend):
    """A mail server that does not know one address."""

    def send_messages(self, messages: Any) -> int:
        messages = list(messages)
        if messages[0].to == ["gone@example.org"]:
            raise smtplib.SMTPRecipientsRefused({})
        return int(super().send_messages(messages))


def tell(user: User, key: str = "x") -> Notice:
    notify(user.pk, kind="overdue-seat", key=key, params={"count": 1}, url="/here/", by_mail=True)
    return Notice.objects.get(key=key)


def sent() -> list[EmailMessage]:
    return list(mail.outbox)


def test_a_notice_goes_once_with_its_words_as_subject_and_its_address() -> None:
    tell(make_user(email="a@example.org", language="en"))
    assert [send_due_mail(), send_due_mail()] == [1, 0]
    (message,) = sent()
    assert message.subject == "Residents whom you referred and who have been without a seat for too long: 1."
    assert message.body.startswith(message.subject)
    assert "http://127.0.0.1:8000/here/" in message.body


def test_it_goes_to_the_address_signed_in_with_else_to_the_one_to_write_to() -> None:
    tell(make_user(email="a@example.org", person=make_person(email="b@example.org")), "a")
    tell(make_user(person=make_person(email="b@example.org")), "b")
    tell(make_user(), "c")
    assert send_due_mail() == 2
    assert [message.to for message in sent()] == [["a@example.org"], ["b@example.org"]]
    assert not Notice.objects.exclude(mail_at=None).exists()


def test_nothing_goes_to_a_closed_account_or_once_it_was_read() -> None:
    tell(make_user(email="a@example.org", is_active=False), "a")
    tell(make_user(email="b@example.org"), "b")
    Notice.objects.filter(key="b").update(read_at=timezone.now())
    assert send_due_mail() == 0
    assert not sent()
    assert not Notice.objects.exclude(mail_at=None).exists()


def test_everything_stays_due_while_the_server_is_away_and_is_given_up_after_two_days(settings: Any) -> None:
    notices = [tell(make_user(email=f"{key}@example.org"), key) for key in "ab"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    assert send_due_mail() == 0
    assert Notice.objects.filter(mail_at__lte=timezone.now()).count() == 2
    Notice.objects.filter(pk=notices[0].pk).update(created_at=timezone.now() - timedelta(days=3))
    assert send_due_mail() == 0
    assert Notice.objects.get(mail_at=None) == notices[0]


def test_one_that_is_refused_waits_and_keeps_no_other_back(settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    refused = tell(make_user(email="gone@example.org"), "a")
    tell(make_user(email="b@example.org"), "b")
    assert [send_due_mail(), send_due_mail()] == [1, 0]
    assert Notice.objects.get(mail_at__gt=timezone.now()) == refused
    Notice.objects.filter(pk=refused.pk).update(mail_at=timezone.now())
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_due_mail() == 1


def test_words_with_line_breaks_make_one_line_of_subject() -> None:
    user = make_user(email="a@example.org", language="en")
    notify(user.pk, kind="request-refused", key="x", params={"course": "A", "reason": "No\nroom" * 40}, by_mail=True)
    assert send_due_mail() == 1
    subject = str(sent()[0].subject)
    assert "\n" not in subject
    assert len(subject) == 120


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_each_once() -> None:
    for number in range(20):
        tell(make_user(email=f"a{number}@example.org"), str(number))
    assert AT_A_TIME > 20
    race([partial(send_due_mail)] * 4)
    assert sorted(message.to[0] for message in sent()) == sorted(f"a{number}@example.org" for number in range(20))
