"""Who is told: the users who hold a role today where something happened."""

from django.db.models import Q, QuerySet

from accounts.models import Mahalla, Membership, User
from accounts.models.people import MembershipQuerySet
from enrollment.models.cohorts import ANSWERING
from enrollment.rules import ROLE


def who_answers(organization_id: int) -> QuerySet[User]:
    """Those who answer referrals for a provider."""
    return _users(Membership.objects.filter(organization=organization_id, role__in=ANSWERING))


def who_sends_from(mahalla: Mahalla) -> QuerySet[User]:
    """The assistants of a mahalla, and the counters of its district."""
    assistant, counter = Q(role=ROLE.ASSISTANT, mahalla=mahalla), Q(role=ROLE.COUNTER, district=mahalla.district_id)
    return _users(Membership.objects.filter(assistant | counter))


def _users(memberships: MembershipQuerySet) -> QuerySet[User]:
    current = memberships.current()
    return User.objects.filter(pk__in=current.values("user"), is_active=True).order_by("pk")
