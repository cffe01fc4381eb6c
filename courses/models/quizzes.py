"""Quizzes: which questions a lesson asks."""

from collections.abc import Sequence
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from base.languages import LocalizedField, localized
from courses.models.courses import Lesson
from courses.models.questions import Question, QuestionCategory, QuestionTag, QuestionVersion


class QuizRules(models.Model):
    """How a quiz is taken; one without a row is taken by the defaults."""

    class Counts(models.TextChoices):
        BEST = "best", _("The best attempt")
        LAST = "last", _("The last attempt")
        AVERAGE = "average", _("The average of all attempts")

    class Shown(models.TextChoices):
        AT_ONCE = "at-once", _("At once")
        PASSED = "passed", _("Once the quiz is passed, or no attempt is left")
        CLOSED = "closed", _("Once no attempt is left, or the quiz is closed")
        NEVER = "never", _("Never")

    lesson = models.OneToOneField(Lesson, models.PROTECT, primary_key=True, related_name="quiz_rules")
    minutes = models.PositiveIntegerField(null=True, blank=True, help_text="Time limit; null: none.")
    grace = models.PositiveIntegerField(
        default=60, help_text="Seconds after the time is up in which answers on their way are still taken."
    )
    counts = models.CharField(max_length=7, choices=Counts.choices, default=Counts.BEST)
    penalty = models.DecimalField(
        max_digits=3,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="Which share of a question's points a wrong answer takes away, 0 to 1.",
    )
    score_shown = models.CharField(max_length=7, choices=Shown.choices, default=Shown.AT_ONCE)
    right_shown = models.CharField(max_length=7, choices=Shown.choices, default=Shown.PASSED)
    feedback_shown = models.CharField(max_length=7, choices=Shown.choices, default=Shown.AT_ONCE)

    def __str__(self) -> str:
        return str(self.lesson_id)

    def counted(self, scores: Sequence[Decimal]) -> Decimal:
        """What the scores of a learner's attempts, the first one first, are worth together."""
        match self.counts:
            case self.Counts.LAST:
                return scores[-1]
            case self.Counts.AVERAGE:
                return (sum(scores, Decimal(0)) / len(scores)).quantize(Decimal("0.01"))
        return max(scores)


class QuizSection(models.Model):
    """A part of a quiz with a heading of its own; the first may have none."""

    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="sections")
    position = models.PositiveIntegerField()
    title = LocalizedField(blank=True)
    shuffle = models.BooleanField(default=False, help_text="Each learner gets its questions in another order.")

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return localized(self.title)


class QuizItem(models.Model):
    """What a quiz asks at one place: a question of the bank, or some drawn from it by chance, for so many points each.

    Publishing writes down from which versions is drawn (`pool`); until then it is what the bank holds.
    """

    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="items")
    section = models.ForeignKey(QuizSection, models.PROTECT, related_name="items")
    position = models.PositiveIntegerField(help_text="Counts through the whole quiz.")
    points = models.DecimalField(max_digits=6, decimal_places=2, default=1)
    question = models.ForeignKey(
        Question, models.PROTECT, null=True, blank=True, related_name="items", help_text="Null: drawn by chance."
    )
    count = models.PositiveIntegerField(default=1, help_text="How many are drawn.")
    category = models.ForeignKey(QuestionCategory, models.PROTECT, null=True, blank=True, related_name="draws")
    tag = models.ForeignKey(QuestionTag, models.PROTECT, null=True, blank=True, related_name="+")
    difficulty = models.PositiveSmallIntegerField(choices=Question.Difficulty.choices, null=True, blank=True)
    pool = models.ManyToManyField(QuestionVersion, through="PooledQuestion", related_name="+")

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["lesson", "question"], name="quizitem_once"),
            models.CheckConstraint(
                condition=Q(question=None, count__gte=1)
                | Q(question__isnull=False, count=1, category=None, tag=None, difficulty=None),
                name="quizitem_fixed_or_drawn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lesson_id} / {self.position}"


class PooledQuestion(models.Model):
    """A version of a question that a published quiz asks, or draws from."""

    item = models.ForeignKey(QuizItem, models.PROTECT, related_name="pooled")
    version = models.ForeignKey(QuestionVersion, models.PROTECT, related_name="pooled")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "version"], name="pooledquestion_once")]

    def __str__(self) -> str:
        return f"{self.item_id} / {self.version_id}"
