"""The pages of slides: sending them in, their pictures, and following who teaches without a script."""

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from live.models import Deck
from live.services.sessions import end_session
from live.services.slides import open_deck, show_slide
from tests.accounts.factories import make_user
from tests.live.conftest import Class
from tests.live.factories import make_deck, make_session
from tests.live.pdfs import make_pdf
from tests.live.test_views import act, browser, page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def test_a_pdf_is_sent_in_by_the_plain_form(room: Class) -> None:
    client, url = browser(room.teacher), page("slides", room.session.uuid)
    file = SimpleUploadedFile("Dars 1.pdf", make_pdf("Igna"), content_type="application/pdf")
    html = client.post(url, {"file": file}, follow=True).content.decode()
    assert "Dars 1.pdf" in html
    wrong = SimpleUploadedFile("Dars 1.pptx", b"PK")
    assert "PDF" in client.post(url, {"file": wrong}, follow=True).content.decode()
    assert client.post(url, follow=True).status_code == 200
    assert Deck.objects.count() == 1


def test_a_pdf_is_sent_in_by_parts(room: Class) -> None:
    client, data = browser(room.teacher), make_pdf("Igna")
    begin = {
        "HTTP_UPLOAD_LENGTH": str(len(data)),
        "HTTP_UPLOAD_METADATA": "filename " + b64encode(b"dars.pdf").decode(),
    }
    place = client.post(page("slides_upload", room.session.uuid), **begin)["Location"]  # type: ignore[arg-type]  # headers
    add = page("slides_add", room.session.uuid)
    assert client.post(add, {"upload": place.split("/")[-2]}).status_code == 409
    client.patch(place, data, content_type="application/offset+octet-stream", HTTP_UPLOAD_OFFSET="0")
    assert "dars.pdf" in client.post(add, {"upload": place.split("/")[-2]}).content.decode()
    assert client.post(add, {"upload": "nonsense"}).status_code == 200
    begin["HTTP_UPLOAD_METADATA"] = "filename " + b64encode(b"dars.odp").decode()
    assert client.post(page("slides_upload", room.session.uuid), **begin).status_code == 422  # type: ignore[arg-type]  # headers


def test_pictures_are_for_whoever_saw_the_slides_open(room: Class) -> None:
    deck = make_deck(room.session)
    url = page("slide", room.session.uuid, deck.uuid, 1, "small")
    learner, outsider = browser(room.learner), browser(make_user())
    assert learner.get(url).status_code == 404  # not shown yet
    assert browser(room.teacher).get(url).status_code == 200
    open_deck(room.session, deck=deck.uuid, by=room.teacher)
    answer = learner.get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert "immutable" in answer["Cache-Control"]
    assert learner.get(url, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    part = learner.get(url, HTTP_RANGE="bytes=0-1")
    assert (part.status_code, part["Content-Range"]) == (206, "bytes 0-1/5")
    assert outsider.get(url).status_code == 404
    assert learner.get(page("slide", room.session.uuid, deck.uuid, 9, "small")).status_code == 404
    other = make_deck(room.session)
    assert learner.get(page("slide", room.session.uuid, other.uuid, 1, "small")).status_code == 404


def test_nobody_reads_ahead_of_the_class(room: Class) -> None:
    deck = make_deck(room.session, pages=4)
    open_deck(room.session, deck=deck.uuid, by=room.teacher)
    learner, teacher = browser(room.learner), browser(room.teacher)

    def answers(client: Client) -> list[int]:
        addresses = [page("slide", room.session.uuid, deck.uuid, number, "small") for number in range(1, 5)]
        return [client.get(address).status_code for address in addresses]

    assert answers(learner) == [200, 200, 404, 404]  # the second one is fetched beforehand
    show_slide(room.session, page=2, by=room.teacher)
    show_slide(room.session, page=1, by=room.teacher)
    assert answers(learner) == [200, 200, 200, 404]
    assert answers(teacher) == [200] * 4


def test_pictures_cost_the_same_in_a_long_class(room: Class, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    deck = make_deck(room.session)
    open_deck(room.session, deck=deck.uuid, by=room.teacher)
    client, url = browser(room.learner), page("slide", room.session.uuid, deck.uuid, 1, "large")
    client.get(url)
    for number in (2, 1, 2):
        show_slide(room.session, page=number, by=room.teacher)
    with django_assert_num_queries(4):
        client.get(url)


def test_teacher_shows_slides_by_forms_and_learners_see_them(room: Class) -> None:
    deck = make_deck(room.session, pages=3)
    teacher, learner = browser(room.teacher), browser(room.learner)
    assert "Dars.pdf" in act(teacher, room.session, "deck", deck=str(deck.uuid))
    act(teacher, room.session, "slide", page="2")
    url = page("room", room.session.uuid)
    html = learner.get(url).content.decode()
    assert page("slide", room.session.uuid, deck.uuid, 2, "large") in html
    assert "Sahifa 2" in html
    back = learner.get(url, {"slide": "1"}).content.decode()
    assert page("slide", room.session.uuid, deck.uuid, 1, "large") in back
    for nonsense in ("3", "-1", "²", "x" * 100):
        again = learner.get(url, {"slide": nonsense}).content.decode()
        assert page("slide", room.session.uuid, deck.uuid, 2, "large") in again
    now = learner.get(page("slides_now", room.session.uuid)).content.decode()
    assert page("slide", room.session.uuid, deck.uuid, 2, "large") in now
    assert page("act", room.session.uuid, "slide") not in now
    act(teacher, room.session, "deck")
    assert page("slide", room.session.uuid, deck.uuid, 2, "large") not in learner.get(url).content.decode()


@pytest.mark.parametrize("times", [1, 3])
def test_a_class_with_slides_costs_the_same_however_often_they_were_turned(
    times: int, room: Class, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    deck = make_deck(room.session, pages=times + 1)
    open_deck(room.session, deck=deck.uuid, by=room.teacher)
    for number in range(times):
        show_slide(room.session, page=number + 2, by=room.teacher)
    client, url = browser(room.learner), page("slides_now", room.session.uuid)
    client.get(url)
    with django_assert_num_queries(10):
        client.get(url)


@pytest.mark.parametrize("count", [1, 3])
def test_page_of_slides_costs_the_same_for_many(
    count: int, room: Class, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    later = make_session(room.cohort, starts_at=room.session.ends_at)
    for _ in range(count):
        make_deck(room.session)
        make_deck(later)
    client, url = browser(room.teacher), page("slides", room.session.uuid)
    client.get(url)
    with django_assert_num_queries(7):
        html = client.get(url).content.decode()
    assert html.count("Dars.pdf") == 2 * count


def test_the_record_tells_what_was_shown(room: Class) -> None:
    deck = make_deck(room.session, pages=3)
    open_deck(room.session, deck=deck.uuid, by=room.teacher)
    show_slide(room.session, page=2, by=room.teacher)
    end_session(room.session, by=room.teacher)
    html = browser(room.learner).get(page("room", room.session.uuid)).content.decode()
    assert "Sahifa 1" in html
    assert "Sahifa 2" in html
    assert "Sahifa 3" not in html


def test_slides_are_removed_and_tried_again_from_the_page(room: Class) -> None:
    client, deck = browser(room.teacher), make_deck(room.session)
    assert client.post(page("deck_again", room.session.uuid, deck.uuid)).status_code == 302
    client.post(page("deck_remove", room.session.uuid, deck.uuid))
    assert not Deck.objects.exists()
    assert client.post(page("deck_remove", room.session.uuid, deck.uuid)).status_code == 404
