"""What follows from news of this app and of the ones below it."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Organization, Person
from accounts.services.merging import Change, put_back
from accounts.signals import employment_changed, people_merging, people_parting, territory_changed, unit_moved
from base.services.notices import notify
from courses.models import CourseVersion
from courses.signals import version_published
from enrollment import tasks
from enrollment.models import Enrollment, Referral, ReferralMove, TrainingAssignment
from enrollment.queries.lookups import reason_names
from enrollment.queries.recipients import who_answers, who_sends_from
from enrollment.services.cohorts import standing_cohort
from enrollment.services.enrollments import note_what_was_learned
from enrollment.services.evaluations import ask_evaluation
from enrollment.services.mandatory import note_moved_unit, note_person
from enrollment.services.merging import merge_ways
from enrollment.services.referrals import follow_boundaries
from enrollment.signals import enrollment_changed, referral_changed, seats_freed

Status = Referral.Status
APPLICATIONS = {Status.SUBMITTED: "application-confirmed", Status.WITHDRAWN: "application-refused"}


@receiver(referral_changed)
def tell_who_sent_it(move: ReferralMove, **kwargs: Any) -> None:
    """Leave a notice, about what others did with a referral, for whoever made it, confirmed it or sent it again."""
    referral = move.referral
    if not move.from_status:
        return
    if move.from_status == Status.DRAFT:
        kind, told = APPLICATIONS[Status(move.to_status)], {referral.made_by_id}
    elif move.to_status == Status.WITHDRAWN or move.from_status == Status.LAPSED:
        return  # made by who sends it
    else:
        sent = referral.moves.filter(to_status=Status.SUBMITTED).values_list("by_id", flat=True)
        kind, told = f"referral-{move.to_status}", {referral.made_by_id, *sent}
    params = _words(referral) | ({"reason": reason_names(move)} if move.reason else {})
    for user_id in told - {move.by_id}:
        if user_id:
            _tell(user_id, kind, move, params)


@receiver(referral_changed)
def tell_of_application(move: ReferralMove, **kwargs: Any) -> None:
    """Leave a notice for the assistants and counters who can confirm what a resident applies for."""
    if (move.from_status, move.to_status) == ("", Status.DRAFT):
        for user in who_sends_from(move.referral.mahalla):
            _tell(user.pk, "application-made", move, _words(move.referral))


@receiver(people_merging)
def merge_their_ways(kept: Person, gone: Person, **kwargs: Any) -> list[Change]:
    """Homes, wishes, referrals and learning of a record that goes are continued in the one that is kept."""
    changes = merge_ways(kept, gone)
    _work_out_again(kept.pk)
    _work_out_again(gone.pk)
    return changes


@receiver(people_parting)
def part_their_ways(kept: Person, gone: Person, changes: list[Change], **kwargs: Any) -> None:
    put_back(changes, app="enrollment")
    _work_out_again(kept.pk)
    _work_out_again(gone.pk)


@receiver(referral_changed)
def tell_centre_of_offer(move: ReferralMove, **kwargs: Any) -> None:
    """Leave a notice for who answers, when a freed seat went to the first on the list without them."""
    referral = move.referral
    if (move.from_status, move.to_status, move.by_id) != (Status.WAITLISTED, Status.ACCEPTED, None):
        return
    assert referral.cohort is not None, "an accepted referral has a cohort"
    params = _words(referral) | {"cohort": referral.cohort.code}
    for user in who_answers(referral.organization_id):
        _tell(user.pk, "seat-offered", move, params)


def _tell(user_id: int, kind: str, move: ReferralMove, params: dict[str, Any]) -> None:
    key = f"{kind}-{move.pk}-{user_id}"
    notify(user_id, kind=kind, key=key, params=params, url=f"/referrals/{move.referral.uuid}/")


def _words(referral: Referral) -> dict[str, Any]:
    """Whom and what a notice is about, and the day up to which a seat is held."""
    words: dict[str, Any] = {"resident": referral.person.name, "course": referral.course.title}
    return words | ({"until": f"{referral.hold_until:%d.%m.%Y}"} if referral.hold_until else {})


@receiver(seats_freed)
def offer_seats_later(cohort_id: int, **kwargs: Any) -> None:
    tasks.offer_seats.delay(cohort_id=cohort_id)


@receiver(enrollment_changed)
def ask_how_it_was(enrollment_id: int, **kwargs: Any) -> None:
    """Ask a learner about the course as soon as it is decided."""
    decided = Enrollment.objects.filter(status__in=(Enrollment.Status.COMPLETED, Enrollment.Status.FAILED))
    if enrollment := decided.select_related("cohort__course").filter(pk=enrollment_id).first():
        ask_evaluation(enrollment)


@receiver(version_published)
def open_standing_cohort(version_id: int, **kwargs: Any) -> None:
    """A self-paced course takes learners as soon as it is published."""
    course = CourseVersion.objects.select_related("course").get(pk=version_id).course
    if course.self_paced:
        standing_cohort(course)


@receiver(territory_changed)
def move_referrals_along(**kwargs: Any) -> None:
    """A referral lies where its mahalla does."""
    follow_boundaries()


@receiver(unit_moved)
def work_rules_out_again(unit: Organization, before: int | None, **kwargs: Any) -> None:
    """A unit's staff are bound by the rules of the organizations above it."""
    note_moved_unit(unit, before)


@receiver(employment_changed)
def note_changed_post(person_id: int, **kwargs: Any) -> None:
    """What a post asks for changes with it."""
    _work_out_again(person_id)


def _work_out_again(person_id: int) -> None:
    """Posts or learning of a person, who is locked, are not what they were."""
    note_person(person_id)
    note_what_was_learned(person_id)


@receiver(enrollment_changed)
def note_learning(enrollment_id: int, **kwargs: Any) -> None:
    """Who begins, completes or leaves a mandatory course is nearer to having taken it, or farther."""
    rows = TrainingAssignment.objects.filter(
        person__enrollments=enrollment_id, course__cohorts__enrollments=enrollment_id
    )
    if (person_id := rows.values_list("person_id", flat=True).first()) is not None:
        note_person(person_id)
