"""Wishes of residents."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment.imports.columns import Choices, Column, choices_of_labels, read_past_day, text_up_to
from enrollment.imports.kind import Key
from enrollment.imports.kinds.intake import IntakeKind
from enrollment.imports.kinds.known import Who
from enrollment.imports.kinds.lists import course_choices, profession_choices
from enrollment.imports.kinds.people import HOME, IDENTITY
from enrollment.imports.rows import Row, Verdict
from enrollment.models import Import, Wish
from enrollment.services.many.wishes import record_wishes
from enrollment.services.referrals import CourseNotOffered

Said = tuple[str, int | None, int | None]


class WishesKind(IntakeKind):
    """One row is a wish of a resident; whoever is not written down yet is, where the row says enough."""

    name = Import.Kind.WISHES
    columns = (
        Column("kind", gettext_lazy("What is wished"), choices="wish_kind", required=True),
        Column(
            "profession",
            gettext_lazy("Trade or profession"),
            choices="profession",
            help=gettext_lazy("The name or code of the state’s list of occupations."),
        ),
        Column("course", gettext_lazy("A course already in mind"), choices="course"),
        Column(
            "said_on",
            gettext_lazy("Said on"),
            read_past_day,
            is_day=True,
            help=gettext_lazy("As 22.11.2026; today if it is left empty."),
        ),
        Column("note", gettext_lazy("In the resident’s own words"), text_up_to(500)),
        *HOME,
        *IDENTITY,
    )

    def load_lists(self) -> dict[str, Choices]:
        kinds = choices_of_labels({label: value for value, label in Wish.Kind.choices})
        more = {"wish_kind": kinds, "profession": profession_choices(), "course": course_choices()}
        return super().load_lists() | more

    def find_more(self, people: Sequence[int]) -> None:
        rows = Wish.objects.filter(resident__person__in=people)
        self.said: dict[tuple[int, Said], list[tuple[date, str]]] = {}
        for person, kind, profession, course, day, status in rows.values_list(
            "resident__person", "kind", "profession", "course", "said_on", "status"
        ):
            self.said.setdefault((person, (kind, profession, course)), []).append((day, status))

    def judge_row(self, row: Row, who: Who) -> Verdict:
        message = _("This wish of the same person stands in row %(row)d already.")
        self.seen.refuse_twice(_keys(row, self.same_person_keys(who)), row.number, message)
        if who.person and self._stands(row, who.person.pk):
            return who.verdict
        if (course := row.values.get("course")) and course.retired_at:
            raise CourseNotOffered(field="course")
        return Verdict.NEW

    def _stands(self, row: Row, person_id: int) -> bool:
        """Whether this was said on this day already; without a day, whether it was said and is open."""
        before = self.said.get((person_id, _said(row)), [])
        day = row.values.get("said_on")
        return any(said_on == day if day else status == Wish.Status.OPEN for said_on, status in before)

    def note_row(self, row: Row, who: Who) -> None:
        super().note_row(row, who)
        self.seen.note(_keys(row, self.noted_keys(who, self.name_keys(who))), row.number)

    def write(self, rows: Sequence[Row]) -> None:
        super().write(rows)
        today = timezone.localdate()
        fresh = [_wish(row, row.plan, today) for row in rows if row.verdict == Verdict.NEW]
        record_wishes(fresh, by=self.sender)


def _said(row: Row) -> Said:
    """What is wished, without the day."""
    profession, course = row.values.get("profession"), row.values.get("course")
    return row.values["kind"], profession.pk if profession else None, course.pk if course else None


def _keys(row: Row, people: list[Key]) -> list[Key]:
    said = (*_said(row), row.values.get("said_on"))
    return [(*key, *said) for key in people]


def _wish(row: Row, who: Who, today: date) -> Wish:
    assert who.resident
    assert who.home
    assert who.home.household
    kind, profession_id, course_id = _said(row)
    facts: dict[str, Any] = {"kind": kind, "profession_id": profession_id, "course_id": course_id}
    return Wish(
        resident_id=who.resident.pk,
        mahalla_id=who.home.household.mahalla_id,
        category_id=who.home.household.category_id,
        note=row.values.get("note", ""),
        said_on=row.values.get("said_on") or today,
        **facts,
    )
