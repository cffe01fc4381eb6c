"""The referrals that one figure counts."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from base.errors import InvalidInput
from enrollment.models import Enrollment, Outcome, Referral
from reports.queries.figures import Selection
from reports.queries.rows import REFERRALS

Status = Enrollment.Status
CONDITIONS = {
    "referred": Q(),
    "accepted": Q(accepted_at__isnull=False),
    "enrolled": Q(enrollment__isnull=False),
    "active": Q(enrollment__status=Status.ACTIVE),
    "completed": Q(enrollment__status=Status.COMPLETED),
    "failed": Q(enrollment__status=Status.FAILED),
    "dropped": Q(enrollment__status=Status.WITHDRAWN),
    "certified": Q(enrollment__credential_code__gt=""),
    "employed": Q(
        Exists(
            Outcome.objects.filter(
                enrollment__referral=OuterRef("pk"), status=Outcome.Status.CONFIRMED, kind__is_employment=True
            )
        )
    ),
}


def referrals_behind(selection: Selection, figure: str, user: User) -> QuerySet[Referral]:
    """The referrals of a selection that a figure counts, as far as `user` may see them. Raises InvalidInput."""
    if figure not in CONDITIONS:
        raise InvalidInput(_("There is no such figure."), field="figure")
    rows: QuerySet[Referral] = REFERRALS.within(selection.since, selection.until)
    rows = rows.filter(CONDITIONS[figure], **{REFERRALS.paths[name]: value for name, value in selection.wanted.items()})
    return (rows & Referral.objects.visible_to(user)).select_related(
        "person", "mahalla__district__region", "course", "organization"
    )
