"""Bringing a person who is known elsewhere to a household here: asked for by one official, confirmed by another.

Locks are taken in the order person, relocation.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person, User
from accounts.services import audit
from accounts.services.people import PersonData, find_person, lock_person
from base.errors import InvalidInput
from base.services.notices import notify
from base.transitions import Transitions, check_move
from enrollment.models import Household, Relocation, Resident, Wish
from enrollment.queries.relocations import answerers
from enrollment.rules import can_record_in
from enrollment.services.duplicates import note_duplicates
from enrollment.services.residents import ResidentKnown

Status = Relocation.Status

TRANSITIONS: Transitions = {
    Status.ASKED: frozenset({Status.CONFIRMED, Status.REFUSED, Status.WITHDRAWN}),
    Status.CONFIRMED: frozenset(),
    Status.REFUSED: frozenset(),
    Status.WITHDRAWN: frozenset(),
}


@transaction.atomic
def ask_relocation(household: Household, data: PersonData, *, by: User) -> Relocation:
    """Ask that the person with the PINFL of `data` become a resident of a household of `by`.

    Whoever works at the present home too confirms in the same step. The same question again gives the one that
    waits. Raises ResidentKnown for somebody who lives in this household, InvalidInput where nobody is known.
    """
    fields = data.to_fields()
    known = find_person(fields)
    if known is None:
        raise InvalidInput(_("Nobody is known by this PINFL. Save the resident instead."), field="pinfl")
    person = lock_person(known.pk)
    home = _home_of(person)
    if home and home.household_id == household.pk:
        raise ResidentKnown(_("This person is written down already."), id=str(home.uuid))
    relocation, is_new = Relocation.objects.get_or_create(
        person=person,
        household=household,
        status=Status.ASKED,
        defaults={
            "written_as": " ".join(filter(None, (fields["surname"], fields["given_name"], fields["patronymic"]))),
            "mahalla": home.mahalla if home else household.mahalla,
            "asked_by": by,
        },
    )
    if is_new:
        audit.record("relocation.asked", relocation, by=by)
    if home and can_record_in(by, home.mahalla):
        return confirm_relocation(relocation, by=by)
    if is_new:
        _tell_answerers(relocation)
    return relocation


@transaction.atomic
def confirm_relocation(relocation: Relocation, *, by: User) -> Relocation:
    """Close the person's present home today and open the new one; open wishes go along, all else stays where it was.

    What others ask for the same person is answered at the new home from now on. Raises IllegalMove.
    """
    relocation = _lock(relocation)
    if relocation.status == Status.CONFIRMED:
        return relocation
    _move(relocation, Status.CONFIRMED, by=by)
    today, household, home = timezone.localdate(), relocation.household, _home_of(relocation.person)
    if home is None or home.household_id != household.pk:
        if home:
            home.ends_on = today
            home.save(update_fields=["ends_on", "updated_at"])
        resident = Resident.objects.create(
            person=relocation.person, household=household, mahalla=household.mahalla, starts_on=today
        )
        if home:
            home.wishes.filter(status=Wish.Status.OPEN).update(resident=resident, updated_at=timezone.now())
        audit.record("resident.relocated", resident, by=by, **({"from": str(home.uuid)} if home else {}))
        note_duplicates([relocation.person.match_key])
    waiting = Relocation.objects.filter(person=relocation.person, status=Status.ASKED)
    waiting.update(mahalla=household.mahalla, updated_at=timezone.now())
    _tell_asker(relocation)
    _tell_resident(relocation)
    return relocation


@transaction.atomic
def refuse_relocation(relocation: Relocation, *, reason: str, by: User) -> Relocation:
    """Say that the person does not move, and why. Raises IllegalMove."""
    relocation = _lock(relocation)
    if relocation.status != Status.REFUSED:
        relocation.reason = reason
        _move(relocation, Status.REFUSED, by=by)
        _tell_asker(relocation)
    return relocation


@transaction.atomic
def withdraw_relocation(relocation: Relocation, *, by: User) -> Relocation:
    """Take the question back. Raises IllegalMove."""
    relocation = _lock(relocation)
    if relocation.status != Status.WITHDRAWN:
        _move(relocation, Status.WITHDRAWN, by=by)
    return relocation


def _lock(relocation: Relocation) -> Relocation:
    lock_person(relocation.person_id)
    rows = Relocation.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("person", "household__mahalla").get(pk=relocation.pk)


def _move(relocation: Relocation, to: str, *, by: User) -> None:
    check_move(TRANSITIONS, relocation.status, to)
    relocation.status, relocation.answered_by, relocation.answered_at = to, by, timezone.now()
    relocation.save(update_fields=["status", "answered_by", "answered_at", "reason", "updated_at"])
    audit.record(f"relocation.{to}", relocation, by=by)


def _home_of(person: Person) -> Resident | None:
    return Resident.objects.filter(person=person, ends_on=None).select_related("mahalla__district").first()


def _tell_answerers(relocation: Relocation) -> None:
    for membership in answerers(relocation.mahalla).exclude(user=relocation.asked_by_id):
        notify(
            membership.user_id,
            kind="relocation-asked",
            key=f"relocation-asked-{relocation.pk}-{membership.user_id}",
            params={"resident": relocation.person.name, "mahalla": relocation.household.mahalla.names},
            url=_url(relocation),
        )


def _tell_asker(relocation: Relocation) -> None:
    if relocation.asked_by_id == relocation.answered_by_id:
        return
    notify(
        relocation.asked_by_id,
        kind=f"relocation-{relocation.status}",
        key=f"relocation-{relocation.status}-{relocation.pk}",
        params={"resident": relocation.written_as, "reason": relocation.reason},
        url=_url(relocation),
    )


def _tell_resident(relocation: Relocation) -> None:
    user: User | None = getattr(relocation.person, "user", None)
    if user:
        notify(
            user.pk,
            kind="resident-relocated",
            key=f"resident-relocated-{relocation.pk}",
            params={"mahalla": relocation.household.mahalla.names},
        )


def _url(relocation: Relocation) -> str:
    return f"/relocations/{relocation.uuid}/"
