"""Dates of a group's lessons: when they open, by when they are to be done, and who was reminded."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from base.models import Record
from courses.models import Lesson
from enrollment.models import Cohort, Enrollment


class LessonDate(Record):
    """When a lesson opens to a group, and by when it is to be done; a quiz opens by its QuizWindow alone."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="lesson_dates", db_index=False)
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="+")
    opens_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cohort", "lesson"], name="lessondate_once"),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(due_at=None) | Q(due_at__gt=F("opens_at")),
                name="lessondate_due_after_opening",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="lessondate_due")]

    def __str__(self) -> str:
        return f"{self.cohort_id} / {self.lesson_id}"


class DueExtension(Record):
    """One learner has until another time for one lesson, and why."""

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="due_extensions", db_index=False)
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    reason = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrollment", "lesson"], name="dueextension_once")]
        indexes = [models.Index(fields=["due_at"], name="dueextension_due")]

    def __str__(self) -> str:
        return f"{self.enrollment_id} / {self.lesson_id}"


class DueReminder(models.Model):
    """A learner was told that a lesson is due at this time, or was."""

    class Stage(models.TextChoices):
        SOON = "soon", _("Due within two days")
        OVERDUE = "overdue", _("Overdue")

    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="+", db_index=False)
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="+")
    stage = models.CharField(max_length=7, choices=Stage.choices)
    due_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "lesson", "stage", "due_at"], name="duereminder_once")
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} / {self.lesson_id} / {self.stage}"
