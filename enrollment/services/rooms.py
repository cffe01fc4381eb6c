"""The rooms of an organization."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from accounts.services import audit
from base.errors import DomainError
from enrollment.models import Room


class RoomNameTaken(DomainError):
    code = "room-name-taken"
    message = _("This organization already has a room with this name.")


@transaction.atomic
def save_room(
    *,
    organization: Organization,
    name: str,
    capacity: int | None,
    is_in_use: bool = True,
    room: Room | None = None,
    by: User | None,
) -> Room:
    """Write a room down, or change one. Raises RoomNameTaken."""
    # The organization's row is the lock under which its names stay unique.
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    name = name.strip()
    namesake = Room.objects.filter(organization=organization, name=name).first()
    if namesake and namesake != room:
        raise RoomNameTaken(field="name")
    room = room or Room(organization=organization)
    room.name, room.capacity, room.is_in_use = name, capacity, is_in_use
    room.save()
    audit.record("room.saved", room, by=by)
    return room
