"""Which bank a command is about."""

from uuid import UUID

from django.core.management.base import CommandError

from accounts.models import Organization


def find_bank(named: str) -> Organization:
    """The organization of this uuid, code or id. Raises CommandError; banks are of those that teach."""
    rows = Organization.objects.filter(code=named)
    try:
        rows = rows or Organization.objects.filter(uuid=UUID(named))
    except ValueError:
        if named.isascii() and named.isdigit() and len(named) < 19:
            rows = rows or Organization.objects.filter(pk=int(named))
    organization = rows.first()
    if organization is None or not organization.is_provider:
        raise CommandError(f"There is no organization “{named}” that teaches.")
    return organization
