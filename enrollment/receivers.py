"""What follows from news of this app and of the ones below it."""

from typing import Any

from django.dispatch import receiver

from base.services.notices import notify
from courses.models import CourseVersion
from courses.signals import version_published
from enrollment.models import Referral, ReferralMove
from enrollment.queries.lookups import reason_names
from enrollment.services.cohorts import standing_cohort
from enrollment.signals import referral_changed

Status = Referral.Status
SILENT = frozenset({"", Status.DRAFT})  # moves out of these are the maker's own


@receiver(referral_changed)
def tell_who_made_it(move: ReferralMove, **kwargs: Any) -> None:
    """Leave a notice for whoever made the referral about what others did with it."""
    referral = move.referral
    if move.from_status in SILENT or move.to_status == Status.WITHDRAWN or referral.made_by_id in (None, move.by_id):
        return
    params: dict[str, Any] = {"resident": referral.person.name, "course": referral.course.title}
    if move.reason:
        params["reason"] = reason_names(move)
    if referral.hold_until:
        params["until"] = f"{referral.hold_until:%d.%m.%Y}"
    notify(
        referral.made_by_id,
        kind=f"referral-{move.to_status}",
        key=f"referral-move-{move.pk}",
        params=params,
        url=f"/referrals/{referral.uuid}/",
    )


@receiver(version_published)
def open_standing_cohort(version_id: int, **kwargs: Any) -> None:
    """A self-paced course takes learners as soon as it is published."""
    course = CourseVersion.objects.select_related("course").get(pk=version_id).course
    if course.self_paced:
        standing_cohort(course)
