"""What learners write down for themselves."""

from django.db import models
from django.utils import timezone

from base.models import Record
from courses.models import Lesson
from enrollment.models import Enrollment


class Note(Record):
    """Words that a learner wrote down in a lesson, for nobody else to read.

    Its uuid is made by the page it is typed in, so that what is sent twice is kept once.
    """

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="notes", db_index=False)
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="+")
    text = models.TextField()
    search_key = models.TextField(editable=False)
    seconds = models.PositiveIntegerField(null=True, help_text="Where in the film; null: no film.")
    revision = models.PositiveIntegerField(default=1, help_text="Counts how often it was saved with a change.")

    class Meta:
        indexes = [models.Index(fields=["enrollment", "lesson", "id"], name="note_of_lesson")]

    def __str__(self) -> str:
        return f"{self.enrollment_id} / {self.lesson_id} / {self.uuid}"


class Bookmark(models.Model):
    """A learner marked a lesson, to come back to it and, where it has a film, to this place in the film."""

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="bookmarks", db_index=False)
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="+")
    seconds = models.PositiveIntegerField(null=True, help_text="Where in the film; null: no film.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrollment", "lesson"], name="bookmark_once")]

    def __str__(self) -> str:
        return f"{self.enrollment_id} / {self.lesson_id}"
