"""Evidence of learning: attempts and answers, append-only."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.models import Record
from courses.models import Lesson, QuestionVersion, QuizItem
from enrollment.models import Enrollment


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def waiting(self) -> Self:
        """Keep those handed in with answers that a person still has to grade. Rests on attempt_waiting."""
        return self.filter(status=Attempt.Status.SUBMITTED, score=None, marking_due=False)

    def overdue(self) -> Self:
        """Keep the open ones whose time and grace have passed, of those who still learn. Rests on attempt_closing."""
        return self.filter(
            status=Attempt.Status.OPEN,
            closes_at__lte=timezone.now(),
            enrollment__status=Enrollment.Status.ACTIVE,
        )


class Attempt(Record):
    """One go of one learner at one quiz.

    Moves: open → submitted, by learning.services.attempts.hand_in.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("In progress")
        SUBMITTED = "submitted", _("Handed in")

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="attempts")
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    started_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, help_text="When the time is up, extra time included; null: no limit.")
    closes_at = models.DateTimeField(null=True, help_text="Until when answers that were on their way are taken.")
    submitted_at = models.DateTimeField(null=True)
    by_clock = models.BooleanField(default=False, help_text="Handed in by itself, when it closed.")
    marking_due = models.BooleanField(default=False, help_text="Handed in, but its answers are not marked yet.")
    score = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, help_text="0 to 100; null: open, or waiting for a grade."
    )

    objects = AttemptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "lesson", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["enrollment", "lesson"], condition=Q(status="open"), name="attempt_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["closes_at"], condition=Q(status="open"), name="attempt_closing"),
            models.Index(fields=["id"], condition=Q(marking_due=True), name="attempt_marking_due"),
            # Those with answers that a person grades.
            models.Index(
                fields=["submitted_at"],
                condition=Q(status="submitted", score=None, marking_due=False),
                name="attempt_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} / {self.lesson_id} / {self.number}"

    def is_closed_at(self, moment: datetime) -> bool:
        """Whether nothing more is taken at this moment."""
        return self.status != self.Status.OPEN or (self.closes_at is not None and self.closes_at <= moment)


class AttemptQuestion(models.Model):
    """A question as one attempt asks it: which version, for how many points, and what its answer was worth."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="questions")
    number = models.PositiveIntegerField()
    item = models.ForeignKey(QuizItem, models.PROTECT, related_name="+")
    version = models.ForeignKey(QuestionVersion, models.PROTECT, related_name="+")
    points = models.DecimalField(max_digits=6, decimal_places=2)
    worth = models.DecimalField(
        max_digits=5,
        decimal_places=4,
        null=True,
        help_text="0 to 1, below 0 where a wrong answer takes points away; null: not marked, or waiting for a grade.",
    )

    comment = models.TextField(blank=True, help_text="What whoever graded it says to the learner.")
    graded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", help_text="Null: by the rules.")
    graded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["attempt", "number"], name="attemptquestion_number_once")]

    def __str__(self) -> str:
        return f"{self.attempt_id} / {self.number}"


class Answer(models.Model):
    """What a learner answered to one question, as saved at a time; the one of the greatest sequence counts.

    The page numbers its answers and gives each an id, so that one sent twice is kept once, and one that comes late
    does not take the place of a newer one.
    """

    question = models.ForeignKey(AttemptQuestion, models.PROTECT, related_name="answers", db_index=False)
    response = models.JSONField()
    at = models.DateTimeField(default=timezone.now)
    client_id = models.UUIDField(null=True, help_text="Made by the page; null: saved with the whole page.")
    sequence = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "client_id"], name="answer_once")]
        indexes = [models.Index(fields=["question", "-sequence", "-id"], name="answer_last")]

    def __str__(self) -> str:
        return f"{self.question_id} / {self.at}"


class AnswerFile(Record):
    """A file that a learner sent in as the answer to a question; the response that names it counts."""

    question = models.ForeignKey(AttemptQuestion, models.PROTECT, related_name="files")
    file = models.FileField(upload_to="answers/%Y/%m/")
    name = models.CharField(max_length=255)

    def __str__(self) -> str:
        return self.name
