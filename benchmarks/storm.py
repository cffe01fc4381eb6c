"""The last ten seconds of a quiz: all learners save and hand in, two nodes serve them, one is killed in mid-write.

Each learner saves an answer, hands in as the page's script does, and opens the receipt. Whoever gets no answer asks the
other node, with the same id. Afterwards every answer that was acknowledged is looked for.
"""

import asyncio
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from benchmarks.answer import answer_url
from benchmarks.measuring import Result
from benchmarks.quiz import CHOICES, begin_attempts
from benchmarks.serving import START_SECONDS, Server, cookie_of, running_server, token_of
from learning.models import Answer, Attempt
from learning.services.attempts import submit_overdue
from learning.tasks import submit_overdue as sweep
from lms.celery import app
from lms.supervisor import worker_command
from tests.services import running, wait_for

LEARNERS = int(os.environ.get("BENCH_STORM", "1000"))
SECONDS = 10.0
PATIENCE = 30.0
WORKERS = 2  # of each node, as deploy/process starts them
RETRY_PAUSE = 0.2
BEFORE = 100  # learners who have opened the page just before: neither node is new when a quiz ends


@dataclass
class Learner:
    """A browser with an open attempt, and what it was told."""

    attempt: Attempt
    headers: Mapping[str, str]
    comes_at: float
    node: int
    kept: dict[int, tuple[UUID, str]] = field(default_factory=dict)  # acknowledged: by question, id and response
    handed_in: bool = False
    waited: float = 0.0  # seconds, for the acknowledgement of handing in
    again: int = 0
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of a storm: how long each waited for the word that it is handed in, and what was lost."""

    waits: list[float]
    sent_again: int
    marked_later: int
    lost: list[str]


def results() -> Iterator[Result]:
    call_command("migrate", verbosity=0)
    outcome = run_storm(LEARNERS, SECONDS)
    waits = sorted(outcome.waits)
    detail: dict[str, object] = {
        "median": round(waits[len(waits) // 2], 3),
        "longest": round(waits[-1], 3),
        "sent again": outcome.sent_again,
        "marked later": outcome.marked_later,
    }
    p95 = waits[int(len(waits) * 0.95)]
    n = len(waits)
    yield Result(name="storm, p95", ours=p95, limit=1.0, at_most=2.0, unit="seconds", n=n, rows=n, detail=detail)
    yield Result(name="storm, lost", ours=len(outcome.lost), limit=1.0, at_most=0.0, unit="answers", n=n, rows=n)


def run_storm(count: int, seconds: float, **variables: str) -> Outcome:
    """Let it happen in a database that is there; `variables` are of the environment of nodes and worker."""
    learners = [_learner(n, attempt, seconds) for n, attempt in enumerate(begin_attempts(count))]
    connection.close()
    worker = ["nice", "-n", "10", *worker_command()]  # as deploy/process starts it
    with ExitStack() as stack:
        nodes = [stack.enter_context(running_server(workers=WORKERS, **variables)) for _node in range(2)]
        stack.enter_context(running(worker, env=os.environ | variables, stderr=subprocess.DEVNULL))
        wait_for(lambda: app.control.ping(timeout=1), START_SECONDS)
        asyncio.run(_storm(learners, nodes, seconds))
        mine = Attempt.objects.filter(pk__in=[learner.attempt.pk for learner in learners])
        later = mine.filter(marking_due=True).count()
    while submit_overdue():
        pass
    waits = [learner.waited for learner in learners]
    return Outcome(waits, sum(learner.again for learner in learners), later, _lost(learners))


def _learner(number: int, attempt: Attempt, seconds: float) -> Learner:
    headers = cookie_of(attempt.enrollment.person.user)
    headers |= {"X-CSRFToken": token_of(headers), "Accept-Encoding": "gzip"}
    return Learner(attempt, headers, comes_at=random.Random(number).uniform(0, seconds), node=number % 2)


async def _storm(learners: list[Learner], nodes: list[Server], seconds: float) -> None:
    await asyncio.gather(*(_ask(learner, nodes, "GET", _page(learner.attempt)) for learner in learners[:BEFORE]))
    begin = time.monotonic()

    async def kill() -> None:
        """Half-way; the sweeper comes at the same time."""
        await asyncio.sleep(seconds / 2)
        os.killpg(nodes[0].process, signal.SIGKILL)
        await asyncio.to_thread(sweep.delay)

    await asyncio.gather(kill(), *(_take(learner, nodes, begin) for learner in learners))


async def _take(learner: Learner, nodes: list[Server], begin: float) -> None:
    """The last things that one learner does."""
    await asyncio.sleep(max(0.0, begin + learner.comes_at - time.monotonic()))
    questions = [question.pk for question in learner.attempt.questions.all()]
    for sequence, question in enumerate(questions[:1], start=1):
        sent, choice = uuid4(), CHOICES[(question + sequence) % len(CHOICES)]
        fields = {"question": f"q-{question}", "id": str(sent), "sequence": str(sequence), f"q-{question}": choice}
        if await _ask(learner, nodes, "POST", answer_url(learner.attempt), fields) == 200:
            learner.kept[question] = sent, choice
    started = time.monotonic()
    page = _page(learner.attempt)
    learner.handed_in = await _ask(learner, nodes, "POST", page, {"sent": "1", "then": "submit-anyway"}) == 302
    learner.waited = time.monotonic() - started
    await _ask(learner, nodes, "GET", page)
    if learner.writer:
        learner.writer.close()


def _page(attempt: Attempt) -> str:
    return reverse("learning:attempt", args=[attempt.enrollment.uuid, attempt.lesson.uuid, attempt.uuid])


async def _ask(
    learner: Learner, nodes: list[Server], method: str, path: str, fields: Mapping[str, str] | None = None
) -> int:
    """The status of the answer; asks the other node where one is gone."""
    body = urlencode(fields or {})
    head = {
        "Host": "127.0.0.1",
        **learner.headers,
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
    }
    text = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in head.items())
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if (status := await _exchange(learner, nodes, f"{text}\r\n{body}".encode())) < 500:
                return status
        except (OSError, asyncio.IncompleteReadError):
            learner.node, learner.writer = 1 - learner.node, None
        learner.again += 1
        await asyncio.sleep(RETRY_PAUSE)
    return 0


async def _exchange(learner: Learner, nodes: list[Server], text: bytes) -> int:
    if learner.writer is None:
        learner.reader, learner.writer = await asyncio.open_connection("127.0.0.1", nodes[learner.node].port)
    assert learner.reader
    learner.writer.write(text)
    head = (await learner.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = head.partition("content-length:")[2].partition("\r\n")[0]
    await learner.reader.readexactly(int(length or 0))
    return int(head.split(" ", 2)[1])


def _lost(learners: list[Learner]) -> list[str]:
    """Every acknowledged answer or handing in that is not in the database, or does not count."""
    lost = []
    for learner in learners:
        attempt = Attempt.objects.get(pk=learner.attempt.pk)
        if learner.handed_in and (attempt.status != Attempt.Status.SUBMITTED or attempt.score is None):
            lost.append(f"attempt {attempt.pk}")
        rows = Answer.objects.filter(question__attempt=attempt).values_list("question", "client_id", "response")
        there = {question: (sent, response) for question, sent, response in rows}
        lost += [f"answer {sent}" for question, sent in learner.kept.items() if there.get(question) != sent]
    return lost
