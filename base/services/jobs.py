"""Jobs: slow work that survives a killed worker. docs/subsystems/jobs.md tells the whole."""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from threading import Event, Thread
from typing import Any, Self

from django.conf import settings
from django.core.files.base import File
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from base.errors import DomainError, IllegalMove
from base.jobs import KINDS
from base.models import Job
from base.signals import job_queued
from base.transitions import Transitions

Status = Job.Status

TRANSITIONS: Transitions = {
    Status.QUEUED: frozenset({Status.RUNNING, Status.FAILED, Status.CANCELLED}),
    # Taken up again after its worker died; queued again to let others have their turn.
    Status.RUNNING: frozenset({Status.RUNNING, Status.QUEUED, Status.DONE, Status.FAILED, Status.CANCELLED}),
    # What has ended goes on with a next step, or once more.
    Status.DONE: frozenset({Status.QUEUED}),
    Status.FAILED: frozenset({Status.QUEUED}),
    Status.CANCELLED: frozenset({Status.QUEUED}),
}
LEASE = timedelta(seconds=60)
SLICE_SECONDS = 300  # then others have their turn; Celery would end a task after 15 minutes
PULSE_SECONDS = 1
LOST_AFTER = timedelta(seconds=60)  # a queued job that nobody took up by then has lost its message
MOST_TRIES = 5
SWEPT_AT_ONCE = 1_000
BROKE_OFF = gettext_noop("This work broke off several times at the same place. Your administrator can see why.")

logger = logging.getLogger(__name__)


class JobGone(Exception):
    """The job was stopped, or another worker has taken it up: whoever hears this writes nothing and leaves."""


class JobPaused(Exception):
    """The job is queued again; it goes on from its checkpoint."""


def _move(rows: QuerySet[Job], to: str, **fields: Any) -> bool:
    """Let the job among `rows` become `to` if its state allows, in one statement; the answer is whether it did."""
    before = [state for state, after in TRANSITIONS.items() if to in after]
    if to in Job.ENDED:
        fields |= {"ended_at": Now(), "lease_until": None}
    return bool(rows.filter(status__in=before).update(status=to, updated_at=Now(), **fields))


@transaction.atomic
def create_job(kind: str, *, owner: Any, params: Mapping[str, Any] | None = None, enqueue: bool = True) -> Job:
    """Write down a piece of slow work; without `enqueue` the caller does it at once (and the sweeper if it dies)."""
    job = Job.objects.create(kind=kind, owner=owner, params=dict(params or {}))
    if enqueue:
        transaction.on_commit(partial(job_queued.send, Job, job_id=job.pk))
    return job


@transaction.atomic
def queue_again(job: Job, *, keep_checkpoint: bool = False, enqueue: bool = True) -> Job:
    """Let an ended job go on with its next step, or from where it failed; one on its way stays as it is."""
    fields: dict[str, Any] = {"error": "", "error_values": {}, "error_code": "", "tries": 0, "ended_at": None}
    if not keep_checkpoint:
        fields |= {"checkpoint": {}, "rows_done": 0, "rows_failed": 0, "rows_total": None}
    if _move(Job.objects.filter(pk=job.pk, status__in=Job.ENDED), Status.QUEUED, **fields) and enqueue:
        transaction.on_commit(partial(job_queued.send, Job, job_id=job.pk))
    job.refresh_from_db()
    return job


def cancel_job(job: Job) -> Job:
    """Stop a job; what it has done stays done. One that was stopped already stays so. Raises IllegalMove."""
    moved = _move(Job.objects.filter(pk=job.pk), Status.CANCELLED)
    job.refresh_from_db()
    if not moved and job.status != Status.CANCELLED:
        raise IllegalMove(_("This work has ended already."))
    return job


def run_job(job_id: int) -> None:
    """Take a job up and go on with it, unless it has ended or somebody else is at it.

    An unforeseen error leaves it to the sweeper, which gives up after some tries without progress.
    """
    work = _claim(job_id)
    if work is None:
        return
    language = work.job.owner.language if work.job.owner else settings.LANGUAGE_CODE
    with translation.override(language):
        try:
            KINDS[work.job.kind].run(work)
            work.finish()
        except DomainError as refusal:
            told = {"error": refusal.source, "error_values": dict(refusal.values), "error_code": refusal.code}
            _move(work.mine, Status.FAILED, **told)
        except (JobGone, JobPaused) as reason:
            logger.info("job left", extra={"job": str(work.job.uuid), "reason": type(reason).__name__})


