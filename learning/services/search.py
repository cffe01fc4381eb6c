"""Keeps the words of published lessons ready to be searched."""

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from base.folding import fold
from courses.captions import spoken_words
from courses.html import plain_text
from courses.models import CourseVersion, Lesson
from learning.models import IndexedVersion, LessonText

AT_A_TIME = 20
FROZEN = (CourseVersion.Status.PUBLISHED, CourseVersion.Status.RETIRED)


def index_due_versions() -> int:
    """Index the frozen versions that are not, and those whose captions were mended since; returns how many."""
    is_late = Q(lessons__video__captions__updated_at__gt=F("text_index__at"))
    frozen = CourseVersion.objects.filter(status__in=FROZEN)
    due = frozen.filter(Q(text_index=None) | is_late).distinct().order_by("-id")[:AT_A_TIME]
    return sum(index_version(version) for version in due)


@transaction.atomic
def index_version(version: CourseVersion) -> bool:
    """Write the words of a version's lessons down anew."""
    version = CourseVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    at = timezone.now()
    rows = [
        row for lesson in version.lessons.prefetch_related("attachments", "video__captions") for row in _rows(lesson)
    ]
    LessonText.objects.filter(version=version).delete()
    LessonText.objects.bulk_create(rows)
    IndexedVersion.objects.update_or_create(version=version, defaults={"at": at})
    return True


@transaction.atomic
def index_film(video_id: int) -> None:
    """Write the words of the lessons that show a film down anew, in versions that are searched already."""
    shown = Lesson.objects.filter(video=video_id, version__text_index__isnull=False)
    lessons = list(shown.prefetch_related("attachments", "video__captions"))
    LessonText.objects.filter(lesson__in=lessons).delete()
    LessonText.objects.bulk_create([row for lesson in lessons for row in _rows(lesson)])


def _rows(lesson: Lesson) -> list[LessonText]:
    said = {one.language: spoken_words(one.text) for one in lesson.video.captions.all()} if lesson.video else {}
    names = " ".join(one.name for one in lesson.attachments.all())
    rows = []
    for language in {**lesson.title, **lesson.body, **said}:
        words = (plain_text(lesson.body.get(language, "")), said.get(language, ""), names)
        text = "\n".join(filter(None, words))
        key = fold(f"{lesson.title.get(language, '')}\n{text}")
        rows.append(
            LessonText(version_id=lesson.version_id, lesson=lesson, language=language, text=text, search_key=key)
        )
    return rows
