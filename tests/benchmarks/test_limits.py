"""A limit is only one if it does the whole of the work that it is the limit of."""

import html
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory, override_settings

from accounts.models import User
from base.languages import localized
from benchmarks.answer import answer_url
from benchmarks.limits import statistics
from benchmarks.limits.render import draw_marks
from benchmarks.limits.report import copy_scores
from benchmarks.limits.room import BareRoom
from benchmarks.quiz import begin_attempts
from benchmarks.report import ensure_group
from certificates.rendering import render_certificate
from courses.models import Lesson
from enrollment.models import LessonProgress
from enrollment.services.cohorts import standing_cohort
from learning.models import Answer
from live.sockets import encode
from tests.certificates.words import UZBEK
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_cohort, make_enrollment, make_open_referral
from tests.live.sockets import scenario
from tests.pages import signed_in
from tests.personas import World


def picture(pdf: bytes, path: Path) -> bytes:
    path.write_bytes(pdf)
    command = ["pdftoppm", "-r", "60", "-singlefile", str(path), str(path.with_suffix(""))]
    subprocess.run(command, check=True)
    return path.with_suffix(".ppm").read_bytes()


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="poppler-utils is not installed")
def test_the_limit_of_rendering_draws_the_same_marks(tmp_path: Path) -> None:
    ours, limit = picture(render_certificate(UZBEK), tmp_path / "a.pdf"), picture(draw_marks(), tmp_path / "b.pdf")
    assert len(ours) == len(limit)
    differing = sum(abs(a - b) > 8 for a, b in zip(ours, limit, strict=True))
    assert differing == 0


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_limit_of_the_statistics_shows_every_row_and_cell(rf: RequestFactory) -> None:
    lines = [("Qism", [12, 1034, *range(8), 2.5]), ("Jami", [None, *range(9), None])]
    statistics.fill_tables({"x": (lines, [("a", "b", "c")]), "y": ([], [])})
    request = rf.get("/")
    request.user = AnonymousUser()
    with override_settings(ROOT_URLCONF="benchmarks.limits.urls", TEMPLATES=limit_templates()):
        page = statistics.statistics_view(request, "x").content.decode()
    assert page.count("<tr>") == 3
    assert page.count("<td>") == 24
    assert page.count("<span>") == 3


def limit_templates() -> list[dict[str, Any]]:
    folder = settings.BASE_DIR / "benchmarks" / "limits" / "templates"
    return [settings.TEMPLATES[0] | {"DIRS": [settings.BASE_DIR / "templates", folder]}]


@pytest.fixture
def limits() -> Iterator[None]:
    with override_settings(ROOT_URLCONF="benchmarks.limits.urls", TEMPLATES=limit_templates()):
        yield


def both(user: User, path: str, limit: str) -> tuple[Any, str]:
    """What our page was made of, and the limit's page as text."""
    client = signed_in(user, "uz")
    answers = client.get(path), client.get(f"/limits/page/{limit}")
    assert [answer.status_code for answer in answers] == [200, 200]
    return answers[0].context, html.unescape(answers[1].content.decode())


