"""Who answers when a person is asked for from elsewhere, and what waits for an answer."""

from django.db.models import Q, QuerySet

from accounts.models import Mahalla, Membership, User
from enrollment.models import Relocation

Role = Membership.Role


def answerers(mahalla: Mahalla) -> QuerySet[Membership]:
    """Who works as assistant of the mahalla or at a counter of its district today."""
    return Membership.objects.current().filter(
        Q(role=Role.ASSISTANT, mahalla=mahalla) | Q(role=Role.COUNTER, district=mahalla.district_id)
    )


def relocations_to_answer(user: User) -> QuerySet[Relocation]:
    """What others ask the user, the oldest first (index relocation_of_mahalla)."""
    asked = Relocation.objects.filter(
        user.standing.in_territory(Role.ASSISTANT, Role.COUNTER), status=Relocation.Status.ASKED
    )
    return asked.exclude(asked_by=user).select_related("person", "household__mahalla").order_by("pk")
