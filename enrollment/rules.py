"""Who may do what; each rule stands beside the filter that says the same of lists."""

from django.db.models import Q, QuerySet

from accounts.models import Mahalla, Membership, User

ROLE = Membership.Role
INTAKE = (ROLE.ASSISTANT, ROLE.COUNTER)


def can_record_households(user: User) -> bool:
    """Whether the user writes households down anywhere."""
    return user.standing.has(*INTAKE)


def mahallas_of_work(user: User) -> QuerySet[Mahalla]:
    """The mahallas where the user writes households, residents and wishes down."""
    standing = user.standing
    return Mahalla.objects.filter(
        Q(pk__in=standing.mahallas(ROLE.ASSISTANT)) | Q(district_id__in=standing.districts(ROLE.COUNTER))
    )


def can_record_in(user: User, mahalla: Mahalla) -> bool:
    """Whether the user writes down and changes what belongs to this mahalla."""
    return user.standing.covers(mahalla, *INTAKE)
