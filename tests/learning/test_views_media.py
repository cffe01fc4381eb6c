from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from courses.models import BankPicture, CourseVersion
from tests.accounts.factories import make_organization
from tests.courses.factories import make_attachment, make_lesson, make_module, make_published_course
from tests.learning.factories import lesson_of, make_learning
from tests.personas import World

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def browser(client: Client, instructor: User, settings: Any, tmp_path: Path) -> Client:
    settings.MEDIA_ROOT = tmp_path
    client.force_login(instructor)
    return client


def a_picture() -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new("RGB", (40, 30), "red").save(drawn, "PNG")
    return SimpleUploadedFile("igna.png", drawn.getvalue())


PICTURES = reverse("learning:teach_picture_new")


def test_a_picture_is_kept_with_what_it_shows(browser: Client, world: World) -> None:
    sent = {"picture": a_picture(), "alt": 'Igna "12"'}
    told = browser.post(PICTURES, sent, headers=JSON)
    picture = BankPicture.objects.get()
    assert (told.status_code, picture.organization) == (201, world.centre)
    assert told.json() == {
        "src": f"/pictures/{picture.uuid}/",
        "alt": 'Igna "12"',
        "width": 40,
        "height": 30,
    }
    page = browser.post(PICTURES, {"picture": a_picture(), "alt": "x", "decorative": "on"})
    assert f"/pictures/{picture.uuid}/&quot; alt=&quot;&quot; width=" in page.content.decode()


def test_a_picture_without_words_is_refused_unless_it_is_decoration(browser: Client) -> None:
    told = browser.post(PICTURES, {"picture": a_picture(), "alt": " "}, headers=JSON)
    assert (told.status_code, list(told.json()["errors"])) == (422, ["alt"])
    assert browser.post(PICTURES, {"picture": a_picture()}).status_code == 422
    assert not BankPicture.objects.exists()
    assert browser.post(PICTURES, {"picture": a_picture(), "decorative": "on"}, headers=JSON).json()["alt"] == ""


@pytest.mark.parametrize("data", [b"", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"GIF89a"])
def test_what_is_no_picture_is_refused(browser: Client, data: bytes) -> None:
    told = browser.post(PICTURES, {"picture": SimpleUploadedFile("a.png", data), "alt": "x"}, headers=JSON)
    assert (told.status_code, list(told.json()["errors"])) == (422, ["picture"])


def test_a_picture_goes_into_a_bank_of_ones_own_only(browser: Client, world: World) -> None:
    foreign = make_organization()
    browser.post(f"{PICTURES}?organization={foreign.uuid}", {"picture": a_picture(), "alt": "x"}, headers=JSON)
    assert BankPicture.objects.get().organization == world.centre


def test_a_formula_is_drawn_for_the_editor(browser: Client) -> None:
    url = reverse("learning:teach_formula")
    told = browser.get(url, {"tex": "x^2", "display": "block"})
    assert told.headers["Content-Type"].startswith("text/plain")
    assert 'display="block"' in told.content.decode()
    assert browser.get(url, {"tex": "\\frac{"}).status_code == 422


@pytest.mark.parametrize("body", ['<p><img src="/pictures/x/"></p>', '<p><span data-tex="inline">\\frac{</span></p>'])
def test_a_text_whose_picture_or_formula_says_nothing_is_refused(
    browser: Client, version: CourseVersion, body: str
) -> None:
    lesson = make_lesson(make_module(version))
    sent = {"title_uz": "A", "body_uz": body, "minutes": "5"}
    answer = browser.post(reverse("learning:teach_lesson", args=[lesson.uuid]), sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["body_uz"]


def test_a_file_is_attached_and_taken_away(browser: Client, version: CourseVersion) -> None:
    lesson = make_lesson(make_module(version))
    url = reverse("learning:teach_lesson_attach", args=[lesson.uuid])
    assert browser.get(url).status_code == 200
    assert browser.post(url, {"file": SimpleUploadedFile("a.exe", b"MZ")}).status_code == 422
    browser.post(url, {"file": SimpleUploadedFile("jadval.pdf", b"%PDF-1.7")})
    attachment = lesson.attachments.get()
    assert "jadval.pdf" in browser.get(reverse("learning:teach_lesson", args=[lesson.uuid])).content.decode()
    file = browser.get(reverse("learning:teach_attachment", args=[attachment.uuid]))
    assert file.headers["Content-Disposition"].startswith("attachment")
    browser.post(reverse("learning:teach_attachment_remove", args=[attachment.uuid]))
    assert not lesson.attachments.exists()


def test_a_learner_sees_formulas_and_files_of_the_own_course_only(
    client: Client, learner: User, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    enrollment = make_learning(user=learner, course=make_published_course(("page",)))
    lesson = lesson_of(enrollment, "page")
    attachment, foreign = make_attachment(lesson), make_attachment(lesson_of(make_learning(), "page"))
    type(lesson).objects.filter(pk=lesson.pk).update(body={"uz": '<p><span data-tex="inline">x^2</span></p>'})
    client.force_login(learner)
    page = client.get(reverse("learning:lesson", args=[enrollment.uuid, lesson.uuid])).content.decode()
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in page
    url = reverse("learning:lesson_attachment", args=[enrollment.uuid, lesson.uuid, attachment.uuid])
    assert url in page
    assert client.get(url).getvalue() == b"%PDF-1.7"
    assert client.get(url.replace(str(attachment.uuid), str(foreign.uuid))).status_code == 404
