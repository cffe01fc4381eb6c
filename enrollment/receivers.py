"""What follows from news of this app and of the ones below it."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Person
from accounts.services.merging import Change, put_back
from accounts.signals import employment_changed, people_merging, people_parting
from base.services.notices import notify
from courses.models import CourseVersion
from courses.signals import version_published
from enrollment.models import Referral, ReferralMove, TrainingAssignment
from enrollment.queries.lookups import reason_names
from enrollment.services.cohorts import standing_cohort
from enrollment.services.mandatory import note_person
from enrollment.services.merging import merge_ways
from enrollment.signals import enrollment_changed, referral_changed

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


@receiver(people_merging)
def merge_their_ways(kept: Person, gone: Person, **kwargs: Any) -> list[Change]:
    """Homes, wishes, referrals and learning of a record that goes are continued in the one that is kept."""
    note_person(kept.pk)
    note_person(gone.pk)
    return merge_ways(kept, gone)


@receiver(people_parting)
def part_their_ways(kept: Person, gone: Person, changes: list[Change], **kwargs: Any) -> None:
    note_person(kept.pk)
    note_person(gone.pk)
    put_back(changes, app="enrollment")


@receiver(version_published)
def open_standing_cohort(version_id: int, **kwargs: Any) -> None:
    """A self-paced course takes learners as soon as it is published."""
    course = CourseVersion.objects.select_related("course").get(pk=version_id).course
    if course.self_paced:
        standing_cohort(course)


@receiver(employment_changed)
def note_changed_post(person_id: int, **kwargs: Any) -> None:
    """What a post asks for changes with it."""
    note_person(person_id)


@receiver(enrollment_changed)
def note_learning(enrollment_id: int, **kwargs: Any) -> None:
    """Who begins, completes or leaves a mandatory course is nearer to having taken it, or farther."""
    rows = TrainingAssignment.objects.filter(
        person__enrollments=enrollment_id, course__cohorts__enrollments=enrollment_id
    )
    if (person_id := rows.values_list("person_id", flat=True).first()) is not None:
        note_person(person_id)
