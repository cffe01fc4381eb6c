"""Signs without a word: gathered, kept, and counted afterwards."""

import pytest

from accounts.models import User
from base.errors import InvalidInput
from live.models import Reaction, RoomEvent
from live.queries.reactions import reactions_of
from live.services.events import ClassOver, NotInClass
from live.services.reactions import react
from live.services.sessions import end_session
from tests.live.conftest import Class
from tests.live.sockets import joined, scenario, settle
from tests.live.test_views import act, browser

pytestmark = pytest.mark.django_db


def test_signs_are_kept_and_counted(room: Class, outsider: User) -> None:
    for kind in ("heart", "clear", "heart"):
        react(room.session, kind=kind, by=room.learner)
    assert [(kind, count) for kind, _label, count in reactions_of(room.session)] == [("clear", 1), ("heart", 2)]
    with pytest.raises(InvalidInput):
        react(room.session, kind="rocket", by=room.learner)
    with pytest.raises(NotInClass):
        react(room.session, kind="heart", by=outsider)
    end_session(room.session, by=room.teacher)
    with pytest.raises(ClassOver):
        react(room.session, kind="heart", by=room.learner)


def test_sign_is_given_by_a_form_and_stands_in_the_record(room: Class) -> None:
    act(browser(room.learner), room.session, "react", kind="applause")
    end_session(room.session, by=room.teacher)
    answer = browser(room.other).get(f"/live/{room.session.uuid}/")
    assert [count for _label, _icon, count in answer.context["reactions"]] == [1]


@pytest.mark.django_db(transaction=True)
@scenario
async def test_signs_of_all_share_a_frame_and_make_no_event(room: Class) -> None:
    async with joined(room.session, room.teacher) as teacher, joined(room.session, room.learner) as learner:
        await settle()
        for client, kind in ((learner, "heart"), (teacher, "heart"), (learner, "fast")):
            await client.send("react", kind=kind)
        counts: dict[str, int] = {}
        while sum(counts.values()) < 3:
            for kind, count in (await teacher.hear("news", having="passing"))["passing"]["reactions"].items():
                counts[kind] = counts.get(kind, 0) + count
        assert counts == {"heart": 2, "fast": 1}
        for fields in ({}, {"kind": "rocket"}, {"kind": "a" * 99}, {"kind": "heart", "times": 9}):
            assert await learner.refusal("react", **fields) in ("invalid", "too-many-requests")
    assert await Reaction.objects.acount() == 3
    assert await RoomEvent.objects.acount() == 1
