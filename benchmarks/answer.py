"""Saving one answer of a quiz; the limit is an authenticated POST that inserts one row."""

from collections.abc import Callable, Iterator
from itertools import count
from uuid import uuid4

from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from benchmarks.measuring import Result, compare
from benchmarks.quiz import CHOICES, begin_attempts
from benchmarks.serving import Server, cookie_of, running_server, token_of
from learning.models import Answer, Attempt

LEARNERS = 100
REQUESTS_IN_A_ROUND = 100  # so that ticks of 10 ms do not matter
LIMIT = "/limits/answer/"


def results() -> Iterator[Result]:
    call_command("migrate", verbosity=0)
    attempt = begin_attempts(LEARNERS)[0]
    user = attempt.enrollment.person.user
    headers = cookie_of(user)
    headers |= {"X-CSRFToken": token_of(headers)}
    rows = Answer.objects.count()
    connection.close()
    with running_server() as server:
        yield compare(
            "answer",
            ours=saving(server, answer_url(attempt), attempt, headers),
            limit=saving(server, LIMIT, attempt, headers),
            at_most=2.0,
            clock=server.clock,
            least=REQUESTS_IN_A_ROUND,
            rows=rows,
        )


def answer_url(attempt: Attempt) -> str:
    return reverse("learning:answer_save", args=[attempt.enrollment.uuid, attempt.lesson.uuid, attempt.uuid])


def saving(server: Server, path: str, attempt: Attempt, headers: dict[str, str]) -> Callable[[], object]:
    """What sends one answer after the other, as the page does, to question after question."""
    numbers, questions = count(1), [question.pk for question in attempt.questions.all()]

    def save() -> object:
        number = next(numbers)
        name = f"q-{questions[number % len(questions)]}"
        choice = CHOICES[number % len(CHOICES)]
        fields = {"question": name, "id": str(uuid4()), "sequence": str(number), name: choice}
        return server.post(path, fields, headers)

    return save
