"""Recording a class, making a film of it, and what becomes of that. docs/subsystems/recordings.md tells the whole."""

import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError
from base.services.jobs import Work, create_job, queue_again
from base.transitions import Transitions, check_move
from courses.transcoding import Unplayable
from enrollment.models import AttendanceEntry, Enrollment
from enrollment.services.attendance import record_attendance
from live.media import janus, recordings
from live.media.recordings import Chapter
from live.models import LiveSession, Recording, RoomEvent, Viewing
from live.services.events import enter, record_event

Status = Recording.Status

TRANSITIONS: Transitions = {
    Status.RUNNING: frozenset({Status.WAITING}),
    Status.WAITING: frozenset({Status.READY, Status.EMPTY}),
    Status.READY: frozenset({Status.REMOVED}),
    Status.EMPTY: frozenset(),
    Status.REMOVED: frozenset(),
}
JOB = "recording"
TOLD_EVERY = 5  # seconds
HASTE = 2.5  # a film may be watched that much faster than it was made
SETTLED = timedelta(minutes=3)  # without watching on, until what was watched is credited


class NoMediaServer(DomainError):
    code = "no-media-server"
    message = _("There is no picture and sound here that could be recorded.")


# --- In the class ---------------------------------------------------------------------------------
@transaction.atomic
def begin_recording(session: LiveSession, *, by: User) -> Recording:
    """Record from now on, and tell everybody; one that is running goes on.

    Raises NoMediaServer, TeachersOnly and what `enter` raises.
    """
    if not janus.is_here():
        raise NoMediaServer
    session = enter(session, by=by, teaching=True)
    recording = session.recordings.filter(status=Status.RUNNING).first()
    if recording is None:
        recording = Recording.objects.create(session=session)
        record_event(session, RoomEvent.Kind.RECORD, by=by)
        audit.record("recording.begun", session, by=by, recording=str(recording.uuid))
    return recording


@transaction.atomic
def stop_recording(session: LiveSession, *, by: User) -> None:
    """Record no longer. Raises TeachersOnly and what `enter` raises."""
    stop_running(enter(session, by=by, teaching=True), by=by)


def is_running(session: LiveSession) -> bool:
    return session.recordings.filter(status=Status.RUNNING).exists()


def stop_running(session: LiveSession, *, by: User | None) -> None:
    """End what is being recorded of a locked class, and have the film made; where nothing is, nothing happens."""
    recording = session.recordings.filter(status=Status.RUNNING).first()
    if recording is None:
        return
    days = session.recording_days or settings.RECORDING_DAYS
    recording.stopped_at = session.ended_at or timezone.now()
    recording.keep_until = timezone.localdate() + timedelta(days=days)
    recording.job = create_job(JOB, owner=by, params={"recording": recording.pk})
    _move(recording, Status.WAITING, "stopped_at", "keep_until", "job")
    record_event(session, RoomEvent.Kind.UNRECORD, by=by)
    audit.record("recording.stopped", session, by=by, recording=str(recording.uuid))


@transaction.atomic
def make_film_again(recording: Recording, *, by: User) -> None:
    """Have a film tried again whose job was given up; one that is on its way or made stays as it is."""
    recording = (
        Recording.objects.select_for_update(no_key=True, of=("self",)).select_related("job").get(pk=recording.pk)
    )
    if recording.has_failed and recording.job:
        queue_again(recording.job)
        audit.record("recording.tried-again", recording.session, by=by, recording=str(recording.uuid))


# --- In a worker ----------------------------------------------------------------------------------
def run_recording(work: Work) -> None:
    """Make one film of what was written down of a class; begun anew, it makes it from the start."""
    recording = Recording.objects.select_related("session__cohort").get(pk=work.job.params["recording"])
    if recording.status != Status.WAITING:
        return
    assert recording.stopped_at
    source = settings.RECORDINGS_DIR / str(recording.session.uuid)
    with suppress(janus.MediaServerAway):  # else what it wrote down so far is all there is
        janus.record(str(recording.session.uuid), on=is_running(recording.session))
    pieces = recordings.find_pieces(source, since=recording.started_at, until=recording.stopped_at)
    seconds = (recording.stopped_at - recording.started_at).total_seconds()
    chapters = _chapters(recording, seconds)
    with TemporaryDirectory() as folder:
        film = Path(folder, "film.mp4")

        told_at = monotonic()

        def tell(share: float) -> None:
            nonlocal told_at
            if monotonic() - told_at > TOLD_EVERY:
                told_at = monotonic()
                work.save(rows_total=100, rows_done=round(share * 100))

        try:
            recordings.make_film(
                pieces,
                film,
                began_at=recording.started_at,
                seconds=seconds,
                teachers=_teachers(recording.session),
                chapters=chapters,
                told=tell,
            )
        except Unplayable:
            film.unlink(missing_ok=True)
        _keep(work, recording, film, round(seconds), chapters)
    for piece in pieces:
        piece.path.unlink(missing_ok=True)
    if source.exists() and not any(source.iterdir()):
        shutil.rmtree(source, ignore_errors=True)


