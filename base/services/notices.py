"""Telling a user what happened."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.text import Truncator

from base.models import Notice
from base.notices import text_of

AT_A_TIME = 2_000
TIMEOUT = 20  # seconds
RETRY = timedelta(minutes=10)
GIVE_UP = timedelta(days=2)
LONGEST_SUBJECT = 120
logger = logging.getLogger(__name__)


def notify(
    user_id: int, *, kind: str, key: str, params: dict[str, Any] | None = None, url: str = "", by_mail: bool = False
) -> None:
    """Leave a notice for a user, in the caller's transaction; the same `key` again says nothing.

    `by_mail` sends it to the user's e-mail as well, where there is one.
    """
    fields = {"user_id": user_id, "kind": kind, "params": params or {}, "url": url}
    Notice.objects.get_or_create(key=key, defaults=fields | {"mail_at": timezone.now() if by_mail else None})


def notify_many(notices: Iterable[Notice]) -> None:
    """Leave many notices at once, each by its key; one that was said already is not said again.

    One with a `mail_at` goes by e-mail as well.
    """
    Notice.objects.bulk_create(notices, ignore_conflicts=True)


def mark_read(notices: QuerySet[Notice]) -> None:
    """Mark these as read, but for what is going on now."""
    now = timezone.now()
    is_over = Q(current_until=None) | Q(current_until__lte=now)
    notices.filter(is_over, read_at=None).update(read_at=now)


def end_current(url: str, *, user_id: int | None = None) -> None:
    """Say that what these notices lead to is no longer going on, to one user or all (index notice_current)."""
    going_on = Notice.objects.filter(url=url, current_until__isnull=False)
    if user_id:
        going_on = going_on.filter(user=user_id)
    going_on.update(current_until=None, read_at=timezone.now(), mail_at=None)


def read_about(user_id: int, url: str) -> None:
    """Mark the news that lead to this address as read, for a user who looks at it by another way."""
    Notice.objects.filter(user=user_id, read_at=None, url=url).update(read_at=timezone.now(), mail_at=None)


def send_due_mail() -> int:
    """Send the notices that are due by e-mail, and return how many went.

    What fails is due again later, for two days; while the mail server cannot be reached, everything stays due.
    """
    due = Notice.objects.filter(mail_at__lte=timezone.now())
    due.filter(created_at__lt=timezone.now() - GIVE_UP).update(mail_at=None)
    connection, count = get_connection(timeout=TIMEOUT), 0
    try:
        for notice in due.select_related("user__person").order_by("mail_at")[:AT_A_TIME]:
            connection.open()  # once, and again after a failure
            count += _send(notice, connection)
    except OSError as error:
        logger.warning("The mail server cannot be reached: %s", type(error).__name__)
    finally:
        connection.close()
    return count


def _send(notice: Notice, connection: BaseEmailBackend) -> bool:
    """Send one, unless another worker does; one that is killed meanwhile leaves it due after a while."""
    row = Notice.objects.filter(pk=notice.pk, mail_at=notice.mail_at)
    later = timezone.now() + RETRY
    if not row.update(mail_at=later):
        return False
    message = _message(notice, connection)
    try:
        sent = bool(message and message.send())
    except OSError as error:  # of the network, and of SMTP
        logger.warning("Notice %s did not go by e-mail: %s", notice.uuid, type(error).__name__)
        connection.close()
        return False
    Notice.objects.filter(pk=notice.pk, mail_at=later).update(mail_at=None)
    return sent


def _message(notice: Notice, connection: BaseEmailBackend) -> EmailMessage | None:
    """The e-mail of a notice in the user's language; None where it was read meanwhile, or nobody would get it."""
    user = notice.user
    if notice.read_at or not (user.mail_address and user.is_active):
        return None
    with translation.override(user.language):
        text = text_of(notice.kind, notice.params)
        body = render_to_string("base/email/notice.txt", {"text": text, "url": f"{settings.SITE_URL}{notice.url}"})
    subject = Truncator(" ".join(text.split())).chars(LONGEST_SUBJECT)
    return EmailMessage(subject, body, to=[user.mail_address], connection=connection)
