"""Reminding whoever is late with a referral, once for each clock of it."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import IntegrityError, transaction

from accounts.models import User
from base.services.notices import notify
from enrollment.models import Referral, ReferralReminder
from enrollment.queries.clocks import to_remind
from enrollment.queries.recipients import who_answers, who_sends_from

Clock = ReferralReminder.Clock
AT_A_TIME = 10_000


def remind_overdue() -> int:
    """Tell providers of what they have not answered, and assistants of who has no seat; returns how many referrals.

    One notice for a provider or mahalla tells of all that ran out since the last time.
    """
    late: dict[tuple[str, int], list[Referral]] = defaultdict(list)
    for referral in to_remind(Clock.ANSWER, AT_A_TIME):
        late[Clock.ANSWER, referral.organization_id].append(referral)
    for referral in to_remind(Clock.SEAT, AT_A_TIME):
        late[Clock.SEAT, referral.mahalla_id].append(referral)
    return sum(_remind(clock, referrals) for (clock, _place), referrals in late.items())


def _remind(clock: str, referrals: list[Referral]) -> int:
    first = referrals[0]
    users = who_answers(first.organization_id) if clock == Clock.ANSWER else who_sends_from(first.mahalla)
    try:
        with transaction.atomic():
            ReferralReminder.objects.bulk_create(ReferralReminder(referral=row, clock=clock) for row in referrals)
            _tell(users, clock, referrals)
    except IntegrityError:
        return 0  # another worker reminds of these at this moment
    return len(referrals)


def _tell(users: Iterable[User], clock: str, referrals: list[Referral]) -> None:
    for user in users:
        notify(
            user.pk,
            kind=f"overdue-{clock}",
            key=f"overdue-{clock}-{referrals[0].pk}-{user.pk}",
            params={"count": len(referrals)},
            url=f"/referrals/overdue/?clock={clock}",
            by_mail=True,
        )
