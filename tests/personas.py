"""The people of the tests, one of each role, in one small world: two mahallas of two regions, two centres.

`world` names the places; each other fixture is a user. `outsider` holds the same roles elsewhere.
"""

from dataclasses import dataclass

import pytest

from accounts.models import Mahalla, Organization, User
from tests.accounts.factories import (
    make_employment,
    make_mahalla,
    make_membership,
    make_organization,
    make_person,
    make_user,
)


@dataclass(frozen=True)
class World:
    """The places the personas belong to, and those they do not."""

    mahalla: Mahalla
    other_mahalla: Mahalla
    centre: Organization
    other_centre: Organization
    academy: Organization
    hokimiyat: Organization


@pytest.fixture
def world(db: None) -> World:
    mahalla = make_mahalla()
    return World(
        mahalla=mahalla,
        other_mahalla=make_mahalla(),
        centre=make_organization(district=mahalla.district),
        other_centre=make_organization(),
        academy=make_organization(kind="academy"),
        hokimiyat=make_organization(kind="hokimiyat"),
    )


@pytest.fixture
def learner(world: World) -> User:
    """A civil servant of the hokimiyat."""
    person = make_person()
    make_employment(person=person, organization=world.hokimiyat)
    return make_user(username="learner", person=person)


@pytest.fixture
def assistant(world: World) -> User:
    return make_user(username="assistant", role="assistant", place=world.mahalla)


@pytest.fixture
def counter(world: World) -> User:
    return make_user(username="counter", role="counter", place=world.mahalla.district)


@pytest.fixture
def centre_manager(world: World) -> User:
    return make_user(username="centre", role="centre-manager", place=world.centre)


@pytest.fixture
def instructor(world: World) -> User:
    return make_user(username="instructor", role="instructor", place=world.centre)


@pytest.fixture
def academy_admin(world: World) -> User:
    return make_user(username="academy", role="academy-admin", place=world.academy)


@pytest.fixture
def staff_manager(world: World) -> User:
    return make_user(username="manager", role="staff-manager", place=world.hokimiyat)


@pytest.fixture
def supervisor(world: World) -> User:
    return make_user(username="supervisor", role="supervisor", place=world.mahalla.district.region)


@pytest.fixture
def auditor(world: World) -> User:
    return make_user(username="auditor", role="auditor", place=world.mahalla.district.region)


@pytest.fixture
def platform_admin(world: World) -> User:
    return make_user(username="admin", role="platform-admin", is_staff=True, is_superuser=True)


@pytest.fixture
def outsider(world: World) -> User:
    """Holds the same roles, elsewhere."""
    user = make_user(username="outsider", role="assistant", place=world.other_mahalla)
    make_membership(user=user, role="counter", place=world.other_mahalla.district)
    make_membership(user=user, role="centre-manager", place=world.other_centre)
    make_membership(user=user, role="instructor", place=world.other_centre)
    make_membership(user=user, role="supervisor", place=world.other_mahalla.district.region)
    return user
