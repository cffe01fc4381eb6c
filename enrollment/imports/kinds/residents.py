"""Households and residents."""

from django.utils.translation import gettext as _

from enrollment.imports.kinds.intake import IntakeKind
from enrollment.imports.kinds.known import Who
from enrollment.imports.kinds.people import HOME, IDENTITY
from enrollment.imports.rows import Row
from enrollment.models import Import


class ResidentsKind(IntakeKind):
    """One row is a resident, with the household; nobody stands in two rows."""

    name = Import.Kind.RESIDENTS
    columns = (*HOME, *IDENTITY)

    def gather(self, said: list[tuple[Row, Who]]) -> list[tuple[Row, Who]]:
        return said

    def check_in_file(self, row: Row, who: Who) -> None:
        keys = who.keys if row.values.get("is_another") else self.same_person_keys(who)
        self.seen.refuse_twice(keys, row.number, _("This person stands in row %(row)d already."))
