"""Picture and sound of small groups, on a real Janus."""

import pytest
from asgiref.sync import sync_to_async

from live.media import janus
from live.models import Breakout
from live.services import breakouts
from live.tasks import settle_rooms
from tests.live.conftest import Class
from tests.live.sockets import joined, scenario
from tests.live.test_media import CAMERA, at_desk

pytestmark = pytest.mark.django_db(transaction=True)


def divide(room: Class) -> list[Breakout]:
    division = breakouts.open_breakouts(room.session, count=2, how="hand", by=room.teacher)
    groups = list(division.breakouts.all())
    breakouts.move(room.session, who=room.learner.uuid, breakout=groups[0].uuid, by=room.teacher)
    return groups


@scenario
async def test_each_group_has_a_room_in_which_everybody_publishes(room: Class, media_server: None) -> None:
    async with joined(room.session, room.learner) as learner, joined(room.session, room.teacher) as teacher:
        await sync_to_async(settle_rooms)()
        main = await at_desk(learner)
        groups = await sync_to_async(divide)(room)
        assert (await learner.hear("cut"))["what"] == "all"
        assert await learner.refusal("publish", **CAMERA) == "not-watching"
        await sync_to_async(settle_rooms)()
        there = await sync_to_async(janus.rooms)()
        assert there == {str(room.session.uuid), *(str(group.uuid) for group in groups)}
        assert await learner.refusal("media", breakout=str(groups[1].uuid)) == "not-in-breakout"
        assert await learner.refusal("media", breakout=str(room.session.uuid)) == "not-in-breakout"
        within = await at_desk(learner)
        assert within["desk"] != main["desk"]
        assert within["may_speak"] is True
        await learner.send("publish", **CAMERA)
        await learner.hear("published")
        await teacher.send("media", breakout=str(groups[0].uuid))  # looks in
        assert (await teacher.hear("media"))["may_speak"] is True
        seats = await sync_to_async(janus.participants)(str(groups[0].uuid))
        assert [seat["id"].split(".")[1] for seat in seats if seat["id"].startswith("camera")] == [
            str(room.learner.uuid)
        ]
        await sync_to_async(breakouts.bring_back)(room.session, at_once=True, by=room.teacher)
        for client in (learner, teacher):
            assert (await client.hear("cut"))["what"] == "all"
        await sync_to_async(settle_rooms)()
        assert await sync_to_async(janus.rooms)() == {str(room.session.uuid)}
        assert (await at_desk(learner))["may_speak"] is False
