"""What of a course a learner can keep on a device, to read without a connection."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from courses.models import Attachment, Caption, Lesson, Rendition
from learning.queries.player import Outline

KINDS = (Lesson.Kind.PAGE, Lesson.Kind.VIDEO, Lesson.Kind.FILE)
LARGEST_FILE, LARGEST_SOUND = 25_000_000, 150_000_000  # bytes


@dataclass(frozen=True)
class ShelfFile:
    """A file of a lesson, at `path` below its address; without a size nobody knows it before it is fetched."""

    path: str
    name: str
    size: int | None


@dataclass(frozen=True)
class ShelfLesson:
    """A lesson that is open, with the files that go with its page; another `stamp` says that it was mended."""

    uuid: UUID
    title: str
    stamp: str
    files: list[ShelfFile]
    too_large: list[ShelfFile]

    @property
    def size(self) -> int:
        return sum(file.size or 0 for file in self.files)


@dataclass(frozen=True)
class ShelfPart:
    title: str
    rows: list[ShelfLesson]


def shelf_of(version: int, outline: Outline) -> list[ShelfPart]:
    """The open lessons of a version that can be kept, by module: four queries."""
    rows = Lesson.objects.filter(version=version, kind__in=KINDS).values_list("pk", "updated_at", "file", "video_id")
    known = {pk: (updated_at, file, video) for pk, updated_at, file, video in rows}
    attached = defaultdict(list)
    for one in Attachment.objects.filter(lesson__in=known):
        attached[one.lesson_id].append(ShelfFile(f"attachments/{one.uuid}/", one.name, one.size))
    videos = {video for _updated_at, _file, video in known.values() if video}
    sounds = {one.video_id: one for one in Rendition.objects.filter(video__in=videos, kind="audio").defer("file")}
    mended = _mended(Caption.objects.filter(video__in=videos).values_list("video_id", "updated_at"))
    parts = []
    for part in outline.parts:
        lessons = []
        for step in part.steps:
            if step.pk not in known or step.status == "locked":
                continue
            updated_at, file, video = known[step.pk]
            sound = sounds.get(video or 0)
            files = [ShelfFile("file/", _("File"), None)] if file else []
            files += [ShelfFile("film/audio/", _("Sound of the film"), sound.size)] if sound else []
            files += attached[step.pk]
            stamps = (updated_at, mended.get(video or 0))
            stamp = "-".join(f"{one:%Y%m%d%H%M%S}" for one in stamps if one) + (f"-{sound.pk}" if sound else "")
            kept = [one for one in files if (one.size or 0) <= _largest(one)]
            lessons.append(ShelfLesson(step.uuid, step.title, stamp, kept, [one for one in files if one not in kept]))
        if lessons:
            parts.append(ShelfPart(part.title, lessons))
    return parts


def _largest(file: ShelfFile) -> int:
    return LARGEST_SOUND if file.path.startswith("film/") else LARGEST_FILE


def _mended(captions: Iterable[tuple[int, datetime]]) -> dict[int, datetime]:
    """When captions of each film were last changed."""
    last: dict[int, datetime] = {}
    for video, updated_at in captions:
        last[video] = max(updated_at, last.get(video, updated_at))
    return last
