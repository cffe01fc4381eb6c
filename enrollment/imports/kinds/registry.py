"""The kinds of table there are."""

from accounts.models import User
from enrollment.imports.kind import Kind
from enrollment.imports.kinds.civil_servants import CivilServantsKind
from enrollment.imports.kinds.enrollments import EnrollmentsKind
from enrollment.imports.kinds.outcomes import OutcomesKind
from enrollment.imports.kinds.referrals import ReferralsKind
from enrollment.imports.kinds.residents import ResidentsKind
from enrollment.imports.kinds.wishes import WishesKind

KINDS: dict[str, type[Kind]] = {
    kind.name: kind
    for kind in (ResidentsKind, WishesKind, ReferralsKind, CivilServantsKind, EnrollmentsKind, OutcomesKind)
}


def kinds_for(user: User) -> list[str]:
    """The names of the kinds that a user may send."""
    return [name for name, kind in KINDS.items() if kind.may_send(user)]