def _claim(job_id: int) -> "Work | None":
    now = timezone.now()
    free = Job.objects.filter(Q(lease_until=None) | Q(lease_until__lt=now), pk=job_id)
    taken = {"claim": F("claim") + 1, "tries": F("tries") + 1, "claimed_at": Coalesce("claimed_at", Now())}
    if not _move(free, Status.RUNNING, lease_until=now + LEASE, **taken):
        return None
    return Work(Job.objects.select_related("owner").get(pk=job_id))


def due_jobs() -> list[int]:
    """Ids of jobs that nobody works at although somebody should (index job_due); gives up those tried too often."""
    now = timezone.now()
    lost = Q(status=Status.QUEUED, updated_at__lt=now - LOST_AFTER) | Q(status=Status.RUNNING, lease_until__lt=now)
    due = Job.objects.filter(lost)
    _move(due.filter(tries__gte=MOST_TRIES), Status.FAILED, error=BROKE_OFF, error_values={}, error_code="broke-off")
    return list(due.filter(tries__lt=MOST_TRIES).order_by("created_at").values_list("pk", flat=True)[:SWEPT_AT_ONCE])


class Pulse(Thread):
    """Keeps a job's lease while one long transaction is open, by a connection of its own, and tells how far it is.

    SQLite has one writer: there nobody else can take the job up meanwhile, and nobody is told.
    """

    def __init__(self, mine: QuerySet[Job]) -> None:
        super().__init__(daemon=True)
        self.mine, self.figures = mine, dict[str, Any]()
        self.is_gone = False
        self._is_over = Event()

    def run(self) -> None:
        try:
            while not self._is_over.wait(PULSE_SECONDS) and not self.is_gone:
                self.is_gone = not self.mine.update(lease_until=timezone.now() + LEASE, **self.figures)
        finally:
            connection.close()

    def __enter__(self) -> Self:
        if connection.vendor != "sqlite":
            self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        if self.is_alive():
            self.join()


class Work:
    """A job in the hands of whoever took it up."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.checkpoint: dict[str, Any] = dict(job.checkpoint)
        self._started = time.monotonic()
        self._pulse: Pulse | None = None

    @property
    def mine(self) -> QuerySet[Job]:
        """The job as long as it is still this worker's; nothing once it was stopped or taken up by another."""
        return Job.objects.filter(pk=self.job.pk, claim=self.job.claim, status=Status.RUNNING)

    def save(self, **figures: Any) -> None:
        """Keep the checkpoint and `figures` (rows_done …), in the transaction of what was done up to here.

        Raises JobGone, upon which that transaction must not be committed.
        """
        if self._pulse:
            self._pulse.figures = figures
            self.stay()
            return
        fields = {"checkpoint": self.checkpoint, "tries": 0, **figures}
        if not self.mine.update(lease_until=timezone.now() + LEASE, updated_at=Now(), **fields):
            raise JobGone

    def stay(self) -> None:
        """Say that the worker lives, while there is nothing to save. Raises JobGone."""
        if self._pulse:
            if self._pulse.is_gone:
                raise JobGone
            return
        if not self.mine.update(lease_until=timezone.now() + LEASE):
            raise JobGone

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """One transaction of all that is done within, saved at its end: wholly or, whatever happens, not at all.

        Until then another connection keeps the lease and tells how far it is. Raises JobGone.
        """
        with transaction.atomic():
            with Pulse(self.mine) as pulse:
                self._pulse = pulse
                try:
                    yield
                finally:
                    self._pulse = None
            self.save(**pulse.figures)

    def make_room(self) -> None:
        """After a long slice let other work have its turn; to be called where all is saved. Raises JobPaused."""
        if not self._pulse and time.monotonic() - self._started > SLICE_SECONDS:
            _move(self.mine, Status.QUEUED, lease_until=None)
            job_queued.send(Job, job_id=self.job.pk)
            raise JobPaused

    def store_result(self, name: str, content: "File[bytes]") -> None:
        """Keep a file as what came of the job, in place of an earlier one."""
        self.job.refresh_from_db(fields=["result"])
        if self.job.result:
            self.job.result.delete(save=False)
        self.job.result.save(name, content, save=False)
        if not self.mine.update(result=self.job.result.name):
            self.job.result.delete(save=False)
            raise JobGone

    def finish(self) -> None:
        """Say that all is done."""
        _move(self.mine, Status.DONE)
