from accounts.models.audit import AuditEvent
from accounts.models.merges import PersonMerge
from accounts.models.organizations import Employment, Organization, PostCategory, Profession
from accounts.models.people import ActivationCode, ApiToken, Membership, Person, User
from accounts.models.territory import District, Mahalla, Region

__all__ = [
    "ActivationCode",
    "ApiToken",
    "AuditEvent",
    "District",
    "Employment",
    "Mahalla",
    "Membership",
    "Organization",
    "Person",
    "PersonMerge",
    "PostCategory",
    "Profession",
    "Region",
    "User",
]
