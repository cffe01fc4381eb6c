"""What wants doing now, for the home pages: of each kind of row how many there are, and which comes first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import ActivationCode, AuditEvent, Membership, User
from base.compiled import CompiledQuery
from base.languages import localized
from base.paging import count_up_to
from enrollment.models import Cohort, Outcome, Referral, Resident
from enrollment.queries.clocks import overdue
from enrollment.queries.residents import with_waiting_wish
from enrollment.rules import INTAKE

Row = TypeVar("Row", bound=Model, covariant=True)
Role = Membership.Role
Status = Referral.Status

MOST_COUNTED = 99
FORGOTTEN_AFTER = timedelta(days=90)  # a refusal that nobody took up for so long does not come back every day
SOON = timedelta(days=7)
DOORS_OPEN = timedelta(minutes=15)  # how long before a class its button stands on the home page


@dataclass(frozen=True)
class Waiting(Generic[Row]):
    """Rows of one kind that want doing: the first of them, and their number up to MOST_COUNTED + 1."""

    first: Row
    count: int


def waiting(rows: QuerySet[Row]) -> Waiting[Row] | None:
    """The first of ordered rows and how many there are; None where there is none."""
    first = rows.first()
    return Waiting(first, count_up_to(rows, MOST_COUNTED)) if first else None


# --- Assistant and counter --------------------------------------------------------------------
def _referrals_sent(user: User) -> QuerySet[Referral]:
    own = Referral.objects.filter(user.standing.in_territory(*INTAKE))
    return own.select_related("person", "course", "organization")


def declined_referrals(user: User) -> QuerySet[Referral]:
    """Refusals after which the person was not referred again, the oldest first."""
    later = Referral.objects.filter(person=OuterRef("person"), pk__gt=OuterRef("pk"))
    since = timezone.now() - FORGOTTEN_AFTER
    declined = _referrals_sent(user).filter(status=Status.DECLINED, answered_at__gte=since)
    return declined.filter(~Exists(later)).order_by("answered_at")


def lapsed_referrals(user: User) -> QuerySet[Referral]:
    """Referrals whose hold has lapsed and which can be sent again."""
    return _referrals_sent(user).filter(status=Status.LAPSED).order_by("updated_at")


def own_applications(user: User) -> QuerySet[Referral]:
    """What residents applied for themselves, and waits to be confirmed."""
    return _referrals_sent(user).filter(status=Status.DRAFT).order_by("pk")


def residents_to_refer(user: User) -> QuerySet[Resident]:
    """Residents who wish for training and are referred nowhere."""
    rows = Resident.objects.filter(user.standing.in_territory(*INTAKE), ends_on=None)
    return with_waiting_wish(rows).select_related("person").order_by("pk")


def codes_to_approve(user: User) -> QuerySet[ActivationCode]:
    """Requests of others for an activation code that the user may approve as the second person."""
    residents = Resident.objects.filter(user.standing.in_territory(*INTAKE), ends_on=None)
    asked = ActivationCode.objects.filter(
        code_hash="",
        used_at=None,
        revoked_at=None,
        expires_at__gt=timezone.now(),
        user__person__in=residents.values("person"),
    )
    return asked.exclude(made_by=user).select_related("user__person").order_by("pk")


def claimed_outcomes(user: User) -> QuerySet[Outcome]:
    """What learners said came of their training, and nobody has confirmed yet."""
    claims = Outcome.objects.filter(
        user.standing.in_territory(*INTAKE, path="enrollment__referral__mahalla"), status=Outcome.Status.CLAIMED
    )
    return claims.select_related("person", "kind", "enrollment").order_by("pk")


# --- Centre -----------------------------------------------------------------------------------
def _referrals_received(user: User, status: str) -> QuerySet[Referral]:
    """On referral_by_status."""
    centres = user.standing.organizations(Role.CENTRE_MANAGER, Role.ACADEMY_ADMIN)
    rows = Referral.objects.filter(organization__in=centres, status=status)
    return rows.select_related("person", "course", "cohort")


def referrals_to_answer(user: User) -> QuerySet[Referral]:
    """What was sent to the user's centre and waits for an answer, what is due first at the head."""
    return _referrals_received(user, Status.SUBMITTED).order_by("due_at", "pk")


