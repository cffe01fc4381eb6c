"""The two clocks of a referral: the provider's time to answer, and the resident's time without a seat."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from enrollment.models import Referral, ReferralReminder, TimeLimit

Clock = ReferralReminder.Clock
DUE = {Clock.ANSWER: "due_at", Clock.SEAT: "seat_due_at"}
"""The field in which each clock runs out."""


@dataclass(frozen=True)
class Limits:
    """How long each clock runs."""

    answer: timedelta
    seat: timedelta


def limits_of(course_id: int) -> Limits:
    """The limits in force today for a course: its own, else those for any course, else those of the settings."""
    rows = TimeLimit.objects.valid_on(timezone.localdate()).filter(Q(course=course_id) | Q(course=None))
    row = rows.order_by(F("course").asc(nulls_last=True), F("valid_from").desc(nulls_last=True), "-pk").first()
    answer, seat = (row.answer_days, row.seat_days) if row else (settings.ANSWER_DAYS, settings.SEAT_DAYS)
    return Limits(timedelta(days=answer), timedelta(days=seat))


def overdue(rows: QuerySet[Referral], clock: str) -> QuerySet[Referral]:
    """Keep the referrals whose clock has run out, the longest first; on referral_answer_due, referral_seat_due."""
    running = (Referral.Status.SUBMITTED,) if clock == Clock.ANSWER else Referral.SEATLESS
    late = {f"{DUE[Clock(clock)]}__lt": timezone.now()}
    return rows.filter(status__in=running, **late).order_by(DUE[Clock(clock)], "id")


def to_remind(clock: str, limit: int) -> list[Referral]:
    """Overdue referrals of which nobody was reminded yet."""
    reminded = ReferralReminder.objects.filter(referral=OuterRef("pk"), clock=clock)
    rows = overdue(Referral.objects.filter(~Exists(reminded)), clock)
    return list(rows.select_related("mahalla", "organization")[:limit])
