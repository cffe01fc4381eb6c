"""What is searched within a course."""

from django.conf import settings
from django.db import models

from courses.models import CourseVersion, Lesson


class LessonText(models.Model):
    """The words of a lesson of a frozen version in one language: text, captions, names of attachments.

    `search_key` has its title too, folded.
    """

    version = models.ForeignKey(CourseVersion, models.CASCADE, related_name="+")
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="+", db_index=False)
    language = models.CharField(max_length=7, choices=settings.LANGUAGES)
    text = models.TextField()
    search_key = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lesson", "language"], name="lessontext_once")]

    def __str__(self) -> str:
        return f"{self.lesson_id} / {self.language}"


class IndexedVersion(models.Model):
    """The texts of a version stand in LessonText as they were at this time; a frozen version without one is due."""

    version = models.OneToOneField(CourseVersion, models.CASCADE, related_name="text_index")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.version_id} at {self.at:%Y-%m-%d %H:%M:%S}"
