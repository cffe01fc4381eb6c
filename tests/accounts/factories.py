"""Rows of accounts for tests: real in shape, invented in content, numbered so that none clashes."""

from itertools import count
from typing import Any

from accounts.models import (
    ApiToken,
    District,
    Employment,
    Mahalla,
    Membership,
    Organization,
    Person,
    Profession,
    Region,
    User,
)
from accounts.services.people import keys_of
from accounts.services.tokens import create_token
from base.folding import fold

numbers = count(1)


def make_region(**fields: Any) -> Region:
    n = next(numbers)
    names = {"uz": f"{n}-viloyat", "ru": f"Область {n}", "en": f"Region {n}"}
    return Region.objects.create(**{"code": f"17{n:04}", "names": names, "search_key": fold(names["uz"])} | fields)


def make_district(**fields: Any) -> District:
    n = next(numbers)
    fields.setdefault("region", None)
    fields["region"] = fields["region"] or make_region()
    names = {"uz": f"{n}-tuman", "ru": f"Район {n}", "en": f"District {n}"}
    defaults = {"code": f"17{n:07}", "names": names, "search_key": fold(names["uz"]), "kind": "district"}
    return District.objects.create(**defaults | fields)


def make_mahalla(**fields: Any) -> Mahalla:
    n = next(numbers)
    if "district" not in fields:
        fields["district"] = make_district()
    names = {"uz": f"{n}-mahalla MFY"}
    defaults = {"code": f"99{n:06}", "names": names, "search_key": fold(names["uz"]), "district_match": "high"}
    return Mahalla.objects.create(**defaults | fields)


def make_profession(**fields: Any) -> Profession:
    n = next(numbers)
    names = {"uz": f"{n}-kasb", "ru": f"Профессия {n}", "en": f"Occupation {n}"}
    return Profession.objects.create(**{"code": f"9999.{n}", "names": names, "search_key": fold(names["uz"])} | fields)


def make_organization(**fields: Any) -> Organization:
    n = next(numbers)
    names = {"uz": f"{n}-markaz", "ru": f"Центр {n}", "en": f"Centre {n}"}
    defaults = {"kind": "mono-centre", "names": names, "search_key": fold(names["uz"]), "code": f"M{n}"}
    return Organization.objects.create(**defaults | fields)


def make_person(**fields: Any) -> Person:
    n = next(numbers)
    defaults: dict[str, Any] = {"surname": f"Sinovov{n}", "given_name": "Anvar", "patronymic": "Karim oʻgʻli"}
    defaults |= fields
    return Person.objects.create(**{"gender": "male"} | keys_of(defaults) | defaults)


def make_user(*, role: str | None = None, place: Any = None, **fields: Any) -> User:
    """Make a user with a person and, where a role is named, a membership at `place`."""
    n = next(numbers)
    if "person" not in fields:
        fields["person"] = make_person()
    user = User(**{"username": f"user{n}"} | fields)
    user.set_password("malaka-test")
    user.save()
    if role:
        make_membership(user=user, role=role, place=place)
    return user


def make_membership(*, user: User, role: str, place: Any = None, **fields: Any) -> Membership:
    """Give `user` a role; `place` is an organization, mahalla, district or region, as the role wants it."""
    if place is not None:
        fields[place._meta.model_name] = place
    return Membership.objects.create(user=user, role=role, **fields)


def make_employment(**fields: Any) -> Employment:
    if "person" not in fields:
        fields["person"] = make_person()
    if "organization" not in fields:
        fields["organization"] = make_organization(kind="hokimiyat")
    return Employment.objects.create(**{"post": "Bosh mutaxassis", "starts_on": "2024-01-01"} | fields)


def make_token(user: User, scopes: tuple[str, ...] = tuple(ApiToken.Scope.values)) -> str:
    return create_token(user, name="test", scopes=scopes, by=None)
