"""Telling a user what happened."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from base.models import Notice
from base.notices import text_of

AT_A_TIME = 500
RETRY = timedelta(minutes=10)
GIVE_UP = timedelta(days=2)
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
    """Leave many notices at once, each by its key; one that was said already is not said again."""
    Notice.objects.bulk_create(notices, ignore_conflicts=True)


def send_due_mail() -> int:
    """Send the notices that are due by e-mail, and return how many; what fails is due again later, for two days."""
    due = Notice.objects.filter(mail_at__lte=timezone.now()).select_related("user").order_by("mail_at")
    return sum(_send(notice) for notice in due[:AT_A_TIME])


def _send(notice: Notice) -> bool:
    """Send one, unless another worker does; one that is killed meanwhile leaves it due after a while."""
    row = Notice.objects.filter(pk=notice.pk, mail_at=notice.mail_at)
    later = timezone.now() + RETRY
    if not row.update(mail_at=later):
        return False
    sent = _is_sent(notice)
    if sent or timezone.now() - notice.created_at > GIVE_UP:
        Notice.objects.filter(pk=notice.pk, mail_at=later).update(mail_at=None)
    return sent


def _is_sent(notice: Notice) -> bool:
    user = notice.user
    if not (user.email and user.is_active):
        return True
    with translation.override(user.language):
        subject = _("Malaka: something waits for you")
        text = f"{text_of(notice.kind, notice.params)}\n\n{settings.SITE_URL}{notice.url}\n"
    try:
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [user.email])
    except OSError as error:  # of the network, and of SMTP
        logger.warning("Notice %s did not go by e-mail: %s", notice.uuid, type(error).__name__)
        return False
    return True
