"""Reminding of deadlines: 30 and 7 days before, and once when one has passed, by notice and by e-mail.

Who comes late into a stage is told of that stage alone. Each task may run twice and be killed at any point: the row of
a reminder says what was told, and whether its e-mail is still due.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.models import Person, User
from base.dates import short_date
from base.models import Notice
from base.services.notices import notify_many
from enrollment.models import TrainingAssignment, TrainingReminder

Stage = TrainingReminder.Stage

MONTH, WEEK = timedelta(days=30), timedelta(days=7)
CHUNK = 1_000
MAILS_AT_ONCE = 100
MOST_TRIES = 5
TRY_AGAIN_AFTER = timedelta(minutes=10)
TIMEOUT = 20
logger = logging.getLogger(__name__)


def remind() -> int:
    """Tell everybody who is in a stage and was not told of it; returns how many were told."""
    today = timezone.localdate()
    stages = (
        (Stage.OVERDUE, Q(due_on__lt=today)),
        (Stage.WEEK, Q(due_on__gte=today, due_on__lte=today + WEEK)),
        (Stage.MONTH, Q(due_on__gt=today + WEEK, due_on__lte=today + MONTH)),
    )
    return sum(_remind(stage, where) for stage, where in stages)


def _remind(stage: str, where: Q) -> int:
    """On trainingassignment_pending, in chunks by key."""
    told = TrainingReminder.objects.filter(assignment=OuterRef("pk"), stage=stage, due_on=OuterRef("due_on"))
    rows = TrainingAssignment.objects.pending().filter(where & ~Exists(told)).order_by("pk")
    count, after = 0, 0
    while chunk := list(rows.filter(pk__gt=after).select_related("person__user", "course")[:CHUNK]):
        _tell(stage, chunk)
        count, after = count + len(chunk), chunk[-1].pk
    return count


@transaction.atomic
def _tell(stage: str, rows: Iterable[TrainingAssignment]) -> None:
    reminders = []
    notices = []
    for row in rows:
        has_address = bool(address_of(row.person))
        reminders.append(TrainingReminder(assignment=row, stage=stage, due_on=row.due_on, mail_due=has_address))
        if user := _user_of(row.person):
            params = {"course": row.course.title, "day": short_date(row.due_on)}
            key = f"training-{row.pk}-{stage}-{row.due_on:%Y%m%d}"
            notices.append(Notice(user=user, kind=f"training-{stage}", key=key, params=params, url="/"))
    TrainingReminder.objects.bulk_create(reminders, ignore_conflicts=True)
    notify_many(notices)


def send_mails() -> int:
    """Send the e-mails that are due, each tried a few times; returns how many went."""
    count, retry_before = 0, timezone.now() - TRY_AGAIN_AFTER
    due = TrainingReminder.objects.filter(Q(tried_at=None) | Q(tried_at__lt=retry_before), mail_due=True)
    due = due.select_related("assignment__person__user", "assignment__course").order_by("pk")
    while batch := list(due[:MAILS_AT_ONCE]):
        connection = get_connection(timeout=TIMEOUT)
        count += sum(_send(reminder, connection) for reminder in batch)
        connection.close()
    return count


def _send(reminder: TrainingReminder, connection: BaseEmailBackend) -> bool:
    """Claim a reminder and send its e-mail, unless the course was taken meanwhile."""
    mine = TrainingReminder.objects.filter(pk=reminder.pk, tries=reminder.tries, mail_due=True)
    if not mine.update(tries=F("tries") + 1, tried_at=timezone.now()):
        return False  # another worker has it
    assignment = reminder.assignment
    is_asked = assignment.status in TrainingAssignment.PENDING and assignment.due_on == reminder.due_on
    address = address_of(assignment.person)
    try:
        if is_asked and address:
            connection.open()  # once for the batch
            _mail(assignment, address, connection).send()
    except OSError as error:  # of the network, and of SMTP
        logger.warning("An e-mail of reminder %s did not go: %s", reminder.pk, type(error).__name__)
        connection.close()
        TrainingReminder.objects.filter(pk=reminder.pk, tries__gte=MOST_TRIES).update(mail_due=False)
        return False
    TrainingReminder.objects.filter(pk=reminder.pk).update(
        mail_due=False, mailed_at=timezone.now() if is_asked and address else None
    )
    return is_asked and bool(address)


def _mail(assignment: TrainingAssignment, address: str, connection: BaseEmailBackend) -> EmailMessage:
    user = _user_of(assignment.person)
    with translation.override(user.language if user else assignment.person.language):
        values = {
            "course": assignment.course.name,
            "day": short_date(assignment.due_on),
            "is_overdue": assignment.is_overdue,
            "url": settings.SITE_URL,
        }
        subject = " ".join(render_to_string("enrollment/email/reminder_subject.txt", values).split())
        body = render_to_string("enrollment/email/reminder_message.txt", values)
    return EmailMessage(subject, body, to=[address], connection=connection)


def address_of(person: Person) -> str:
    """Where somebody reads e-mail: the address signed in with, else the one to write to; "" for none."""
    user = _user_of(person)
    return (user.email if user else "") or person.email


def _user_of(person: Person) -> User | None:
    user: User | None = getattr(person, "user", None)
    return user if user and user.is_active else None
