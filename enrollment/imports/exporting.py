"""Lists written as tables that can be sent again unchanged: the columns of the same kind, without the PINFL."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.base import File
from django.db.models import QuerySet

from accounts.models import Employment, Membership, Person, User
from accounts.services import audit
from base.dates import short_date
from base.services.jobs import Work
from base.sheets import write_csv, write_workbook
from enrollment import rules
from enrollment.imports.columns import Column
from enrollment.imports.kinds.registry import KINDS
from enrollment.models import Cohort, Enrollment, Import, Outcome, Referral, Resident, Wish

AT_A_TIME = 2_000
Cells = Mapping[str, str]


@dataclass(frozen=True)
class Export:
    """A list of a kind: the rows that a user may send again, and the cells of one, by column."""

    rows: Callable[[User], QuerySet[Any]]
    cells: Callable[[Any], Cells]


def _living(user: User) -> QuerySet[Resident]:
    rows = Resident.objects.filter(mahalla__in=rules.mahallas_of_work(user), ends_on=None)
    return rows.select_related("person", "household__category", "mahalla")


def _resident(row: Resident) -> Cells:
    home = row.household
    return _who(row.person) | {
        "resident": str(row.uuid),
        "mahalla": row.mahalla.code,
        "category": home.category.name,
        "address": home.address,
        "household": home.external_id or str(home.uuid),
    }


def _wishes(user: User) -> QuerySet[Wish]:
    rows = Wish.objects.filter(resident__in=_living(user).order_by().values("pk"))
    return rows.select_related("resident__person", "profession", "course")


def _wish(row: Wish) -> Cells:
    return _names(row.resident.person) | {
        "resident": str(row.resident.uuid),
        "kind": str(row.get_kind_display()),
        "profession": row.profession.code if row.profession else "",
        "course": row.course.slug if row.course else "",
        "said_on": short_date(row.said_on),
        "note": row.note,
    }


def _referrals(user: User) -> QuerySet[Referral]:
    rows = Referral.objects.filter(resident__in=_living(user).order_by().values("pk"))
    return rows.select_related("resident__person", "course", "organization", "cohort")


def _referral(row: Referral) -> Cells:
    cohort = row.cohort if row.cohort and row.cohort.status == Cohort.Status.PUBLISHED else None
    return _names(row.resident.person) | {
        "resident": str(row.resident.uuid),
        "course": row.course.slug,
        "organization": row.organization.code,
        "cohort": cohort.code if cohort and not cohort.is_standing else "",
        "note": row.note,
    }


def _staff(user: User) -> QuerySet[Employment]:
    own = user.standing.organizations(Membership.Role.STAFF_MANAGER)
    return (
        Employment.objects.current().filter(organization__in=own).select_related("person", "organization", "category")
    )


def _employment(row: Employment) -> Cells:
    return _who(row.person) | {
        "person": str(row.person.uuid),
        "organization": row.organization.code,
        "post": row.post,
        "category": row.category.name if row.category else "",
        "starts_on": short_date(row.starts_on),
    }


def _learners(user: User) -> QuerySet[Enrollment]:
    rows = Enrollment.objects.visible_to(user).exclude(status=Enrollment.Status.WITHDRAWN)
    return rows.exclude(cohort__is_standing=True).select_related("person", "cohort__organization")


def _learner(row: Enrollment) -> Cells:
    facts = {"cohort": row.cohort.code, "organization": row.cohort.organization.code}
    return _names(row.person) | {"person": str(row.person.uuid), **facts}


def _outcomes(user: User) -> QuerySet[Outcome]:
    return Outcome.objects.visible_to(user).select_related("person", "kind", "enrollment__cohort__course")


def _outcome(row: Outcome) -> Cells:
    return _names(row.person) | {
        "person": str(row.person.uuid),
        "kind": row.kind.name,
        "on": short_date(row.on),
        "course": row.enrollment.cohort.course.slug if row.enrollment else "",
        "employer": row.employer,
        "source": row.source,
        "evidence": row.evidence,
    }


def _names(person: Person) -> dict[str, str]:
    return {
        "surname": person.surname,
        "given_name": person.given_name,
        "patronymic": person.patronymic,
        "birth_date": short_date(person.birth_date) if person.birth_date else "",
    }


def _who(person: Person) -> dict[str, str]:
    gender = str(person.get_gender_display()) if person.gender else ""
    return _names(person) | {"gender": gender, "phone": person.phone, "external_id": person.external_id or ""}


EXPORTS: dict[str, Export] = {
    Import.Kind.RESIDENTS: Export(_living, _resident),
    Import.Kind.WISHES: Export(_wishes, _wish),
    Import.Kind.REFERRALS: Export(_referrals, _referral),
    Import.Kind.CIVIL_SERVANTS: Export(_staff, _employment),
    Import.Kind.ENROLLMENTS: Export(_learners, _learner),
    Import.Kind.OUTCOMES: Export(_outcomes, _outcome),
}


def run_export(work: Work) -> None:
    """Write the list that a job asks for; a worker that is killed is followed by one that begins anew."""
    kind, form, user = work.job.params["kind"], work.job.params["form"], work.job.owner
    assert user
    columns = [column for column in KINDS[kind].columns if not column.secret]
    heads = [str(column.label) for column in columns]
    with tempfile.TemporaryFile() as file:
        lines = _lines(work, EXPORTS[kind], user, columns)
        (write_csv if form == "csv" else write_workbook)(file, [heads], lines)
        audit.record("list.exported", by=user, kind=kind, count=work.checkpoint["rows"])
        file.seek(0)
        work.store_result(f"malaka-{kind}.{form}", File(file))


def _lines(work: Work, export: Export, user: User, columns: list[Column]) -> Iterator[list[str]]:
    done = 0
    work.save(rows_total=export.rows(user).count())
    for row in export.rows(user).order_by("pk").iterator(AT_A_TIME):
        cells = export.cells(row)
        yield [cells.get(column.name, "") for column in columns]
        done += 1
        if done % AT_A_TIME == 0:
            work.save(rows_done=done)
    work.checkpoint["rows"] = done
    work.save(rows_done=done)