def waitlisted_with_seats(user: User) -> QuerySet[Referral]:
    """Whoever waits for a course of which a group has a free seat now, the first on the list first."""
    groups = Cohort.objects.open().filter(
        course=OuterRef("course"), organization=OuterRef("organization"), is_standing=False
    )
    return (
        _referrals_received(user, Status.WAITLISTED).filter(Exists(groups)).order_by("queued_at", "submitted_at", "pk")
    )


def holders_to_enroll(user: User) -> QuerySet[Referral]:
    """Whoever holds a seat and is to be enrolled, the hold that ends first at the head."""
    return _referrals_received(user, Status.ACCEPTED).order_by("hold_until", "pk")


def cohorts_starting(user: User) -> QuerySet[Cohort]:
    """Groups of the user's centre that start within a week."""
    today = timezone.localdate()
    centres = user.standing.organizations(Role.CENTRE_MANAGER, Role.ACADEMY_ADMIN)
    rows = Cohort.objects.filter(
        organization__in=centres, status=Cohort.Status.PUBLISHED, starts_on__range=(today, today + SOON)
    )
    return rows.select_related("course").order_by("starts_on", "pk")


def cohorts_unpublished(user: User) -> QuerySet[Cohort]:
    """Groups of the user's centre that take nobody until they are published."""
    centres = user.standing.organizations(Role.CENTRE_MANAGER, Role.ACADEMY_ADMIN)
    rows = Cohort.objects.filter(organization__in=centres, status=Cohort.Status.DRAFT)
    return rows.select_related("course").order_by("pk")


# --- Instructor -------------------------------------------------------------------------------
def taught_cohorts(user: User) -> QuerySet[Cohort]:
    """Groups that the user teaches now or within a week, the next class first."""
    today = timezone.localdate()
    rows = user.taught_cohorts.filter(
        Q(starts_on=None) | Q(starts_on__lte=today + SOON),
        Q(ends_on=None) | Q(ends_on__gte=today),
        status=Cohort.Status.PUBLISHED,
        is_standing=False,
    )
    return rows.select_related("course").order_by(F("next_session_at").asc(nulls_last=True), "starts_on", "pk")


# --- Whoever looks over a territory -------------------------------------------------------------
def overdue_referrals(user: User, clock: str) -> QuerySet[Referral]:
    """Those that the user works with whose clock (queries.clocks) has run out, the longest first."""
    rows = overdue(Referral.objects.worked_with_by(user), clock)
    return rows.select_related("person", "course", "organization", "mahalla")


# --- Learner ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class OwnReferral:
    """Where a learner is referred to; `place` is the provider with its address."""

    uuid: UUID
    course: str
    place: str
    status: str
    label: str
    door: str
    due_at: datetime | None
    hold_until: date | None


def _under_way(person: int, since: datetime) -> QuerySet[Referral, Any]:
    under_way = Q(status__in=(Status.DRAFT, Status.SUBMITTED, Status.WAITLISTED, Status.ACCEPTED, Status.LAPSED))
    rows = Referral.objects.filter(under_way | Q(status=Status.DECLINED, answered_at__gte=since), person=person)
    return rows.order_by("-id").values_list(
        *("uuid", "course__title", "organization__names", "organization__address"),
        *("status", "door", "due_at", "hold_until"),
    )


UNDER_WAY = CompiledQuery(_under_way)


def own_referrals(user: User) -> list[OwnReferral]:
    """The learner's own referrals that have not led to learning yet, and those declined last; the newest first."""
    return [
        OwnReferral(
            uuid=uuid,
            course=localized(course),
            place=", ".join(filter(None, (localized(names), address))),
            status=status,
            label=str(Status(status).label),
            door=door,
            due_at=due_at,
            hold_until=hold_until,
        )
        for uuid, course, names, address, status, door, due_at, hold_until in UNDER_WAY.rows(
            user.person_id or 0, timezone.now() - FORGOTTEN_AFTER
        )
    ]


# --- Where I was --------------------------------------------------------------------------------
def last_read_residents(user: User, limit: int = 5) -> list[Resident]:
    """The residents whose records the user opened last, the latest first (index auditevent_of_actor)."""
    events = AuditEvent.objects.filter(actor=user).order_by("-id").values_list("action", "object_id")[:100]
    uuids = _first_seen(object_id for action, object_id in events if action == "resident.read")[:limit]
    rows = Resident.objects.visible_to(user).filter(uuid__in=uuids).select_related("person")
    return sorted(rows, key=lambda row: uuids.index(str(row.uuid)))


def _first_seen(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))
