"""What figures count has changed: it is noted with the change, and counted soon after."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.dispatch import receiver

from enrollment.models import Referral, Wish
from enrollment.signals import (
    cohort_changed,
    enrollment_changed,
    outcome_changed,
    referral_changed,
    rows_changed,
    wish_changed,
)
from reports import tasks
from reports.models import DueCount
from reports.services.rollup import note_change, note_changes

KINDS: dict[type[Model], str] = {Referral: DueCount.Kind.REFERRAL, Wish: DueCount.Kind.WISH}


@receiver(referral_changed)
def note_referral(*, referral_id: int, **_: Any) -> None:
    _note(DueCount.Kind.REFERRAL, referral_id)


@receiver(enrollment_changed)
def note_enrollment(*, enrollment_id: int, **_: Any) -> None:
    _note(DueCount.Kind.ENROLLMENT, enrollment_id)


@receiver(outcome_changed)
def note_outcome(*, outcome_id: int, **_: Any) -> None:
    _note(DueCount.Kind.OUTCOME, outcome_id)


@receiver(wish_changed)
def note_wish(*, wish_id: int, **_: Any) -> None:
    _note(DueCount.Kind.WISH, wish_id)


@receiver(cohort_changed)
def note_cohort(*, cohort_id: int, **_: Any) -> None:
    _note(DueCount.Kind.COHORT, cohort_id)


@receiver(rows_changed)
def note_rows(*, sender: type[Model], ids: Sequence[int], **_: Any) -> None:
    note_changes(KINDS[sender], ids)
    transaction.on_commit(tasks.refresh.delay)


def _note(kind: str, object_id: int) -> None:
    note_change(kind, object_id)
    transaction.on_commit(tasks.refresh.delay)
