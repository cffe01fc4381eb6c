"""Who may do what with a certificate."""

from accounts.models import Membership, User
from certificates.models import READERS, Credential
from enrollment.models import Completion

__all__ = ["CONFIRMERS", "READERS", "can_confirm", "can_revoke"]

CONFIRMERS = (Membership.Role.CENTRE_MANAGER, Membership.Role.ACADEMY_ADMIN)


def can_confirm(user: User, completion: Completion) -> bool:
    """Managers of the cohort's provider; nobody confirms one's own."""
    enrollment = completion.enrollment
    return user.standing.at(enrollment.cohort.organization_id, *CONFIRMERS) and enrollment.person_id != user.person_id


def can_revoke(user: User, credential: Credential) -> bool:
    """Managers of the issuer; nobody touches one's own."""
    own = credential.completion.enrollment.person_id == user.person_id
    return user.standing.at(credential.issuer_id, *CONFIRMERS) and not own
