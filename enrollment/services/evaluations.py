"""Learners evaluate their cohort at the end: asked once, answered once, without a name."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from base.errors import DomainError, InvalidInput
from base.services.notices import notify
from enrollment.models import Enrollment, Evaluation, EvaluationQuestion

ASKED_FOR = timedelta(days=7)  # days after a cohort's end on which those who still learn are asked
BEST = 5
MOST_TEXT = 1_000


class AlreadyEvaluated(DomainError):
    code = "already-evaluated"
    message = gettext_lazy("You have answered already. Nobody can tell which answer is yours, so it cannot be changed.")


class NotYetEvaluated(DomainError):
    code = "not-yet-evaluated"
    message = gettext_lazy("You can answer when you have ended the course, or when the group has.")


def ask_evaluation(enrollment: Enrollment) -> None:
    """Leave a notice for a learner who can sign in and has not answered; asked again, it says nothing new."""
    user = User.objects.filter(person=enrollment.person_id).first()
    if user and enrollment.evaluated_on is None:
        notify(
            user.pk,
            kind="evaluation-asked",
            key=f"evaluation-{enrollment.pk}",
            params={"course": enrollment.cohort.course.title},
            url=f"/enrollments/{enrollment.uuid}/evaluation/",
        )


@transaction.atomic
def evaluate_cohort(enrollment: Enrollment, *, ratings: Mapping[str, int], text: str = "") -> None:
    """Write down what a learner says, apart from who it is; no audit row names the learner either.

    Raises AlreadyEvaluated, NotYetEvaluated, InvalidInput.
    """
    if not may_evaluate(enrollment):
        raise NotYetEvaluated
    known = set(EvaluationQuestion.objects.valid_on(timezone.localdate()).values_list("code", flat=True))
    if set(ratings) != known or not all(1 <= value <= BEST for value in ratings.values()):
        raise InvalidInput(_("Answer each question with a number from 1 to 5."))
    # A queryset's update leaves `updated_at` alone: its time would stand beside the answer.
    once = Enrollment.objects.filter(pk=enrollment.pk, evaluated_on=None)
    if not once.update(evaluated_on=timezone.localdate()):
        raise AlreadyEvaluated
    Evaluation.objects.create(cohort=enrollment.cohort, ratings=dict(ratings), text=text.strip()[:MOST_TEXT])


def may_evaluate(enrollment: Enrollment) -> bool:
    """Whether the learner has ended the course, or the group has; who left early is not asked."""
    status, ends_on = enrollment.status, enrollment.cohort.ends_on
    if status == Enrollment.Status.ACTIVE:
        return ends_on is not None and ends_on < timezone.localdate()
    return status in (Enrollment.Status.COMPLETED, Enrollment.Status.FAILED)
