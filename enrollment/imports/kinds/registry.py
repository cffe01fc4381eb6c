"""The kinds of table there are: KINDS are sent from one page for all of them."""

from accounts.models import User
from enrollment.imports.kind import Kind
from enrollment.imports.kinds.civil_servants import CivilServantsKind
from enrollment.imports.kinds.enrollments import EnrollmentsKind
from enrollment.imports.kinds.grades import GradesKind
from enrollment.imports.kinds.outcomes import OutcomesKind
from enrollment.imports.kinds.referrals import ReferralsKind
from enrollment.imports.kinds.residents import ResidentsKind
from enrollment.imports.kinds.wishes import WishesKind
from enrollment.models import Import

KINDS: dict[str, type[Kind]] = {
    kind.name: kind
    for kind in (ResidentsKind, WishesKind, ReferralsKind, CivilServantsKind, EnrollmentsKind, OutcomesKind)
}


OF_A_GROUP: dict[str, type[Kind]] = {GradesKind.name: GradesKind}
"""Those that are sent from the page of a group, and name what stands there."""


def kind_of(table: Import) -> Kind:
    """What reads, judges and writes the rows of a table."""
    return (KINDS | OF_A_GROUP)[table.kind].of_table(table)


def kinds_for(user: User) -> list[str]:
    """The names of the kinds that a user may send."""
    return [name for name, kind in KINDS.items() if kind.may_send(user)]
