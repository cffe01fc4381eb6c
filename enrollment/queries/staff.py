"""Own staff of an employer: who works there, what they learn and have learned."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import Employment, Membership, Organization, User
from accounts.models.people import called
from enrollment.models import Cohort, Enrollment

STAFF_MANAGER = Membership.Role.STAFF_MANAGER


@dataclass(frozen=True)
class StaffFigures:
    """How many work at the user's organizations, learn now, and have completed a course since 1 January."""

    people: int
    learning: int
    completed: int


def own_organizations(user: User) -> set[int]:
    """The ids of the organizations, with their units, whose staff a user manages."""
    return user.standing.organizations(STAFF_MANAGER)


def staff_of(user: User) -> QuerySet[Employment]:
    """The posts held today at the organizations where the user is staff manager."""
    return Employment.objects.current().filter(organization__in=own_organizations(user))


def posts_of(user: User) -> QuerySet[Employment]:
    """The posts at those organizations that have not ended, coming ones included."""
    rows = Employment.objects.filter(organization__in=own_organizations(user))
    return rows.filter(Q(ends_on=None) | Q(ends_on__gt=timezone.localdate()))


def staff_figures(user: User) -> StaffFigures:
    staff = staff_of(user)
    learnt = Enrollment.objects.filter(person__in=staff.values("person"))
    this_year = timezone.localtime().replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    completed = learnt.filter(status=Enrollment.Status.COMPLETED, ended_at__gte=this_year)
    return StaffFigures(
        people=staff.values("person").distinct().count(),
        learning=learnt.filter(status=Enrollment.Status.ACTIVE).values("person").distinct().count(),
        completed=completed.values("person").distinct().count(),
    )


def list_staff(
    user: User, *, q: str = "", state: str = "", organization: Organization | None = None
) -> QuerySet[Employment]:
    """Own staff by words of the name, by unit, by `state`: "learning", "completed" a course, or "nothing" so far.

    Rests on employment_of_organization, for "nothing" on employment_nothing_learned.
    """
    rows = staff_of(user).filter(called(q, path="person__"))
    if organization:
        rows = rows.filter(organization=organization)
    learnt = Enrollment.objects.filter(person=OuterRef("person"))
    match state:
        case "learning":
            rows = rows.filter(Exists(learnt.filter(status=Enrollment.Status.ACTIVE)))
        case "completed":
            rows = rows.filter(Exists(learnt.filter(status=Enrollment.Status.COMPLETED)))
        case "nothing":
            rows = rows.filter(has_learned=False)
    return rows


def with_learning(staff: QuerySet[Employment]) -> QuerySet[Employment]:
    """Read with each post the person and, as `person.learning`, its enrollments, the latest first."""
    learning = Enrollment.objects.exclude(status=Enrollment.Status.WITHDRAWN).select_related("cohort__course")
    return staff.select_related("person", "organization").prefetch_related(
        Prefetch("person__enrollments", learning.order_by("-id"), to_attr="learning")
    )


def cohorts_for_staff() -> QuerySet[Cohort]:
    """Groups that a staff manager may enrol staff in: open to all, or an academy's; the standing ones first.

    Each of the two has an index that leads past the groups that are over: cohort_open_to_all, cohort_taking_learners.
    """
    joinable = Cohort.objects.filter(status=Cohort.Status.PUBLISHED, takes_until__gte=timezone.localdate())
    academies = Organization.objects.filter(kind=Organization.Kind.ACADEMY)
    offered = (
        joinable.filter(open_to_all=True).values("pk").union(joinable.filter(organization__in=academies).values("pk"))
    )
    rows = Cohort.objects.open().filter(pk__in=offered, course__retired_at=None)
    return rows.select_related("course", "organization").order_by("-is_standing", "starts_on", "pk")
