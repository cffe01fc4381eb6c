"""Lines on slides, and the pointer."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from base.errors import InvalidInput
from live.models import RoomEvent
from live.queries.slides import stage_of
from live.services import drawing, slides
from live.services.drawing import draw, point, undo_stroke, wipe_slide
from live.services.events import ClassOver, TeachersOnly
from live.services.sessions import end_session
from live.services.slides import open_deck, show_slide
from tests.live.conftest import Class
from tests.live.factories import make_deck
from tests.live.sockets import joined, scenario
from tests.live.test_views import browser, page

pytestmark = pytest.mark.django_db
LINE = [0, 0, 500, 1000]


@pytest.fixture
def shown(room: Class, settings: Any, tmp_path: Path) -> Class:
    """A class with two slides open."""
    settings.MEDIA_ROOT = tmp_path / "media"
    open_deck(room.session, deck=make_deck(room.session).uuid, by=room.teacher)
    return room


def line(room: Class, number: int = 1, color: str = "red", **fields: Any) -> RoomEvent:
    values: dict[str, Any] = {"points": LINE, "key": uuid4(), "by": room.teacher} | fields
    return draw(room.session, page=number, color=color, **values)


def standing(room: Class) -> list[tuple[int, str]]:
    stage = stage_of(room.session)
    assert stage
    return [(stroke.page, stroke.color) for stroke in stage.strokes]


def test_lines_stand_until_they_are_taken_off(shown: Class) -> None:
    line(shown)
    line(shown, 2, "blue")
    line(shown, 1, "green")
    assert standing(shown) == [(1, "red"), (2, "blue"), (1, "green")]
    undo_stroke(shown.session, page=1, by=shown.teacher)
    assert standing(shown) == [(1, "red"), (2, "blue")]
    for _ in range(2):
        wipe_slide(shown.session, page=2, by=shown.teacher)
        undo_stroke(shown.session, page=2, by=shown.teacher)
    assert standing(shown) == [(1, "red")]
    assert shown.session.events.filter(kind="erase").count() == 2


def test_a_line_sent_again_is_drawn_once(shown: Class) -> None:
    key = uuid4()
    assert line(shown, key=key) == line(shown, key=key)
    assert standing(shown) == [(1, "red")]


@pytest.mark.parametrize("points", [[], [1, 2], [0, 0, 5], [0, 0, 5, 1001], [-1, 0, 5, 5], [1] * 402])
def test_lines_out_of_bounds_are_refused(points: list[int], shown: Class) -> None:
    with pytest.raises(InvalidInput):
        line(shown, points=points)


def test_drawing_is_refused_in_words(shown: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput):
        line(shown, color="url(#x)")
    with pytest.raises(slides.NoSuchSlide):
        line(shown, 3)
    with pytest.raises(TeachersOnly):
        line(shown, by=shown.learner)
    monkeypatch.setattr(drawing, "MOST_STROKES", 1)
    line(shown)
    with pytest.raises(drawing.SlideFull):
        line(shown)
    line(shown, 2)
    open_deck(shown.session, by=shown.teacher)
    with pytest.raises(slides.NothingShown):
        undo_stroke(shown.session, page=1, by=shown.teacher)
    end_session(shown.session, by=shown.teacher)
    with pytest.raises(ClassOver):
        wipe_slide(shown.session, page=1, by=shown.teacher)
    with pytest.raises(ClassOver):
        point(shown.session, x=1, y=1, by=shown.teacher)
    with pytest.raises(TeachersOnly):
        point(shown.session, by=shown.learner)


def test_the_page_shows_what_is_drawn(shown: Class) -> None:
    line(shown)
    html = browser(shown.learner).get(page("room", shown.session.uuid)).content.decode()
    assert 'points="0 0 500 1000"' in html
    assert "data-tools" not in html
    assert "data-tools" in browser(shown.teacher).get(page("room", shown.session.uuid)).content.decode()


@pytest.mark.django_db(transaction=True)
@scenario
async def test_all_follow_slides_lines_and_pointer(shown: Class) -> None:
    async with joined(shown.session, shown.teacher) as teacher, joined(shown.session, shown.learner) as learner:
        await teacher.send("slide", page=2)
        told = await learner.hear_event("slide")
        assert told["page"] == 2
        key = str(uuid4())
        await teacher.send("draw", page=2, color="blue", points=LINE, key=key)
        told = await learner.hear_event("stroke")
        assert (told["points"], told["color"], told["key"]) == (LINE, "blue", key)
        for x in (1, 2, 3):
            await teacher.send("point", x=x, y=500)
        assert (await learner.hear("news", having="passing"))["passing"] == {"pointer": {"x": 3, "y": 500}}
        await teacher.send("point")
        assert (await learner.hear("news", having="passing"))["passing"] == {"pointer": None}
    assert await RoomEvent.objects.filter(session=shown.session).acount() == 4  # the pointer left nothing


@pytest.mark.django_db(transaction=True)
@scenario
async def test_hostile_lines_and_turns_hurt_nobody(shown: Class) -> None:
    async with joined(shown.session, shown.learner) as learner:
        whole = {"page": 1, "color": "red", "points": LINE, "key": str(uuid4())}
        assert await learner.refusal("draw", **whole) == "teachers-only"
        for wrong in ({"points": [0] * 5000}, {"points": "x"}, {"page": 10**9}, {"color": "r" * 99}, {"key": "x"}):
            assert await learner.refusal("draw", **whole | wrong) == "invalid"
        assert await learner.refusal("point", x=5000, y=1) == "invalid"
        assert await learner.refusal("point", x=1, y=1) == "teachers-only"
        assert await learner.refusal("slide", page=2) == "teachers-only"
        assert await learner.refusal("slide", page=0) == "invalid"
        assert await learner.refusal("deck", deck="../../etc") == "invalid"


def test_turns_are_told_in_one_order(shown: Class) -> None:
    for number in (2, 1, 2):
        show_slide(shown.session, page=number, by=shown.teacher)
    seqs = list(shown.session.events.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))
