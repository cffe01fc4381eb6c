"""What the REST interface takes in and gives out about cohorts, referrals, enrollments and outcomes (api.md)."""

import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from base.api import ListQuery
from base.schemas import CodeOut
from enrollment.models import AttendanceEntry, Cohort, Enrollment, Outcome, Referral


class Ref(Schema):
    """A row by its public id and its name."""

    id: UUID = Field(validation_alias="uuid")
    name: str


class CourseRef(Schema):
    slug: str
    title: str = Field(validation_alias="name")


class CohortRef(Schema):
    id: UUID = Field(validation_alias="uuid")
    code: str


class LookupOut(CodeOut):
    names: dict[str, str]
    valid_from: datetime.date | None
    valid_until: datetime.date | None


class CohortIn(Schema):
    course: str = Field(max_length=80)
    organization: UUID
    code: str = Field(min_length=1, max_length=40)
    starts_on: datetime.date | None = None
    ends_on: datetime.date | None = None
    enrol_until: datetime.date | None = None
    seats: int | None = None
    language: str | None = Field(None, max_length=7)
    mode: Cohort.Mode = Cohort.Mode.ON_SITE


class CohortOut(CohortRef):
    course: CourseRef
    organization: Ref
    status: str = Field(validation_alias="state")
    starts_on: datetime.date | None
    ends_on: datetime.date | None
    language: str
    mode: str
    seats: int | None
    seats_taken: int
    seats_free: int | None
    waiting: int = Field(description="Exact up to 1,000.")


class CohortQuery(ListQuery):
    course: str | None = Field(None, max_length=80)
    organization: UUID | None = None
    open: bool | None = None


class ReferralIn(Schema):
    resident: UUID
    course: str = Field(max_length=80)
    organization: UUID
    cohort: UUID | None = None
    wish: UUID | None = None
    note: str = Field("", max_length=500)


class AcceptIn(Schema):
    cohort: UUID


class ReasonIn(Schema):
    """A code of the reasons in force, and words beside it."""

    reason: str = Field(max_length=40)
    note: str = Field("", max_length=500)


class MoveOut(Schema):
    from_: str | None = Field(serialization_alias="from")
    to: str = Field(validation_alias="to_status")
    at: datetime.datetime
    by: Ref | None
    reason: str | None

    @staticmethod
    def resolve_from_(row: Any) -> str | None:
        return row.from_status or None

    @staticmethod
    def resolve_reason(row: Any) -> str | None:
        return row.reason or None


class EnrollmentRef(Schema):
    id: UUID = Field(validation_alias="uuid")


class ReferralOut(Schema):
    id: UUID = Field(validation_alias="uuid")
    resident: Ref
    course: CourseRef
    organization: Ref
    cohort: CohortRef | None
    status: str
    hold_until: datetime.date | None
    due_at: datetime.datetime | None
    seat_due_at: datetime.datetime | None
    waiting_rank: int | None = Field(description="Exact up to 1,000.")
    history: list[MoveOut] = Field(validation_alias="moves")
    enrollment: EnrollmentRef | None

    @staticmethod
    def resolve_resident(row: Referral) -> dict[str, Any]:
        return {"uuid": row.resident.uuid, "name": row.person.name}

    @staticmethod
    def resolve_moves(row: Referral) -> Any:
        return row.moves.all()

    @staticmethod
    def resolve_enrollment(row: Referral) -> Enrollment | None:
        return getattr(row, "enrollment", None)


class ReferralQuery(ListQuery):
    resident: UUID | None = None
    course: str | None = Field(None, max_length=80)
    organization: UUID | None = None
    cohort: UUID | None = None
    status: Referral.Status | None = None


class EnrollmentIn(Schema):
    cohort: UUID
    person: UUID | None = None


class LessonOut(Schema):
    """A lesson beside what the learner reached in it; `minutes` are planned, `score` lies between 0 and 100."""

    id: UUID
    title: str
    kind: str
    required: bool
    minutes: int
    completed: bool
    score: float | None


class CompletionOut(Schema):
    at: datetime.datetime = Field(validation_alias="decided_at")
    grade: float | None
    attendance: float


class CredentialOut(Schema):
    code: str
    issued_on: datetime.date | None


class EnrollmentOut(Schema):
    id: UUID = Field(validation_alias="uuid")
    learner: Ref = Field(validation_alias="person")
    cohort: CohortRef
    status: str
    progress: float
    attendance: float
    grade: float | None
    lessons: list[LessonOut]
    completion: CompletionOut | None
    credential: CredentialOut | None

    @staticmethod
    def resolve_lessons(row: Enrollment) -> list[dict[str, Any]]:
        reached = {progress.lesson_id: progress for progress in row.lesson_progress.all()}
        return [
            {
                "id": lesson.uuid,
                "title": lesson.name,
                "kind": lesson.kind,
                "required": lesson.required,
                "minutes": lesson.minutes,
                "completed": progress is not None and progress.completed_at is not None,
                "score": progress.score if progress else None,
            }
            for lesson in row.cohort.version.lessons.all()
            for progress in [reached.get(lesson.pk)]
        ]

    @staticmethod
    def resolve_completion(row: Enrollment) -> Any:
        """The decision in force, the last of the chain."""
        return max(row.completions.all(), key=lambda completion: completion.pk, default=None)

    @staticmethod
    def resolve_credential(row: Enrollment) -> dict[str, Any] | None:
        if not row.credential_code:
            return None
        return {"code": row.credential_code, "issued_on": row.credential_issued_on}


class EnrollmentQuery(ListQuery):
    cohort: UUID | None = None
    status: Enrollment.Status | None = None


class ResultIn(Schema):
    score: Decimal | None = None
    completed: bool | None = None
    evidence: str = Field("", max_length=500)


class AttendanceIn(Schema):
    lesson: UUID
    minutes: int
    source: AttendanceEntry.Source
    on: datetime.date
    reason: str = Field("", max_length=300)


class WithdrawIn(Schema):
    reason: str = Field(max_length=40)


class OutcomeIn(Schema):
    kind: str = Field(max_length=40)
    on: datetime.date
    source: str = Field(min_length=1, max_length=100)
    employer: str = Field("", max_length=200)
    evidence: str = Field("", max_length=500)


class OutcomeOut(Schema):
    id: UUID = Field(validation_alias="uuid")
    kind: CodeOut
    status: str
    on: datetime.date
    source: str
    employer: str
    evidence: str


class OutcomeQuery(ListQuery):
    status: Outcome.Status | None = None


class PersonOut(Ref):
    surname: str
    given_name: str
    patronymic: str


class PeopleQuery(ListQuery):
    q: str | None = Field(None, max_length=100)
