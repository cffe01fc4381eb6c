"""Households and residents as pages show them."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import ActivationCode, Mahalla, User
from accounts.models.people import called
from accounts.pinfl import Finding, check_pinfl
from enrollment.models import (
    Household,
    HouseholdCategory,
    HouseholdCategoryPeriod,
    Referral,
    ReferralMove,
    Resident,
    Wish,
)
from enrollment.queries.histories import Event, Reasons, events_of


def list_residents(
    user: User,
    *,
    q: str = "",
    mahalla: Mahalla | None = None,
    category: HouseholdCategory | None = None,
    wish: str = "",
) -> QuerySet[Resident]:
    """Who lives where the user works, by words of the name in any spelling; on resident_of_mahalla.

    `wish` is "open" (an open wish stands) or "waiting" (one for training, and no referral is under way).
    """
    rows = Resident.objects.visible_to(user).filter(called(q, path="person__"), ends_on=None)
    if mahalla:
        rows = rows.filter(mahalla=mahalla)
    if category:
        rows = rows.filter(household__category=category)
    if wish == "open":
        rows = rows.filter(Exists(Wish.objects.filter(resident=OuterRef("pk"), status=Wish.Status.OPEN)))
    return with_waiting_wish(rows) if wish == "waiting" else rows


def with_waiting_wish(residents: QuerySet[Resident]) -> QuerySet[Resident]:
    """Keep residents who wish for training and have no open referral."""
    wishes = Wish.objects.filter(resident=OuterRef("pk"), status=Wish.Status.OPEN, kind=Wish.Kind.TRAINING)
    referrals = Referral.objects.filter(person=OuterRef("person"), status__in=Referral.OPEN)
    return residents.filter(Exists(wishes), ~Exists(referrals))


def with_list_facts(residents: QuerySet[Resident]) -> QuerySet[Resident]:
    """Read with each resident `open_wishes` and `latest_first` (its referrals): what a row of the list shows."""
    wishes = Wish.objects.filter(status=Wish.Status.OPEN).select_related("profession", "course").order_by("-id")
    referrals = Referral.objects.select_related("course").order_by("-id")
    return residents.select_related("person", "mahalla", "household__category").prefetch_related(
        Prefetch("wishes", wishes, to_attr="open_wishes"), Prefetch("referrals", referrals, to_attr="latest_first")
    )


def list_households(
    user: User,
    *,
    mahalla: Mahalla | None = None,
    category: HouseholdCategory | None = None,
    residents: str = "",
) -> QuerySet[Household]:
    """Households where the user works, with `living` (how many live there); on household_of_mahalla.

    `residents` "none" keeps those in which nobody is written down.
    """
    rows = Household.objects.visible_to(user).select_related("category", "mahalla")
    if mahalla:
        rows = rows.filter(mahalla=mahalla)
    if category:
        rows = rows.filter(category=category)
    if residents == "none":
        rows = rows.filter(~Exists(Resident.objects.filter(household=OuterRef("pk"), ends_on=None)))
    return rows


def with_living(households: QuerySet[Household]) -> QuerySet[Household]:
    """Annotate `living`: how many are written down in a household now."""
    return households.annotate(living=Count("residents", filter=Q(residents__ends_on=None)))


def households_at(places: Collection[tuple[int, str]]) -> list[Household]:
    """The households at these addresses, each with its mahalla's id; on index household_at_address.

    A join with the pairs themselves: the ORM has none, and "one of these mahallas and one of these addresses" would
    look up each with each.
    """
    if not places:
        return []
    table = Household._meta.db_table
    pairs = ", ".join(["(%s, %s)"] * len(places))
    rows = Household.objects.raw(
        f"SELECT home.* FROM {table} AS home JOIN (VALUES {pairs}) AS place "  # noqa: S608  # names of our own
        "ON home.mahalla_id = place.column1 AND home.address = place.column2",
        [value for place in places for value in place],
    )
    return list(rows)


@dataclass(frozen=True)
class HouseholdRecord:
    """A household, who lives there, and its categories over time, the latest first."""

    household: Household
    members: list[Resident]
    periods: list[HouseholdCategoryPeriod]


def household_record(household: Household) -> HouseholdRecord:
    members = household.residents.filter(ends_on=None).select_related("person").order_by("id")
    periods = household.category_periods.select_related("category").order_by("-starts_on", "-id")
    return HouseholdRecord(household, list(members), list(periods))


@dataclass(frozen=True)
class ResidentRecord:
    """All that the page of a resident shows."""

    resident: Resident
    home: HouseholdRecord
    wishes: list[Wish]
    referrals: list[tuple[Referral, list[Event]]]
    findings: list[Finding]
    request: ActivationCode | None


def resident_record(resident: Resident) -> ResidentRecord:
    """Read what a resident's page shows, in a fixed number of queries."""
    wishes = resident.wishes.select_related("profession", "course").order_by("-id")
    pinfl = resident.person.pinfl
    return ResidentRecord(
        resident=resident,
        home=household_record(resident.household),
        wishes=list(wishes),
        referrals=referrals_with_way(resident),
        findings=check_pinfl(pinfl) if pinfl else [],
        request=waiting_request(resident),
    )


def referrals_with_way(resident: Resident) -> list[tuple[Referral, list[Event]]]:
    """A resident's referrals, the latest first, each with its enrollment and outcomes, and what happened to it."""
    moves = ReferralMove.objects.select_related("by__person")
    referrals = (
        resident.referrals.select_related("course", "organization", "cohort", "enrollment")
        .prefetch_related(Prefetch("moves", moves), "enrollment__outcomes__kind")
        .order_by("-id")
    )
    reasons = Reasons()
    return [(referral, events_of(list(referral.moves.all()), reasons)) for referral in referrals]


def waiting_request(resident: Resident) -> ActivationCode | None:
    """The request for an activation code that waits for a second person, if there is one."""
    requests = ActivationCode.objects.filter(
        user__person=resident.person_id, code_hash="", used_at=None, revoked_at=None, expires_at__gt=timezone.now()
    )
    return requests.select_related("made_by__person", "user").first()
