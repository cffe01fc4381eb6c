"""Two records of perhaps one person, side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Person, User
from base.folding import fold
from enrollment.models import Enrollment, Referral, Resident, Wish

Side = list[str]


@dataclass(frozen=True)
class Compared:
    """One line of the comparison: what each record says, in words; nothing where it says nothing."""

    label: str
    first: Side
    second: Side
    is_fact: bool = True

    @property
    def differs(self) -> bool:
        """Whether two facts are not the same; a history is not compared."""
        return self.is_fact and self.first != self.second

    @property
    def is_at_odds(self) -> bool:
        """Whether the two say different things; what one lacks, or spells otherwise, speaks for nothing."""
        return self.differs and bool(self.first and self.second) and fold(self.first[0]) != fold(self.second[0])

    @property
    def difference(self) -> str:
        if self.is_at_odds:
            return _("differs")
        return _("spelled otherwise") if self.first and self.second else _("only in one")

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.first, self.second


def compare(first: Person, second: Person) -> list[Compared]:
    """Every fact and the whole way of both, in a fixed number of queries for each."""
    facts = [Compared(label, _one(read(first)), _one(read(second))) for label, read in _facts().items()]
    return facts + [Compared(label, read(first), read(second), is_fact=False) for label, read in _histories().items()]


def _facts() -> dict[str, Callable[[Person], Any]]:
    return {
        _("Surname"): lambda person: person.surname,
        _("Given name"): lambda person: person.given_name,
        _("Patronymic"): lambda person: person.patronymic,
        _("Date of birth"): lambda person: _day(person.birth_date),
        _("Gender"): lambda person: person.get_gender_display(),
        _("PINFL"): lambda person: person.pinfl,
        _("Phone"): lambda person: person.phone,
        _("Number in another system"): lambda person: person.external_id,
        _("Signs in as"): lambda person: User.objects.filter(person=person, is_active=True).first(),
    }


def _histories() -> dict[str, Callable[[Person], Side]]:
    return {
        _("Written down on"): lambda person: _one(_day(timezone.localdate(person.created_at))),
        _("Household"): _homes,
        _("Wishes"): _wishes,
        _("Referrals"): _referrals,
        _("Courses"): _courses,
        _("Employment"): _posts,
    }


def _homes(person: Person) -> Side:
    rows = Resident.objects.filter(person=person).select_related(
        "household__category", "mahalla__district__region"
    )  # fmt: skip
    return [
        _line(row.mahalla.full_name, row.household.address, row.household.category.name, _span(row))
        for row in rows.order_by("-starts_on", "-pk")
    ]


def _wishes(person: Person) -> Side:
    rows = Wish.objects.filter(resident__person=person).select_related("profession", "course").order_by("-pk")
    return [
        _line(row.profession or row.course or row.get_kind_display(), _day(row.said_on), row.get_status_display())
        for row in rows
    ]


def _referrals(person: Person) -> Side:
    rows = Referral.objects.filter(person=person).select_related("course", "organization").order_by("-pk")
    return [_line(row.course.name, row.organization.name, row.get_status_display()) for row in rows]


def _courses(person: Person) -> Side:
    rows = Enrollment.objects.filter(person=person).select_related("cohort__course").order_by("-pk")
    return [
        _line(
            row.cohort.course.name,
            row.cohort.code,
            row.get_status_display(),
            _("certificate of %(day)s") % {"day": _day(row.credential_issued_on)} if row.credential_issued_on else "",
        )
        for row in rows
    ]


def _posts(person: Person) -> Side:
    rows = person.employments.select_related("organization").order_by("-starts_on", "-pk")
    return [_line(row.post, row.organization.name, _span(row)) for row in rows]


def _span(row: Any) -> str:
    return f"{_day(row.starts_on)} – {_day(row.ends_on)}".rstrip()


def _day(day: Any) -> str:
    return date_format(day, "SHORT_DATE_FORMAT") if day else ""


def _line(*parts: object) -> str:
    return ", ".join(text for part in parts if (text := str(part)))


def _one(value: object) -> Side:
    return [str(value)] if value else []
