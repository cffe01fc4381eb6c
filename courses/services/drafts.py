"""What authors have typed and not saved, kept for each of them: nothing is lost, nobody is overwritten."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.errors import InvalidInput
from courses.models import Lesson, LessonDraft
from courses.services.versions import lock_draft

MOST_TYPED = 1_000_000
AT_WORK = timedelta(minutes=15)  # since when somebody who typed is believed to be gone


class TooMuchTyped(InvalidInput):
    code = "too-much-typed"
    message = _("This is too long to be kept.")


def drafts_of(lesson: Lesson, author: User) -> QuerySet[LessonDraft]:
    """What an author has typed into this lesson, or into the form of a new one of its kind in its module."""
    if lesson.pk:
        return LessonDraft.objects.filter(lesson=lesson, author=author)
    return LessonDraft.objects.filter(lesson=None, module=lesson.module, kind=lesson.kind, author=author)


def others_at_work(lesson: Lesson, author: User) -> QuerySet[LessonDraft]:
    """Who else typed into this lesson a short while ago."""
    recent = LessonDraft.objects.filter(lesson=lesson.pk, updated_at__gt=timezone.now() - AT_WORK)
    return recent.exclude(lesson=None).exclude(author=author).select_related("author__person")


@transaction.atomic
def keep_draft(lesson: Lesson, *, author: User, typed: Mapping[str, str], seen: int) -> LessonDraft:
    """Keep what was typed in place of what was kept before; the lesson itself stays as it is.

    Raises TooMuchTyped, VersionFrozen, VersionInReview.
    """
    lock_draft(lesson.version)
    if sum(map(len, typed.values())) > MOST_TYPED:
        raise TooMuchTyped
    draft = drafts_of(lesson, author).first()
    if draft is None:
        draft = LessonDraft(author=author, lesson=lesson if lesson.pk else None)
    draft.module, draft.kind, draft.typed, draft.seen = lesson.module, lesson.kind, dict(typed), seen
    draft.save()
    return draft


def drop_draft(lesson: Lesson, *, author: User) -> None:
    """Throw away what was typed and not saved."""
    drafts_of(lesson, author).delete()
