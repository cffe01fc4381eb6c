"""Households and residents."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from base.errors import DomainError
from enrollment.imports.kinds.intake import IntakeKind, Who
from enrollment.imports.kinds.people import HOME, IDENTITY
from enrollment.imports.rows import Row
from enrollment.models import Import


class ResidentsKind(IntakeKind):
    """One row is a resident, with the household."""

    name = Import.Kind.RESIDENTS
    columns = (*HOME, *IDENTITY)

    def recall(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if who := self.say_who(row):
                self.note_person(who, row.number)
                self.check_home_in_file(row, who)

    def judge(self, rows: Sequence[Row], *, lock: bool) -> None:
        good = [(row, who) for row in rows if not row.is_wrong and (who := self.say_who(row))]
        known = self.find_known([who for _row, who in good], lock=lock)
        for row, who in good:
            try:
                self._judge_row(row, who)
                self.settle(row, who, known)
            except DomainError as error:
                row.refuse(error)
                continue
            self.note_person(who, row.number)
            row.plan, row.verdict = who, who.verdict

    def _judge_row(self, row: Row, who: Who) -> None:
        keys = who.keys if row.values.get("is_another") else self.same_person_keys(who)
        self.seen.refuse_twice(keys, row.number, _("This person stands in row %(row)d already."))
        self.check_home_in_file(row, who)

    def write(self, rows: Sequence[Row]) -> None:
        self.write_people(row.plan for row in rows)
