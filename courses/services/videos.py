"""Films on their way from a file to the sizes that a phone can load. docs/subsystems/media.md tells the whole."""

import time
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import IO, Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction

from accounts.models import Organization, User
from accounts.services import audit
from base.downloads import local_copy
from base.errors import InvalidInput
from base.languages import LANGUAGE_CODES
from base.services.jobs import Work, create_job, queue_again
from base.transitions import Transitions, check_move
from courses import transcoding
from courses.captions import read_captions
from courses.models import Caption, Rendition, Video
from courses.pictures import read_picture
from courses.signals import captions_changed
from courses.transcoding import Film, Size, Unplayable

Status = Video.Status

TRANSITIONS: Transitions = {
    Status.WAITING: frozenset({Status.READY, Status.PLAIN, Status.BROKEN}),
    Status.PLAIN: frozenset({Status.WAITING}),
    Status.BROKEN: frozenset({Status.WAITING}),
    Status.READY: frozenset(),
}
JOB = "video"
MOST_TRIES = 3  # of one size: a film that brings the worker down each time is given up
TOLD_EVERY = 5  # seconds
SWEPT_AT_ONCE = 20


# --- From pages -----------------------------------------------------------------------------------
@transaction.atomic
def add_video(organization: Organization, *, file: "File[bytes]", by: User | None) -> Video:
    """Keep a film and have its sizes made; who may send in such a file was asked before."""
    video = Video(organization=organization, size=file.size)
    video.file.save(f"{video.uuid}{PurePath(file.name or '').suffix.lower()}", file, save=False)
    video.save()
    video.job = create_job(JOB, owner=by, params={"video": video.pk})
    video.save(update_fields=["job", "updated_at"])
    audit.record("video.added", on=video, by=by)
    return video


@transaction.atomic
def make_again(video: Video, *, by: User | None) -> Video:
    """Try once more to make the sizes of a film that was broken, left as it is, or stopped; one at work stays so."""
    video = _lock(video)
    if video.status in (Status.PLAIN, Status.BROKEN):
        _move(video, Status.WAITING, problem="")
    elif video.status == Status.READY or (video.job and not video.job.has_ended):
        return video
    if video.job:
        queue_again(video.job)
    else:
        video.job = create_job(JOB, owner=by, params={"video": video.pk})
        video.save(update_fields=["job", "updated_at"])
    audit.record("video.queued", on=video, by=by)
    return video


@transaction.atomic
def set_poster(video: Video, *, file: IO[bytes], size: int, by: User | None) -> Video:
    """Show this picture until a film is begun. Raises InvalidInput on `picture`."""
    picture = read_picture(file, size)
    video = _lock(video)
    video.poster.save(f"{picture.digest[:32]}{picture.suffix}", ContentFile(picture.data), save=False)
    video.save(update_fields=["poster", "updated_at"])
    audit.record("video.poster", on=video, by=by)
    return video


@transaction.atomic
def set_captions(video: Video, *, language: str, data: bytes, by: User | None) -> Caption:
    """Let a film have these captions in place of earlier ones; learners see them at once. Raises InvalidInput."""
    if language not in LANGUAGE_CODES:
        raise InvalidInput(field="language")
    text = read_captions(data)
    _lock(video)
    caption, _is_new = Caption.objects.update_or_create(video=video, language=language, defaults={"text": text})
    audit.record("video.captioned", on=video, by=by, language=language)
    captions_changed.send(Video, video_id=video.pk)
    return caption


@transaction.atomic
def remove_captions(video: Video, *, language: str, by: User | None) -> None:
    if Caption.objects.filter(video=video, language=language).delete()[0]:
        audit.record("video.uncaptioned", on=video, by=by, language=language)
        captions_changed.send(Video, video_id=video.pk)


# --- In a worker ----------------------------------------------------------------------------------
def run_video(work: Work) -> None:
    """Look at a film, take a picture out of it and make its sizes, one after the other, each kept before the next."""
    video = Video.objects.get(pk=work.job.params["video"])
    if video.status != Status.WAITING:
        return
    if not transcoding.is_available():
        _end(work, video, Status.PLAIN)
        return
    with local_copy(video.file) as source, TemporaryDirectory() as folder:
        try:
            film = transcoding.probe(source)
            _describe(work, video, film, source, Path(folder))
            for size in transcoding.sizes_for(film):
                if not video.renditions.filter(kind=size.kind).exists():
                    _make(work, video, film, size, source, Path(folder))
        except (transcoding.Unplayable, transcoding.TooLong) as refusal:
            _end(work, video, Status.BROKEN, problem=refusal.code)
            raise
    _end(work, video, Status.READY)


def _describe(work: Work, video: Video, film: Film, source: Path, folder: Path) -> None:
    """Write down how long a film is, with a picture of it unless its author gave one."""
    if video.seconds is not None:
        return
    drawn = folder / "poster.jpg"
    transcoding.poster(source, drawn, seconds=film.seconds)
    with transaction.atomic():
        video = _lock(video)
        video.seconds = max(round(film.seconds), 1)
        if not video.poster and drawn.exists():
            video.poster.save(f"{video.uuid}.jpg", ContentFile(drawn.read_bytes()), save=False)
        video.save(update_fields=["seconds", "poster", "updated_at"])
        work.save(rows_total=100 * len(transcoding.sizes_for(film)), rows_done=0)


def _make(work: Work, video: Video, film: Film, size: Size, source: Path, folder: Path) -> None:
    tries = work.checkpoint.get(size.kind, 0)
    if tries >= MOST_TRIES:
        raise Unplayable
    work.checkpoint[size.kind] = tries + 1
    work.save()
    target = folder / f"{size.kind}{size.suffix}"
    before = 100 * video.renditions.count()
    transcoding.transcode(source, target, size, seconds=film.seconds, told=_Told(work, before))
    with transaction.atomic(), target.open("rb") as made:
        rendition = Rendition(video=video, kind=size.kind, size=target.stat().st_size)
        rendition.file.save(f"{video.uuid}-{size.kind}{size.suffix}", File(made), save=False)
        rendition.save()
        work.save(rows_done=before + 100)
    work.make_room()


class _Told:
    """Keeps the job's lease while ffmpeg is at work, and says how far it is."""

    def __init__(self, work: Work, before: int) -> None:
        self.work, self.before = work, before
        self.last = time.monotonic()

    def __call__(self, share: float) -> None:
        if time.monotonic() - self.last > TOLD_EVERY:
            self.last = time.monotonic()
            self.work.save(rows_done=self.before + int(100 * share))


@transaction.atomic
def _end(work: Work, video: Video, status: str, **fields: Any) -> None:
    _move(_lock(video), status, **fields)
    work.save()


# --- Within ---------------------------------------------------------------------------------------
def sweep_videos() -> int:
    """Once ffmpeg is there, make the sizes of films that came while it was not. Rests on video_plain."""
    if not transcoding.is_available():
        return 0
    plain = list(Video.objects.filter(status=Status.PLAIN).order_by("pk")[:SWEPT_AT_ONCE])
    for video in plain:
        make_again(video, by=None)
    return len(plain)


def _lock(video: Video) -> Video:
    return Video.objects.select_for_update(no_key=True).get(pk=video.pk)


def _move(video: Video, to: str, **fields: Any) -> None:
    """The one gate for a film's state; it is locked."""
    check_move(TRANSITIONS, video.status, to)
    video.status = to
    for name, value in fields.items():
        setattr(video, name, value)
    video.save(update_fields=["status", "updated_at", *fields])
