"""The waiting list of a provider for a course: who is on it, in which order, and why.

Ordered by `queued_at`, then the time of submission, then the id; everything here rests on referral_queue.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Count, Exists, F, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.fields.tuple_lookups import Tuple
from django.db.models.functions import Coalesce
from django.utils import timezone

from base.paging import CountUpTo, count_up_to
from enrollment import waiting
from enrollment.models import Cohort, FreedSeat, Referral, Seat, WaitingWeight
from enrollment.queries.places import Distance, distance_between

ORDER = ("queued_at", "submitted_at", "id")
NEAR = {
    Distance.OWN_DISTRICT: WaitingWeight.Fact.OWN_DISTRICT,
    Distance.OWN_REGION: WaitingWeight.Fact.OWN_REGION,
}


@dataclass(frozen=True)
class WaitingPlace:
    """A place on a waiting list, from 1, of how many (counted up to 1,001), and what brought it there."""

    rank: int
    of: int
    submitted_at: datetime | None
    ahead: list[waiting.Ahead]

    @property
    def days(self) -> int:
        """By how many days it is brought forward in all."""
        return sum(part.days for part in self.ahead)


def waiting_list() -> QuerySet[Referral]:
    """Every referral that waits, in order."""
    return Referral.objects.filter(status=Referral.Status.WAITLISTED).order_by(*ORDER)


def waiting_ranks(referrals: Collection[Referral]) -> dict[int, int]:
    """The places, from 1, of the waitlisted ones of these, by id: one query; none where nobody waits."""
    here = [referral.pk for referral in referrals if referral.status == Referral.Status.WAITLISTED]
    rows = with_ranks(waiting_list().filter(pk__in=here)) if here else []
    return {row.pk: row.rank for row in rows}  # type: ignore[attr-defined]  # annotated


def with_ranks(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """Annotate waitlisted referrals with their `rank`, from 1,001 on only that it is beyond 1,000."""
    # Compared as a whole, the three are a range of the index; lookups of tuples cannot name the outer row.
    places = Tuple(*map(F, ORDER)), Tuple(*map(OuterRef, ORDER))
    earlier = Func(*places, template="%(expressions)s", arg_joiner=" < ", output_field=BooleanField())
    before = waiting_list().filter(earlier, organization=OuterRef("organization"), course=OuterRef("course"))
    return rows.annotate(rank=CountUpTo(before) + 1)


def waiting_place(referral: Referral) -> WaitingPlace | None:
    """Where a referral stands on its waiting list and why; None where it waits on none."""
    if referral.status != Referral.Status.WAITLISTED:
        return None
    everybody = waiting_list().filter(organization=referral.organization_id, course=referral.course_id)
    row = with_facts(with_ranks(everybody)).get(pk=referral.pk)
    ahead = waiting.what_counts(facts_of(row), weights_in_force())
    return WaitingPlace(row.rank, count_up_to(everybody), row.submitted_at, ahead)  # type: ignore[attr-defined]  # annotated


def next_in_line(cohort: Cohort, *, but: Collection[int] = ()) -> Referral | None:
    """The first on the list of a cohort's course who holds no seat elsewhere; who does keeps the place meanwhile.

    Referrals whose ids are `but` are passed over.
    """
    held = Seat.objects.filter(person=OuterRef("person"), status=Seat.Status.HELD)
    queue = waiting_list().filter(organization=cohort.organization_id, course=cohort.course_id)
    return queue.filter(~Exists(held)).exclude(pk__in=but).first()


def cohorts_to_offer(limit: int) -> list[Cohort]:
    """Cohorts in which a seat became free and nobody was asked yet."""
    return list(Cohort.objects.filter(pk__in=FreedSeat.objects.values("cohort")).order_by("pk")[:limit])


# --- What the places rest on ------------------------------------------------------------------
def weights_in_force() -> list[WaitingWeight]:
    return list(WaitingWeight.objects.valid_on(timezone.localdate()))


def with_facts(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """Read with referrals what `facts_of` looks at; `declines` are the person's refusals before the submission."""
    declined = Referral.objects.filter(
        person=OuterRef("person"), status=Referral.Status.DECLINED, answered_at__lt=OuterRef("submitted_at")
    ).order_by()
    counted = declined.values("person").annotate(n=Count("pk")).values("n")
    return rows.select_related("category", "mahalla__district", "organization__district").annotate(
        declines=Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    )


def facts_of(referral: Referral) -> waiting.Facts:
    """What the rule looks at, of a referral read by `with_facts`."""
    facts = {
        f"{WaitingWeight.Fact.CATEGORY}:{referral.category.code}": 1,
        WaitingWeight.Fact.DECLINED: referral.declines,  # type: ignore[attr-defined]  # annotated
    }
    near = NEAR.get(distance_between(referral.mahalla.district, referral.organization.district))
    return facts | ({near: 1} if near else {})
