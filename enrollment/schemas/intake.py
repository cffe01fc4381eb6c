"""What the REST interface takes in and gives out (api.md)."""

import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from accounts.models import Person
from accounts.pinfl import check_pinfl
from base.api import ListQuery
from base.schemas import CodeOut
from enrollment.models import Resident, Wish


class HouseholdIn(Schema):
    mahalla: str = Field(max_length=40)
    category: str = Field(max_length=40)
    address: str = Field("", max_length=300)
    external_id: str | None = Field(None, max_length=100)


class HouseholdOut(Schema):
    id: UUID = Field(validation_alias="uuid")
    mahalla: CodeOut
    category: CodeOut
    address: str
    external_id: str | None


class HouseholdQuery(ListQuery):
    mahalla: str | None = Field(None, max_length=40)
    category: str | None = Field(None, max_length=40)
    external_id: str | None = Field(None, max_length=100)


class PersonIn(Schema):
    surname: str = Field(max_length=100)
    given_name: str = Field(max_length=100)
    patronymic: str | None = Field("", max_length=100)
    pinfl: str | None = Field(None, max_length=40)
    birth_date: datetime.date | None = None
    gender: Person.Gender | None = None
    phone: str | None = Field("", max_length=40)
    external_id: str | None = Field(None, max_length=100)


class ResidentIn(PersonIn):
    household: UUID


class ResidentPatch(Schema):
    """Only what is named changes."""

    surname: str | None = Field(None, max_length=100)
    given_name: str | None = Field(None, max_length=100)
    patronymic: str | None = Field(None, max_length=100)
    pinfl: str | None = Field(None, max_length=40)
    birth_date: datetime.date | None = None
    gender: Person.Gender | None = None
    phone: str | None = Field(None, max_length=40)
    external_id: str | None = Field(None, max_length=100)


class Warned(Schema):
    field: str
    code: str
    message: str


class ResidentOut(Schema):
    id: UUID = Field(validation_alias="uuid")
    person: UUID
    household: UUID
    surname: str
    given_name: str
    patronymic: str
    birth_date: datetime.date | None
    gender: str | None
    phone: str
    pinfl_masked: str | None
    external_id: str | None
    warnings: list[Warned]

    @classmethod
    def of(cls, resident: Resident) -> dict[str, Any]:
        """Flatten a resident and its person; the PINFL leaves only masked."""
        person = resident.person
        pinfl = person.pinfl
        names = ("surname", "given_name", "patronymic", "birth_date", "phone", "external_id")
        return {name: getattr(person, name) for name in names} | {
            "uuid": resident.uuid,
            "person": person.uuid,
            "household": resident.household.uuid,
            "gender": person.gender or None,
            "pinfl_masked": str(pinfl) if pinfl else None,
            "warnings": check_pinfl(pinfl) if pinfl else [],
        }


class ResidentQuery(ListQuery):
    household: UUID | None = None
    mahalla: str | None = Field(None, max_length=40)
    external_id: str | None = Field(None, max_length=100)
    q: str | None = Field(None, max_length=100)


class WishIn(Schema):
    resident: UUID
    kind: Wish.Kind
    profession: str | None = Field(None, max_length=40)
    course: str | None = Field(None, max_length=80)
    note: str = Field("", max_length=500)
    said_on: datetime.date | None = None


class WishOut(Schema):
    id: UUID = Field(validation_alias="uuid")
    resident: UUID = Field(validation_alias="resident.uuid")
    kind: str
    profession: CodeOut | None
    course: str | None = Field(None, validation_alias="course.slug")
    note: str
    said_on: datetime.date
    status: str


class WishQuery(ListQuery):
    resident: UUID | None = None
    kind: Wish.Kind | None = None
    status: Wish.Status | None = None
