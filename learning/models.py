"""Evidence of learning: attempts and answers, append-only."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from base.models import Record
from courses.models import Lesson, QuestionVersion, QuizItem
from enrollment.models import Enrollment


class Attempt(Record):
    """One go of one learner at one quiz.

    Moves: open → submitted, by learning.services.attempts.submit_attempt.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("In progress")
        SUBMITTED = "submitted", _("Handed in")

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="attempts")
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    started_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True)
    score = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, help_text="0 to 100; null: open, or waiting for a grade."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "lesson", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["enrollment", "lesson"], condition=Q(status="open"), name="attempt_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} / {self.lesson_id} / {self.number}"


class AttemptQuestion(models.Model):
    """A question as one attempt asks it: which version, for how many points, and what its answer was worth."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="questions")
    number = models.PositiveIntegerField()
    item = models.ForeignKey(QuizItem, models.PROTECT, related_name="+")
    version = models.ForeignKey(QuestionVersion, models.PROTECT, related_name="+")
    points = models.DecimalField(max_digits=6, decimal_places=2)
    worth = models.DecimalField(
        max_digits=5, decimal_places=4, null=True, help_text="0 to 1; null: not handed in, or waiting for a grade."
    )

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["attempt", "number"], name="attemptquestion_number_once")]

    def __str__(self) -> str:
        return f"{self.attempt_id} / {self.number}"


class Answer(models.Model):
    """What a learner answered to one question, as saved at a time; the last one counts."""

    question = models.ForeignKey(AttemptQuestion, models.PROTECT, related_name="answers")
    response = models.JSONField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["question", "-id"], name="answer_last")]

    def __str__(self) -> str:
        return f"{self.question_id} / {self.at}"


class AnswerFile(Record):
    """A file that a learner sent in as the answer to a question; the response that names it counts."""

    question = models.ForeignKey(AttemptQuestion, models.PROTECT, related_name="files")
    file = models.FileField(upload_to="answers/%Y/%m/")
    name = models.CharField(max_length=255)

    def __str__(self) -> str:
        return self.name
