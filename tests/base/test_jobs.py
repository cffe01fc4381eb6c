"""Jobs survive lost messages, killed workers and workers that come back from the dead."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from accounts.models import User
from base.errors import IllegalMove, InvalidInput
from base.jobs import KINDS, JobKind
from base.models import Job
from base.services import jobs
from base.services.jobs import JobGone, Work, cancel_job, create_job, due_jobs, queue_again, run_job
from tests.accounts.factories import make_user

Register = Callable[[Callable[[Work], None]], None]
Status = Job.Status


@pytest.fixture
def owner(db: None) -> User:
    return make_user(language="en")


@pytest.fixture
def does() -> Iterator[Register]:
    """Say what jobs of the kind "test" do."""

    def register(run: Callable[[Work], None]) -> None:
        KINDS["test"] = JobKind("test", run)

    yield register
    del KINDS["test"]


def count_to(n: int) -> Callable[[Work], None]:
    def run(work: Work) -> None:
        for i in range(work.checkpoint.get("at", 0) + 1, n + 1):
            work.checkpoint["at"] = i
            work.save(rows_done=i, rows_total=n)

    return run


def die_at(n: int) -> Callable[[Work], None]:
    def run(work: Work) -> None:
        count_to(n)(work)
        raise MemoryError

    return run


def let_lease_pass(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def state(job: Job) -> tuple[Any, ...]:
    job.refresh_from_db()
    return job.status, job.rows_done, job.rows_total


def test_a_job_is_done_and_says_how_far_it_came(owner: User, does: Register) -> None:
    does(count_to(3))
    job = create_job("test", owner=owner)
    run_job(job.pk)
    assert state(job) == (Status.DONE, 3, 3)
    assert job.has_ended
    assert job.ended_at


def test_one_whose_worker_died_goes_on_from_its_checkpoint(owner: User, does: Register) -> None:
    does(die_at(2))
    job = create_job("test", owner=owner)
    with pytest.raises(MemoryError):
        run_job(job.pk)
    seen: list[int] = []
    does(lambda work: seen.append(work.checkpoint["at"]))
    assert due_jobs() == []
    run_job(job.pk)
    assert seen == [], "the lease of the dead one still runs"

    let_lease_pass(job)
    assert due_jobs() == [job.pk]
    run_job(job.pk)
    assert seen == [2]
    assert state(job)[0] == Status.DONE


def test_a_worker_that_lost_its_claim_writes_no_more(owner: User, does: Register) -> None:
    job = create_job("test", owner=owner)
    sleeper = jobs._claim(job.pk)
    assert sleeper
    let_lease_pass(job)
    does(count_to(3))
    run_job(job.pk)

    with pytest.raises(JobGone), transaction.atomic():
        sleeper.save(rows_done=1)
    sleeper.finish()
    assert state(job) == (Status.DONE, 3, 3)


def test_a_lost_message_is_found_and_one_that_came_twice_does_nothing(owner: User, does: Register) -> None:
    does(count_to(1))
    job = create_job("test", owner=owner)
    assert due_jobs() == []
    Job.objects.filter(pk=job.pk).update(updated_at=timezone.now() - timedelta(minutes=2))
    assert due_jobs() == [job.pk]
    run_job(job.pk)
    run_job(job.pk)
    assert state(job)[0] == Status.DONE
    assert job.claim == 1


def test_one_that_breaks_off_again_and_again_is_given_up(owner: User, does: Register) -> None:
    def explode(work: Work) -> None:
        raise MemoryError

    does(explode)
    job = create_job("test", owner=owner)
    for _ in range(jobs.MOST_TRIES):
        with pytest.raises(MemoryError):
            run_job(job.pk)
        let_lease_pass(job)
    assert due_jobs() == []
    assert state(job)[0] == Status.FAILED
    assert "broke off" in job.error


def test_a_refusal_is_told_in_the_readers_language(owner: User, does: Register) -> None:
    def refuse(work: Work) -> None:
        why = ["This text is longer than %(most)d characters.", {"most": 20}]
        message = gettext_lazy("Row %(row)d was good when the table was checked, and is wrong now: %(why)s")
        raise InvalidInput(message, code="rows-wrong", values={"row": 3, "why": why})

    does(refuse)
    job = create_job("test", owner=owner)
    run_job(job.pk)
    assert (state(job)[0], job.error_code) == (Status.FAILED, "rows-wrong")
    told = {}
    for language in ("en", "ru", "uz"):
        with translation.override(language):
            told[language] = job.why
    assert told["en"].endswith("is wrong now: This text is longer than 20 characters.")
    assert len(set(told.values())) == 3
    assert all("20" in words and "3" in words and "%" not in words for words in told.values())


def test_one_that_was_stopped_is_left_by_its_worker(owner: User, does: Register) -> None:
    reached: list[int] = []

    def run(work: Work) -> None:
        cancel_job(Job.objects.get(pk=work.job.pk))
        work.save(rows_done=1)
        reached.append(1)

    does(run)
    job = create_job("test", owner=owner)
    run_job(job.pk)
    assert state(job)[0] == Status.CANCELLED
    assert not reached
    assert cancel_job(job).status == Status.CANCELLED

    queue_again(job)
    does(count_to(2))
    run_job(job.pk)
    assert state(job) == (Status.DONE, 2, 2)
    with pytest.raises(IllegalMove):
        cancel_job(job)


def test_a_long_one_lets_others_have_their_turn(owner: User, does: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "SLICE_SECONDS", 0)

    def run(work: Work) -> None:
        count_to(work.checkpoint.get("at", 0) + 1)(work)
        if work.checkpoint["at"] < 3:
            work.make_room()

    does(run)
    job = create_job("test", owner=owner)
    for expected in (Status.QUEUED, Status.QUEUED, Status.DONE):
        run_job(job.pk)
        assert state(job)[0] == expected
