"""What becomes of homes, wishes, referrals and learning when two records of a person are made one."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.services.merging import Change, MergeRefused, change, repoint
from enrollment.models import (
    Enrollment,
    PrerequisiteException,
    Referral,
    Relocation,
    Resident,
    Seat,
    TrainingAssignment,
)


def merge_ways(kept: Person, gone: Person) -> list[Change]:
    """Let the way of `gone` go on as that of `kept`; both are locked. Raises MergeRefused where two ways clash."""
    _check(kept, gone)
    changes = [*_merge_homes(kept, gone), *_merge_relocations(kept, gone)]
    changes += repoint(kept, gone, app="enrollment", leave=[TrainingAssignment, PrerequisiteException])
    granted = set(kept.prerequisite_exceptions.in_force().values_list("course", "organization"))
    for exception in gone.prerequisite_exceptions.all():
        if exception.revoked_at or (exception.course_id, exception.organization_id) not in granted:
            changes += change(exception, person_id=kept.pk)
    # What a rule asks of both it asks once: the rest ends by itself, since the record that goes holds no post any more.
    asked = kept.training_assignments.values("rule")
    for assignment in gone.training_assignments.exclude(rule__in=asked):
        changes += change(assignment, person_id=kept.pk)
    return changes


def _check(kept: Person, gone: Person) -> None:
    courses = kept.referrals.filter(status__in=Referral.OPEN).values("course")
    if referral := gone.referrals.filter(status__in=Referral.OPEN, course__in=courses).first():
        raise MergeRefused(
            _("Both have an open referral for “%(course)s”. Withdraw one of them first.")
            % {"course": referral.course.name}
        )
    learning = Enrollment.objects.exclude(status=Enrollment.Status.WITHDRAWN)
    cohorts = learning.filter(person=kept).values("cohort")
    if twice := learning.filter(person=gone, cohort__in=cohorts).select_related("cohort").first():
        raise MergeRefused(
            _("Both learn in the group %(code)s. Its provider has to take one out first.") % {"code": twice.cohort.code}
        )
    held = Seat.objects.filter(status=Seat.Status.HELD, person__in=(kept, gone))
    if held.values("person").distinct().count() == 2:
        raise MergeRefused(_("A seat is held for each of them. One of the two referrals has to be withdrawn first."))


def _merge_relocations(kept: Person, gone: Person) -> list[Change]:
    """Let what is asked for `gone` be answered where `kept` lives, and asked once for each household."""
    asked = Relocation.Status.ASKED
    home = kept.residencies.filter(ends_on=None).first()
    twice = set(kept.relocations.filter(status=asked).values_list("household", flat=True))
    changes = []
    for relocation in gone.relocations.filter(status=asked):
        if relocation.household_id in twice:
            changes += change(relocation, status=Relocation.Status.WITHDRAWN)
        elif home:
            changes += change(relocation, mahalla_id=home.mahalla_id)
    return changes


def _merge_homes(kept: Person, gone: Person) -> list[Change]:
    """Let one home remain: that of `kept`; wishes and referrals of the other are continued from there.

    Two records in one household were one all along; in two, the person left the other one today.
    """
    homes = Resident.objects.select_for_update(no_key=True).filter(person__in=(kept, gone), ends_on=None)
    found = {home.person_id: home for home in homes}
    if len(found) < 2:
        return []
    home, other = found[kept.pk], found[gone.pk]
    if home.household_id == other.household_id:
        since = min(home.starts_on, other.starts_on)
        changes = [*change(home, starts_on=since), *change(other, ends_on=other.starts_on)]
    else:
        changes = change(other, ends_on=max(other.starts_on, timezone.localdate()))
    for row in (*other.wishes.all(), *other.referrals.all()):
        changes += change(row, resident_id=home.pk)
    return changes
