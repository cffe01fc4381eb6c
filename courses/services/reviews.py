"""What is said about a version before it is published."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import InvalidInput
from courses.models import Comment, CourseVersion, Lesson
from courses.services.versions import VersionFrozen

LONGEST = 5_000


@transaction.atomic
def add_comment(version: CourseVersion, *, text: str, by: User | None, lesson: Lesson | None = None) -> Comment:
    """Say something about a version, or about a lesson of it; the same again, while it is open, is said once.

    Raises VersionFrozen, InvalidInput on `text`.
    """
    version = CourseVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    if version.is_frozen:
        raise VersionFrozen
    words = text.replace("\0", "").strip()
    if not 1 <= len(words) <= LONGEST:
        raise InvalidInput(_("Write a comment of at most 5,000 characters."), field="text")
    there = version.comments.open().filter(lesson=lesson, author=by)
    if same := next((one for one in there if one.text == words), None):
        return same
    comment = Comment.objects.create(version=version, lesson=lesson, author=by, text=words)
    audit.record("comment.added", on=comment, by=by)
    return comment


@transaction.atomic
def resolve_comment(comment: Comment, *, by: User | None) -> Comment:
    """Say that what a comment asks for is done. A second time changes nothing."""
    comment = _lock(comment)
    if comment.resolved_at is None:
        comment.resolved_at, comment.resolved_by = timezone.now(), by
        comment.save(update_fields=["resolved_at", "resolved_by", "updated_at"])
        audit.record("comment.resolved", on=comment, by=by)
    return comment


@transaction.atomic
def reopen_comment(comment: Comment, *, by: User | None) -> Comment:
    """Say that it is not done after all; what is published stays."""
    comment = _lock(comment)
    if comment.resolved_at:
        if comment.version.is_frozen:
            raise VersionFrozen
        comment.resolved_at = comment.resolved_by = None
        comment.save(update_fields=["resolved_at", "resolved_by", "updated_at"])
        audit.record("comment.reopened", on=comment, by=by)
    return comment


def _lock(comment: Comment) -> Comment:
    """Lock a comment under the lock of its version, so that none is reopened while that is published."""
    version = CourseVersion.objects.select_for_update(no_key=True).get(pk=comment.version_id)
    comment = Comment.objects.get(pk=comment.pk)
    comment.version = version
    return comment
