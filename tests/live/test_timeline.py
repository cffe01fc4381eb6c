"""The record of a class: one time line of all that happened, and what was drawn on its slides."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEvent, User
from base.models import Job
from base.services.jobs import create_job
from live.models import Recording, RoomEvent
from live.services.captions import caption
from live.services.chat import hide_message, say
from live.services.drawing import draw, wipe_slide
from live.services.inquiries import ask, mark_answered, remove_inquiry
from live.services.notes import edit_notes
from live.services.polls import close_poll, prepare_poll, vote
from live.services.sessions import end_session
from live.services.slides import open_deck, show_slide
from live.views import record
from tests.live.conftest import Class
from tests.live.factories import make_deck, make_film
from tests.live.test_views import browser, page

pytestmark = pytest.mark.django_db


def fill(room: Class, *, times: int = 1) -> None:
    """Let something of every kind happen so many times."""
    deck = make_deck(room.session, pages=times + 1)
    open_deck(room.session, deck=deck.uuid, by=room.teacher)
    for number in range(times):
        say(room.session, text=f"xabar-{number}", by=room.learner)
        poll = prepare_poll(room.session, text="Qaysi?", choices=["Bu", "U"], at_once=True, by=room.teacher)
        vote(room.session, poll=poll.uuid, choices=[poll.keys[0]], by=room.learner)
        close_poll(room.session, poll=poll.uuid, by=room.teacher)
        inquiry = ask(room.session, text="Nega?", by=room.learner)
        mark_answered(room.session, inquiry=inquiry.uuid, by=room.teacher)
        edit_notes(room.session, version=number, start=0, gone=0, text="qayd ", key=uuid4(), by=room.teacher)
        caption(room.session, text="satr", key=uuid4(), by=room.teacher)
        show_slide(room.session, page=number + 2, by=room.teacher)
        draw(room.session, page=number + 2, color="red", points=[0, 0, 500, 500], key=uuid4(), by=room.teacher)


def kinds(client_user: User, room: Class, **asked: str) -> list[str]:
    line = browser(client_user).get(page("room", room.session.uuid), asked).context["line"]
    return [moment.event.kind for moment in line.moments]


def test_all_that_happened_stands_in_one_list(room: Class) -> None:
    fill(room)
    removed = say(room.session, text="Oʻchiriladi", by=room.learner)
    hide_message(room.session, seq=removed.seq, by=room.teacher)
    gone = ask(room.session, text="Yoʻqoladi", by=room.learner)
    remove_inquiry(room.session, inquiry=gone.uuid, by=room.teacher)
    open_deck(room.session, by=room.teacher)
    end_session(room.session, by=room.teacher)
    order = ["deck", "say", "poll-open", "poll-close", "ask", "answered", "note", "caption", "slide"]
    answer = browser(room.learner).get(page("room", room.session.uuid))
    line, html = answer.context["line"], answer.content.decode()
    assert [moment.event.kind for moment in line.moments] == order
    assert line.moments[3].totals == [("Bu", 1), ("U", 0)]
    assert line.moments[5].text == "Nega?"
    assert "Oʻchiriladi" not in html
    assert "Yoʻqoladi" not in html
    assert kinds(room.learner, room, kind="polls") == ["poll-open", "poll-close"]
    assert kinds(room.teacher, room, kind="notes") == ["note"]
    assert kinds(room.teacher, room, kind="<nonsense>", after="x") == order


def test_times_lead_into_the_film(room: Class) -> None:
    fill(room)
    film = make_film(room.session)
    began = timezone.now()
    Recording.objects.update(started_at=began)
    RoomEvent.objects.filter(kind="say").update(at=began + timedelta(seconds=65))
    RoomEvent.objects.filter(kind="poll-open").update(at=began + timedelta(seconds=121))  # the film has 120
    end_session(room.session, by=room.teacher)
    answer = browser(room.learner).get(page("room", room.session.uuid))
    places = {moment.event.kind: moment.place for moment in answer.context["line"].moments}
    assert (places["say"].film, places["say"].offset) == (film.uuid, "1:05")
    assert places["poll-open"].film is None
    assert f'data-film="{film.uuid}" data-at="65"' in answer.content.decode()


def test_long_class_is_told_in_stretches(room: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "MOMENTS", 2)
    for number in range(5):
        say(room.session, text=f"xabar-{number}", by=room.learner)
    end_session(room.session, by=room.teacher)
    client, url = browser(room.learner), page("room", room.session.uuid)
    told: list[str] = []
    after: int | None = 0
    while after is not None:
        line = client.get(url, {"after": after}).context["line"]
        told += [moment.text for moment in line.moments]
        after = line.more
    assert told == [f"xabar-{number}" for number in range(5)]


def test_slides_stand_with_what_was_drawn_when_they_were_left(room: Class, outsider: User) -> None:
    fill(room, times=2)
    wipe_slide(room.session, page=3, by=room.teacher)
    end_session(room.session, by=room.teacher)
    learner = browser(room.learner)
    html = learner.get(page("room", room.session.uuid)).content.decode()
    deck = room.session.decks.get()
    url = page("slide_ink", room.session.uuid, deck.uuid, 2)
    assert url in html
    answer = learner.get(url)
    assert answer["Content-Type"] == "image/svg+xml"
    assert 'points="0 0 500 500"' in answer.content.decode()
    assert "<polyline" not in learner.get(page("slide_ink", room.session.uuid, deck.uuid, 3)).content.decode()
    assert learner.get(page("slide_ink", room.session.uuid, deck.uuid, 9)).status_code == 404
    assert browser(outsider).get(url).status_code == 404


@pytest.mark.parametrize("times", [1, 3])
def test_record_asks_as_much_for_many(
    times: int, room: Class, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    fill(room, times=times)
    make_film(room.session)
    end_session(room.session, by=room.teacher)
    client = browser(room.learner)
    client.get(page("room", room.session.uuid))
    with django_assert_num_queries(23):
        client.get(page("room", room.session.uuid))


def test_film_that_could_not_be_made_is_told_and_tried_again(room: Class) -> None:
    job = create_job("recording", owner=None)
    Job.objects.update(status="failed", error="This work broke off several times at the same place.")
    film = Recording.objects.create(session=room.session, status="waiting", job=job, stopped_at=timezone.now())
    end_session(room.session, by=room.teacher)
    teacher, learner = browser(room.teacher), browser(room.learner)
    again, room_url = page("recording_again", room.session.uuid, film.uuid), page("room", room.session.uuid)
    assert again in teacher.get(room_url).content.decode()
    assert again not in learner.get(room_url).content.decode()
    assert learner.post(again).status_code == 403
    for _ in range(2):
        assert teacher.post(again).status_code == 302
    job.refresh_from_db()
    assert job.status in ("queued", "running")
    assert AuditEvent.objects.filter(action="recording.tried-again").count() == 1
    assert again not in teacher.get(room_url).content.decode()