def assert_all_in(cells: Iterable[object], text: str) -> None:
    words = [str(cell) for cell in cells]
    assert words
    assert [word for word in words if word not in text] == []


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.usefixtures("limits")
def test_the_limits_of_a_learners_pages_show_every_row_and_cell(learner: User) -> None:
    course = make_published_course(("page", "quiz", "page"), self_paced=True)
    enrollment = make_enrollment(cohort=standing_cohort(course), person=learner.person)
    lesson = Lesson.objects.filter(version=course.current_version).first()
    assert lesson
    own = f"{enrollment.uuid}/{lesson.uuid}/"

    context, text = both(learner, f"/learn/{own}", f"lesson/{own}")
    outline = context["outline"]
    assert_all_in((cell for step in outline.steps for cell in (step.uuid, step.title)), text)
    assert_all_in((part.title for part in outline.parts), text)
    assert_all_in([context["course"].name, context["body"]], text)

    context, text = both(learner, f"/courses/{course.slug}/", f"course/{course.slug}/")
    modules = context["modules"]
    assert_all_in((name for title, lessons in modules for name in (title, *(name for _, name, _ in lessons))), text)
    assert_all_in([context["enrollment"].uuid, course.name, course.about, course.provider.name], text)

    context, text = both(learner, "/", "home/")
    assert_all_in((cell for card in context["cards"] for cell in (card.uuid, card.course, card.resume_at)), text)

    context, text = both(learner, "/courses/", "catalogue/")
    cells = (cell for row in context["page"].items for cell in (row.slug, *map(localized, (row.title, row.summary))))
    assert_all_in(cells, text)
    assert_all_in((f'value="{code}"' for code, _ in settings.LANGUAGES), text)


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.usefixtures("limits")
def test_the_limit_of_the_referrals_shows_every_row_and_cell(centre_manager: User, world: World) -> None:
    cohort = make_cohort(course=make_published_course(provider=world.centre))
    for _ in range(3):
        make_open_referral(cohort=cohort)
    context, text = both(centre_manager, "/referrals/", "referrals/")
    cells = [cell for line in context["lines"] for cell in (line.uuid, line.course, line.place, line.status)]
    assert len(context["lines"]) == 3
    assert_all_in([*cells, *(part for line in context["lines"] for part in line.name.split())], text)
    assert_all_in((f'value="{value}"' for value, _ in context["form"].fields["status"].choices if value), text)
    assert_all_in([f'value="{cohort.course.slug}"'], text)


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_limit_of_an_answer_keeps_what_ours_keeps(client: Client, settings: Any) -> None:
    settings.ROOT_URLCONF = "benchmarks.limits.urls"
    attempt = begin_attempts(1)[0]
    client.force_login(attempt.enrollment.person.user)
    kept = []
    for path in (answer_url(attempt), "/limits/answer/"):
        name = f"q-{attempt.questions.all()[0].pk}"
        sent = {"question": name, "id": str(uuid4()), "sequence": "3", name: "b"}
        assert client.post(path, sent).status_code == 200
        kept.append(Answer.objects.order_by("-id").values("question", "response", "sequence")[0])
    assert kept[0] == kept[1]


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.usefixtures("limits")
def test_the_limits_of_the_reports_show_and_copy_every_row_and_cell(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("benchmarks.report.CATEGORIES", 2)
    monkeypatch.setattr("benchmarks.report.LESSONS", 2)
    cohort, teacher = ensure_group(3)
    client = signed_in(teacher, "uz")
    scores = LessonProgress.objects.filter(enrollment__cohort=cohort)
    assert scores.count() == 12
    for path, cells in (("gradebook", 12 + 3 * 2), ("completion", 12)):
        ours = client.get(f"/cohorts/{cohort.uuid}/{path}/").content.decode()
        limit = client.get(f"/limits/report/{path}/{cohort.uuid}/").content.decode()
        for line in cohort.enrollments.all():
            assert_all_in([line.uuid, *line.person.name.split()], ours)
            assert_all_in([line.uuid, *line.person.name.split()], limit)
        assert_all_in([lesson.uuid for lesson in cohort.version.lessons.all()], ours)
        assert_all_in([lesson.pk for lesson in cohort.version.lessons.all()], limit)
        assert limit.count("<td>") >= cells
    copied = tmp_path / "copied.csv"
    copy_scores(cohort.pk, copied)
    lines = {tuple(line.split(";")) for line in copied.read_text().splitlines()}
    assert lines == {(str(one.enrollment_id), str(one.lesson_id), str(one.score)) for one in scores}


def test_the_limit_of_a_room_sends_the_whole_text_to_all_who_listen() -> None:
    @scenario
    async def story() -> None:
        room, text = BareRoom(), encode({"op": "news", "text": "Gʻ" * 100})
        scopes = [{"type": "websocket", "query_string": query} for query in (b"", b"", b"speaks")]
        sockets: list[Any] = [ApplicationCommunicator(room, scope) for scope in scopes]  # type: ignore[no-untyped-call]  # asgiref has no types
        for socket in sockets:
            await socket.send_input({"type": "websocket.connect"})
            assert (await socket.receive_output())["type"] == "websocket.accept"
        *listeners, speaker = sockets
        await speaker.send_input({"type": "websocket.receive", "text": text})
        for socket in listeners:
            assert (await socket.receive_output())["text"] == text
        assert await speaker.receive_nothing()
        for socket in sockets:
            await socket.send_input({"type": "websocket.disconnect"})
            await socket.wait()
        assert not room.sends

    story()
