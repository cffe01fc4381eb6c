"""What is said about a version before it is published."""

from typing import Self

from django.db import models

from accounts.models import User
from base.models import Record
from courses.models.courses import CourseVersion, Lesson, Reader, authored_organizations


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, user: Reader) -> Self:
        """Keep those on what the user may write."""
        return self.filter(version__course__provider_id__in=authored_organizations(user))

    def open(self) -> Self:
        """Keep those that nobody has resolved."""
        return self.filter(resolved_at=None)


class Comment(Record):
    """What is said about a version, or a lesson of it; a version with an open one is not published."""

    version = models.ForeignKey(CourseVersion, models.PROTECT, related_name="comments")
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="comments", null=True)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    text = models.TextField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["version", "id"], name="comment_of_version")]

    def __str__(self) -> str:
        return str(self.uuid)
