"""Everybody of the demo: organizations, accounts, civil servants, households and those who live in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import Mahalla, Membership, Organization, Person, User
from accounts.models.territory import District
from accounts.pinfl import CENTURIES, WEIGHTS
from accounts.services import audit
from accounts.services.employments import appoint
from accounts.services.lists import search_key
from accounts.services.people import PersonData, create_person
from enrollment.models import HouseholdCategory, Resident
from enrollment.services.households import change_category, create_household
from enrollment.services.residents import register_resident
from lms.demo.clock import Calendar
from lms.demo.library import read_json
from lms.demo_accounts import PASSWORD

CENTRE, ACADEMY, EMPLOYER = "MM-URG", "AKD", "BMV"
MAHALLA, DISTRICT, REGION = "14140045", "1718236", "1718"
LEARNER, RESIDENT = "c7", "r1"
CATEGORIES = {1: "state-supported", 2: "poor", 3: "borderline", 4: "no-register"}
POSTS = {"manager": "Kadrlar boʻlimi boshligʻi"}
Role = Membership.Role


@dataclass
class Cast:
    """Those who act, by the names that the content gives them."""

    organizations: dict[str, Organization] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    servants: dict[str, Person] = field(default_factory=dict)
    residents: dict[str, Resident] = field(default_factory=dict)

    @property
    def centre(self) -> Organization:
        return self.organizations[CENTRE]

    @property
    def academy(self) -> Organization:
        return self.organizations[ACADEMY]


def make_people(calendar: Calendar) -> Cast:
    """Write everybody down, long before the first course."""
    cast, content = Cast(), read_json("people.json")
    with calendar.on(-400):
        for row in read_json("organizations.json"):
            cast.organizations[row["code"]] = _make_organization(row, cast.organizations.get(row.get("parent", "")))
        for number, row in enumerate(content["civil_servants"], start=1):
            cast.servants[row["id"]] = _make_servant(row, cast.organizations[row["organization"]], number, calendar)
        _make_accounts(cast, content["staff"], calendar)
    with calendar.on(-260):
        _make_households(cast, content)
        resident = cast.residents[RESIDENT].person
        cast.users["resident"] = _make_account("resident", resident, cast.users["learner"].password)
    with calendar.on(-120):
        household = cast.residents["r5"].household
        category = HouseholdCategory.objects.get(code=CATEGORIES[1])
        change_category(household, category, by=cast.users["assistant"])
    return cast


def make_pinfl(birth: date, gender: str, serial: int) -> str:
    """A PINFL of the right structure, of a district of birth that does not exist."""
    digit = next(d for d, century in CENTURIES.items() if century == birth.year // 100 * 100)
    first = int(digit) + (gender == "female")
    body = f"{first}{birth:%d%m%y}999{serial:03}"
    return body + str(sum(int(d) * w for d, w in zip(body, WEIGHTS * 5, strict=False)) % 10)


def _make_organization(row: Mapping[str, Any], parent: Organization | None) -> Organization:
    organization = Organization.objects.create(
        code=row["code"],
        kind=row["kind"],
        parent=parent,
        names=row["names"],
        search_key=search_key(row["names"]),
        district=District.objects.get(code=row["district"]),
        address=row["address"],
        signatory=row["signatory"],
    )
    audit.record("organization.created", organization, by=None)
    return organization


def _make_servant(row: Mapping[str, Any], employer: Organization, serial: int, calendar: Calendar) -> Person:
    person = create_person(_person_data(row, 100 + serial), by=None)
    appoint(
        person=person,
        organization=employer,
        post=row["post"],
        starts_on=calendar.day(-900 - 30 * serial),
        by=None,
    )
    return person


def _make_accounts(cast: Cast, staff: Mapping[str, Any], calendar: Calendar) -> None:
    password = make_password(PASSWORD)  # once: it is slow on purpose
    for number, (username, row) in enumerate(staff.items(), start=1):
        person = create_person(_person_data(row, 200 + number), by=None)
        cast.users[username] = _make_account(username, person, password)
    cast.users["learner"] = _make_account("learner", cast.servants[LEARNER], password)
    manager = cast.users["manager"].person
    assert manager is not None
    appoint(
        person=manager,
        organization=cast.organizations[EMPLOYER],
        post=POSTS["manager"],
        starts_on=calendar.day(-2000),
        by=None,
    )
    district = District.objects.select_related("region").get(code=DISTRICT)
    places: dict[str, tuple[str, dict[str, Any]]] = {
        "assistant": (Role.ASSISTANT, {"mahalla": Mahalla.objects.get(code=MAHALLA)}),
        "counter": (Role.COUNTER, {"district": district}),
        "centre": (Role.CENTRE_MANAGER, {"organization": cast.centre}),
        "instructor": (Role.INSTRUCTOR, {"organization": cast.centre}),
        "academy": (Role.ACADEMY_ADMIN, {"organization": cast.academy}),
        "manager": (Role.STAFF_MANAGER, {"organization": cast.organizations[EMPLOYER]}),
        "supervisor": (Role.SUPERVISOR, {"region": district.region}),
        "auditor": (Role.AUDITOR, {"region": district.region}),
        "admin": (Role.PLATFORM_ADMIN, {}),
    }
    for username, (role, place) in places.items():
        Membership.objects.create(user=cast.users[username], role=role, **place)
    User.objects.filter(username="admin").update(is_staff=True, is_superuser=True)


def _make_account(username: str, person: Person, password: str) -> User:
    user = User.objects.create(username=username, person=person, password=password)
    audit.record("user.created", user, by=None)
    return user


def _make_households(cast: Cast, content: Mapping[str, Any]) -> None:
    """The assistant writes its own mahalla down, the counter the others of the district."""
    categories = {category.code: category for category in HouseholdCategory.objects.all()}
    homes = {}
    for row in content["households"]:
        mahalla = Mahalla.objects.select_related("district").get(code=row["mahalla"])
        by = cast.users["assistant" if mahalla.code == MAHALLA else "counter"]
        category = categories[CATEGORIES[row["category"]]]
        homes[row["id"]] = by, create_household(mahalla=mahalla, category=category, address=row["address"], by=by)
    for number, row in enumerate(content["residents"], start=1):
        by, household = homes[row["household"]]
        phone = f"+9989000000{int(row['household'].removeprefix('h')):02}"  # one for all who live there
        data = _person_data(row, number, phone=phone)
        cast.residents[row["id"]] = register_resident(household, data, by=by)


def _person_data(row: Mapping[str, Any], serial: int, phone: str = "") -> PersonData:
    birth = date.fromisoformat(row["birth_date"])
    return PersonData(
        surname=row["surname"],
        given_name=row["given_name"],
        patronymic=row["patronymic"],
        pinfl=make_pinfl(birth, row["gender"], serial),
        phone=phone,
    )
