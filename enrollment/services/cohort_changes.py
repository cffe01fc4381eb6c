"""Moving learners between cohorts, merging, splitting and copying cohorts.

Progress, attendance and grade belong to the enrollment, so they go with it. Locks: the cohorts in the order of ids,
then the enrollments and referrals. Only cohorts of one provider and one course version exchange learners: of another
version the lessons are others.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import audit
from base.dates import moment_at
from base.errors import DomainError, InvalidInput
from courses.models import Lesson
from enrollment.models import Cohort, CohortTransfer, Enrollment, Holiday, Meeting, Referral, Seat
from enrollment.queries.clashes import MeetingPlan, find_clashes
from enrollment.services.cohorts import CohortPlan, cancel_cohort, check_new_cohort, create_cohort
from enrollment.services.enrollments import AlreadyEnrolled, find_enrollment
from enrollment.services.meetings import holidays_on, lock_places
from enrollment.services.seats import hold_seat, release_seats, take_seat
from enrollment.signals import cohort_changed, cohort_copied, cohort_emptied, enrollment_changed

Status = Enrollment.Status


class OtherVersion(DomainError):
    code = "other-version"
    message = gettext_lazy(
        "The two groups learn different versions of the course, whose lessons differ. Progress cannot be carried over."
    )


class NotLearning(DomainError):
    code = "not-learning"
    message = gettext_lazy("Only who is learning now changes the group.")


@dataclass(frozen=True)
class Copied:
    """A copied cohort, the holidays left out of its calendar, and how many classes wait for another room or teacher."""

    cohort: Cohort
    holidays: list[Holiday]
    without_place: int


@transaction.atomic
def transfer_enrollment(enrollment: Enrollment, *, to: Cohort, reason: str, by: User | None) -> Enrollment:
    """Move a learner to another cohort with all that was reached; in it already, nothing changes.

    Raises OtherVersion, NotLearning, AlreadyEnrolled, CohortFull, InvalidInput.
    """
    enrollment = Enrollment.objects.get(pk=enrollment.pk)
    if enrollment.cohort_id == to.pk:
        return enrollment
    source, target = _lock_both(enrollment.cohort_id, to.pk)
    return _transfer(enrollment, source, target, reason=reason, by=by)


@transaction.atomic
def merge_cohorts(source: Cohort, *, into: Cohort, reason: str, by: User | None) -> int:
    """Move everybody who learns in a cohort, and every seat held in it, into another; all of them or none.

    The one left behind takes nobody any more; without learners of the past it is cancelled. Returns how many learners
    moved. Raises OtherVersion, AlreadyEnrolled, CohortFull, InvalidInput.
    """
    source, target = _lock_both(source.pk, into.pk)
    learning = list(source.enrollments.filter(status=Status.ACTIVE).order_by("pk"))
    for enrollment in learning:
        _transfer(enrollment, source, target, reason=reason, by=by)
    held = source.referrals.filter(status=Referral.Status.ACCEPTED).order_by("pk")
    for referral in held.select_for_update(no_key=True):
        _transfer_hold(referral, target)
    source.referrals.filter(status__in=Referral.OPEN).update(cohort=target, updated_at=timezone.now())
    now = timezone.now()
    Meeting.objects.filter(cohort=source, starts_at__gt=now, live_uuid=None, cancelled_at=None).update(
        cancelled_at=now, cancel_reason=reason[:300], updated_at=now
    )
    cohort_emptied.send(Cohort, cohort_id=source.pk)
    _close(source, reason=reason, by=by)
    audit.record("cohort.merged", source, by=by, into=str(target.uuid), learners=len(learning), reason=reason)
    return len(learning)


@transaction.atomic
def split_cohort(
    source: Cohort, *, code: str, seats: int | None, enrollments: Collection[Enrollment], reason: str, by: User | None
) -> Cohort:
    """Make a second cohort of the same version, dates and instructors, and move some learners into it.

    Raises CohortCodeTaken, InvalidInput, CohortFull, NotLearning.
    """
    if not enrollments:
        raise InvalidInput(_("Choose who moves to the new group."), field="learners")
    source = Cohort.objects.select_for_update(no_key=True).get(pk=source.pk)
    plan = replace(_plan_of(source), code=code, seats=seats)
    check_new_cohort(plan, source.organization_id)
    same = {name: getattr(source, name) for name in ("course", "version", "organization", "status")}
    cohort = Cohort.objects.create(**same, **vars(plan))
    cohort.instructors.set(source.instructors.all())
    audit.record("cohort.split", cohort, by=by, source=str(source.uuid), learners=len(enrollments), reason=reason)
    for enrollment in sorted(enrollments, key=lambda one: one.pk):
        _transfer(enrollment, source, cohort, reason=reason, by=by)
    cohort_copied.send(Cohort, cohort=cohort, source=source, shift=timedelta())
    cohort_changed.send(Cohort, cohort_id=cohort.pk)
    return cohort


@transaction.atomic
def copy_cohort(source: Cohort, *, code: str, starts_on: date, by: User | None) -> Copied:
    """Make a draft like a cohort for the next intake, with its instructors and the same calendar so many weeks later.

    It runs the version that is published now. Classes keep their days of the week; those that fall on a holiday or
    before the first day are left out, and one whose room or instructor is taken then stands without them.
    Raises CourseNotPublished, CohortCodeTaken, InvalidInput.
    """
    if source.starts_on is None or source.is_standing:
        raise InvalidInput(_("Only a group with a first day is copied."), field="starts_on")
    shift = starts_on - source.starts_on
    plan = replace(
        _plan_of(source),
        code=code,
        starts_on=starts_on,
        ends_on=source.ends_on + shift if source.ends_on else None,
        enrol_until=source.enrol_until + shift if source.enrol_until else None,
    )
    cohort = create_cohort(
        course=source.course, organization=source.organization, plan=plan, instructors=source.instructors.all(), by=by
    )
    audit.record("cohort.copied", cohort, by=by, source=str(source.uuid))
    weeks = timedelta(days=starts_on.toordinal() - starts_on.weekday() - _monday(source.starts_on))
    plans, holidays = _shifted_plans(source, cohort, weeks)
    lock_places(plans)
    taken = {id(clash.plan) for clash in find_clashes(cohort, plans)}
    places = [replace(one, room=None, instructor=None) if id(one) in taken else one for one in plans]
    of = {"cohort": cohort, "organization_id": cohort.organization_id}
    Meeting.objects.bulk_create([Meeting(**of, **vars(one)) for one in places])
    cohort_copied.send(Cohort, cohort=cohort, source=source, shift=shift)
    return Copied(cohort, holidays, len(taken))


def _monday(day: date) -> int:
    return day.toordinal() - day.weekday()


def _shifted_plans(source: Cohort, cohort: Cohort, weeks: timedelta) -> tuple[list[MeetingPlan], list[Holiday]]:
    """The classes of a cohort so many weeks later, by the clock, and the holidays that some would have fallen on."""
    rows = Meeting.objects.filter(cohort=source, cancelled_at=None, live_uuid=None).order_by("starts_at")
    lessons = {lesson.name: lesson for lesson in cohort.version.lessons.filter(kind=Lesson.Kind.ON_SITE)}
    plans = []
    for row in rows.select_related("lesson", "room", "instructor"):
        starts, ends = timezone.localtime(row.starts_at) + weeks, timezone.localtime(row.ends_at) + weeks
        plans.append(
            MeetingPlan(
                starts_at=moment_at(starts.date(), starts.time()),
                ends_at=moment_at(ends.date(), ends.time()),
                lesson=lessons.get(row.lesson.name) if row.lesson else None,
                room=row.room if row.room and row.room.is_in_use else None,
                instructor=row.instructor,
            )
        )
    off = holidays_on([timezone.localdate(plan.starts_at) for plan in plans])
    kept = [plan for plan in plans if (day := timezone.localdate(plan.starts_at)) not in off and _within(cohort, day)]
    return kept, list(dict.fromkeys(off.values()))


def _within(cohort: Cohort, day: date) -> bool:
    return (cohort.starts_on is None or cohort.starts_on <= day) and (cohort.ends_on is None or day <= cohort.ends_on)


def _plan_of(cohort: Cohort) -> CohortPlan:
    return CohortPlan(**{name: getattr(cohort, name) for name in CohortPlan.__dataclass_fields__})


def _lock_both(one: int, other: int) -> tuple[Cohort, Cohort]:
    """Lock two cohorts in the order of their ids; raise OtherVersion or InvalidInput where they cannot exchange."""
    rows = Cohort.objects.select_for_update(no_key=True).filter(pk__in={one, other}).order_by("pk")
    cohorts = {cohort.pk: cohort for cohort in rows}
    if one == other:
        raise InvalidInput(_("Choose another group."), field="cohort")
    source, target = cohorts[one], cohorts[other]
    if source.version_id != target.version_id:
        raise OtherVersion
    if source.organization_id != target.organization_id or target.status != Cohort.Status.PUBLISHED:
        raise InvalidInput(_("Choose a published group of the same provider."), field="cohort")
    return source, target


def _transfer(enrollment: Enrollment, source: Cohort, target: Cohort, *, reason: str, by: User | None) -> Enrollment:
    """Move an enrollment between two locked cohorts."""
    if not reason.strip():
        raise InvalidInput(_("Say why."), field="reason")
    rows = Enrollment.objects.select_for_update(of=("self",), no_key=True).select_related("person")
    enrollment = rows.get(pk=enrollment.pk)
    if enrollment.status != Status.ACTIVE or enrollment.cohort_id != source.pk:
        raise NotLearning
    if find_enrollment(target, enrollment.person):
        raise AlreadyEnrolled(_("%(name)s learns in that group already.") % {"name": enrollment.person.name})
    release_seats(enrollment)
    take_seat(target, enrollment)
    enrollment.cohort = target
    enrollment.save(update_fields=["cohort", "updated_at"])
    if enrollment.referral_id:
        Referral.objects.filter(pk=enrollment.referral_id).update(cohort=target, updated_at=timezone.now())
    CohortTransfer.objects.create(
        enrollment=enrollment, from_cohort=source, to_cohort=target, by=by, reason=reason.strip()[:300]
    )
    audit.record(
        "enrollment.transferred", enrollment, by=by, source=str(source.uuid), target=str(target.uuid), reason=reason
    )
    enrollment_changed.send(Enrollment, enrollment_id=enrollment.pk)
    return enrollment


def _transfer_hold(referral: Referral, target: Cohort) -> None:
    """Hold a seat of the target instead, up to the same day."""
    until = referral.seats.filter(status=Seat.Status.HELD).values_list("held_until", flat=True).first()
    release_seats(referral)
    hold_seat(target, referral, until=until or referral.hold_until or timezone.localdate())


def _close(cohort: Cohort, *, reason: str, by: User | None) -> None:
    """Let nobody join any more; a cohort in which nobody ended a course is cancelled."""
    if not cohort.enrollments.exclude(status=Status.WITHDRAWN).exists():
        cancel_cohort(cohort, by=by, reason=reason)
        return
    yesterday = timezone.localdate() - timedelta(days=1)
    cohort.enrol_until = min(cohort.enrol_until or yesterday, yesterday)
    cohort.save(update_fields=["enrol_until", "updated_at"])
    cohort_changed.send(Cohort, cohort_id=cohort.pk)
