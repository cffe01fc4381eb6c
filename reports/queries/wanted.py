"""What is wanted and offered, counted from the rows: docs/subsystems/supply-and-demand.md."""

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from enrollment.models import Cohort, Referral, Wish

Counts = dict[tuple[int, int | None], Counter[str]]
"""By district and occupation (None: none is named)."""
HELD = Referral.objects.filter(wish=OuterRef("pk"), status=Referral.Status.ACCEPTED)
OF_TRADE: dict[str, Any] = {"is_standing": False, "course__retired_at": None, "course__profession__isnull": False}
OFFERED = ("organization__district", "course__profession", "seats", "taken")
NAMES_NO_OPEN_WISH = Q(wish=None) | ~Q(wish__status=Wish.Status.OPEN) | ~Q(wish__kind=Wish.Kind.TRAINING)


def open_wishes() -> QuerySet[Wish]:
    """Open wishes for training, each with its `trade`: the occupation it names, else that of the course it names."""
    rows = Wish.objects.filter(status=Wish.Status.OPEN, kind=Wish.Kind.TRAINING)
    return rows.annotate(trade=Coalesce("profession", "course__profession"))


def seatless_referrals() -> QuerySet[Referral]:
    """Referrals of residents who wait for a seat, on a waiting list or not."""
    return Referral.objects.filter(status__in=Referral.SEATLESS)


def open_groups() -> QuerySet[Cohort]:
    """Groups for an occupation that take learners, with `taken`; what is learned alone needs no planning."""
    return Cohort.objects.open().filter(**OF_TRADE)


def planned_groups() -> QuerySet[Cohort]:
    """Groups for an occupation that are not published yet, and not over."""
    rows = Cohort.objects.with_seats_taken().filter(status=Cohort.Status.DRAFT, **OF_TRADE)
    return rows.filter(Q(ends_on=None) | Q(ends_on__gte=timezone.localdate()))


def count_rows(districts: Collection[int]) -> Counts:
    """The figures of these districts (indexes wish_open_for_training, referral_without_seat)."""
    counts: Counts = defaultdict(Counter)
    wishes: QuerySet[Any, Any] = open_wishes().filter(mahalla__district__in=districts).order_by()
    for row in wishes.values("mahalla__district", "trade").annotate(
        wishes=Count("pk"), seatless=Count("pk", filter=~Exists(HELD))
    ):
        counts[row["mahalla__district"], row["trade"]].update(wishes=row["wishes"], seatless=row["seatless"])
    referrals = seatless_referrals().filter(mahalla__district__in=districts).order_by()
    for row in referrals.values("mahalla__district", "course__profession").annotate(
        waiting=Count("pk", filter=Q(status=Referral.Status.WAITLISTED)),
        seatless=Count("pk", filter=NAMES_NO_OPEN_WISH),
    ):
        key = row["mahalla__district"], row["course__profession"]
        counts[key].update(waiting=row["waiting"], seatless=row["seatless"])
    for groups, figure in ((open_groups(), "free"), (planned_groups(), "planned")):
        rows = groups.filter(organization__district__in=districts)
        for district, trade, seats, taken in rows.values_list(*OFFERED):
            offer = {"unlimited": 1} if seats is None else {figure: seats - taken}
            counts[district, trade].update(offer)
    return counts
