"""What the REST interface takes in and gives out about mandatory training."""

import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Schema

from base.api import ListQuery
from base.schemas import CodeOut
from enrollment.models import TrainingAssignment
from enrollment.schemas.way import CourseRef, EnrollmentRef, Ref

MOST_NAMED = 200


class RuleIn(Schema):
    """How often is said by `every_months`, by `every_years` (by a day of the year), or by neither: once."""

    issuer: UUID
    course: str = Field(max_length=80)
    basis: str = Field("", max_length=300)
    employers: list[UUID] = Field([], max_length=MOST_NAMED)
    categories: list[Annotated[str, Field(max_length=40)]] = Field([], max_length=MOST_NAMED)
    within_days: int | None = None
    every_months: int | None = None
    every_years: int | None = None
    by_month: int = 12
    by_day: int = 31
    valid_from: datetime.date
    valid_until: datetime.date | None = None


class RuleOut(Schema):
    id: UUID = Field(validation_alias="uuid")
    issuer: Ref
    course: CourseRef
    basis: str
    employers: list[Ref]
    categories: list[CodeOut]
    within_days: int | None
    every_months: int | None
    every_years: int | None
    by_month: int
    by_day: int
    valid_from: datetime.date
    valid_until: datetime.date | None


class RuleQuery(ListQuery):
    course: str | None = Field(None, max_length=80)
    in_force: bool | None = None


class EndRuleIn(Schema):
    """The first day on which it no longer holds."""

    on: datetime.date


class RuleRef(Schema):
    id: UUID = Field(validation_alias="uuid")


class AssignmentOut(Schema):
    """`due_on` is the last day; `organization` and `post` are those by which the rule binds."""

    id: UUID = Field(validation_alias="uuid")
    person: Ref
    organization: Ref
    post: str
    rule: RuleRef
    course: CourseRef
    status: str
    due_on: datetime.date
    overdue: bool = Field(validation_alias="is_overdue")
    met_on: datetime.date | None
    enrollment: EnrollmentRef | None

    @staticmethod
    def resolve_post(row: TrainingAssignment) -> Any:
        return row.employment.post


class AssignmentQuery(ListQuery):
    """`due_by` keeps what is due on that day or before."""

    rule: UUID | None = None
    course: str | None = Field(None, max_length=80)
    organization: UUID | None = None
    person: UUID | None = None
    status: TrainingAssignment.Status | None = None
    due_by: datetime.date | None = None


class ExemptIn(Schema):
    """From a day up to, not including, a day; without `ends_on`, no end is known."""

    reason: str = Field(max_length=40)
    starts_on: datetime.date
    ends_on: datetime.date | None = None
    note: str = Field("", max_length=500)
