"""Captions that are typed along."""

from uuid import uuid4

import pytest

from base.errors import InvalidInput
from live.services.captions import caption
from live.services.events import ClassOver, TeachersOnly
from live.services.sessions import end_session
from tests.live.conftest import Class
from tests.live.sockets import joined, scenario
from tests.live.test_views import act, browser, page

pytestmark = pytest.mark.django_db


def test_lines_are_shown_and_kept(room: Class) -> None:
    key = uuid4()
    assert caption(room.session, text=" Assalomu\nalaykum ", key=key, by=room.teacher) == caption(
        room.session, text="Assalomu alaykum", key=key, by=room.teacher
    )
    for text in ("Ikki", "Uch", "<b>Toʻrt</b>"):
        act(browser(room.teacher), room.session, "caption", text=text, key=str(uuid4()))
    url = page("room", room.session.uuid)
    html = browser(room.learner).get(url).content.decode()
    assert "<li>&lt;b&gt;Toʻrt&lt;/b&gt;</li>" in html
    assert "Assalomu alaykum" not in html  # three lines are in sight
    end_session(room.session, by=room.teacher)
    assert "Assalomu alaykum" in browser(room.learner).get(url).content.decode()


def test_refusals(room: Class) -> None:
    for text in ("", "   ", "a" * 301, "\0"):
        with pytest.raises(InvalidInput):
            caption(room.session, text=text, key=uuid4(), by=room.teacher)
    with pytest.raises(TeachersOnly):
        caption(room.session, text="x", key=uuid4(), by=room.learner)
    end_session(room.session, by=room.teacher)
    with pytest.raises(ClassOver):
        caption(room.session, text="x", key=uuid4(), by=room.teacher)


@pytest.mark.django_db(transaction=True)
@scenario
async def test_all_read_a_line_at_once(room: Class) -> None:
    async with joined(room.session, room.teacher) as teacher, joined(room.session, room.learner) as learner:
        await teacher.send("caption", text="Salom", key=str(uuid4()))
        assert (await learner.hear_event("caption"))["text"] == "Salom"
        assert await learner.refusal("caption", text="x", key=str(uuid4())) == "teachers-only"