@transaction.atomic
def _keep(work: Work, recording: Recording, film: Path, seconds: int, chapters: list[Chapter]) -> None:
    recording = Recording.objects.select_for_update(no_key=True).get(pk=recording.pk)
    if film.exists():
        _attach(recording, film, seconds, chapters)
    _move(recording, Status.READY if film.exists() else Status.EMPTY, "file", "seconds", "chapters")
    audit.record("recording.made" if film.exists() else "recording.empty", recording, by=None)
    work.save(rows_total=100, rows_done=100)


def _teachers(session: LiveSession) -> frozenset[str]:
    """Whoever was in the class to teach it."""
    stays = session.visits.filter(enrollment=None).values_list("user__uuid", flat=True).distinct()
    return frozenset(map(str, stays))


def _chapters(recording: Recording, seconds: float) -> list[Chapter]:
    """A chapter for each slide that was shown."""
    end = recording.started_at + timedelta(seconds=seconds)
    name, found = "", []
    for event in recording.session.events.filter(kind__in=RoomEvent.SHOWN, at__lt=end).order_by("seq"):
        name = event.body.get("name", name)
        if event.at >= recording.started_at and event.body:
            at = (event.at - recording.started_at).total_seconds()
            found.append(Chapter(at, f"{name}, {event.body['page']}"))
    return found


@transaction.atomic
def add_film(session: LiveSession, *, film: Path, started_at: datetime, stopped_at: datetime) -> Recording:
    """Keep a film of a stretch of a class that was made elsewhere."""
    days = session.recording_days or settings.RECORDING_DAYS
    recording = Recording(session=session, started_at=started_at, stopped_at=stopped_at, status=Status.READY)
    recording.keep_until = timezone.localdate() + timedelta(days=days)
    seconds = (stopped_at - started_at).total_seconds()
    _attach(recording, film, round(seconds), _chapters(recording, seconds))
    recording.save()
    audit.record("recording.added", recording, by=None)
    return recording


def _attach(recording: Recording, film: Path, seconds: int, chapters: list[Chapter]) -> None:
    with film.open("rb") as made:
        recording.file.save(f"{recording.uuid}.mp4", File(made), save=False)
    recording.seconds = max(seconds, 1)
    recording.chapters = [{"at": round(chapter.at), "title": chapter.title} for chapter in chapters]


# --- Watching -------------------------------------------------------------------------------------
@transaction.atomic
def note_viewing(recording: Recording, enrollment: Enrollment, *, start: int, end: int) -> Viewing:
    """Write down that a learner watched from one second to another, as far as the clock allows it."""
    now = timezone.now()
    Viewing.objects.get_or_create(recording=recording, enrollment=enrollment, defaults={"seen_at": now})
    viewing = Viewing.objects.select_for_update(no_key=True).get(recording=recording, enrollment=enrollment)
    most = (now - viewing.seen_at).total_seconds() * HASTE
    length = recording.seconds or 0
    end = min(end, length)
    if 0 <= start < end and end - start <= most:
        seen = range(start // 60, -(-end // 60))
        whole = {each for each in seen if min(end, each * 60 + 60, length) - max(start, each * 60) >= 20}
        viewing.minutes = sorted(whole.union(viewing.minutes))
        viewing.watched = len(viewing.minutes)
    viewing.position, viewing.seen_at = max(0, end), now
    viewing.save(update_fields=["minutes", "watched", "position", "seen_at"])
    return viewing


def credit_viewings() -> int:
    """Write what was watched into the ledger of attendance once watching has paused; returns for how many learners."""
    due = Viewing.objects.filter(watched__gt=F("credited"), seen_at__lt=timezone.now() - SETTLED)
    return sum(_credit(pk) for pk in due.order_by("seen_at").values_list("pk", flat=True)[:500])


@transaction.atomic
def _credit(pk: int) -> bool:
    viewing = Viewing.objects.select_related("recording__session__lesson", "enrollment__cohort__version").get(pk=pk)
    more = viewing.watched - viewing.credited
    if more <= 0:
        return False
    if viewing.enrollment.status != Enrollment.Status.WITHDRAWN:
        record_attendance(
            viewing.enrollment,
            viewing.recording.session.lesson,
            minutes=more,
            source=AttendanceEntry.Source.ONLINE,
            on=timezone.localdate(viewing.seen_at),
            key=f"recording:{viewing.recording.uuid}:{viewing.enrollment.uuid}:{viewing.credited}",
            by=None,
        )
    Viewing.objects.filter(pk=pk).update(credited=F("credited") + more)
    return True


# --- The end --------------------------------------------------------------------------------------
def remove_due() -> int:
    """Remove the films that were kept long enough; returns how many."""
    due = Recording.objects.filter(status=Status.READY, keep_until__lt=timezone.localdate())
    return sum(_remove(pk) for pk in due.order_by("keep_until").values_list("pk", flat=True)[:100])


@transaction.atomic
def _remove(pk: int) -> bool:
    recording = Recording.objects.select_for_update(no_key=True).get(pk=pk)
    if recording.status != Status.READY:
        return False
    storage, name = recording.file.storage, recording.file.name or ""
    recording.file = ""
    _move(recording, Status.REMOVED, "file")
    audit.record("recording.removed", recording, by=None)
    transaction.on_commit(lambda: storage.delete(name))
    return True


def _move(recording: Recording, to: str, *fields: str) -> None:
    check_move(TRANSITIONS, recording.status, to)
    recording.status = to
    recording.save(update_fields=["status", "updated_at", *fields])
