"""The socket: who may come in, alone and many at once."""

import json
from contextlib import AsyncExitStack

import pytest
from asgiref.sync import sync_to_async
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.models import User
from enrollment.models import Enrollment
from live.consumers import let_in
from live.hub import MOST_SOCKETS
from live.models import Visit
from live.services.people import set_removed
from live.services.sessions import end_session
from live.sockets import Close
from tests.live.conftest import Class
from tests.live.factories import make_live_cohort, make_session, make_visit
from tests.live.sockets import connected, joined, open_socket, scenario, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@scenario
async def test_visitor_is_asked_to_sign_in(room: Class) -> None:
    async with connected(room.session, None) as visitor:
        assert await visitor.close_code() == Close.SIGN_IN


@scenario
async def test_stranger_finds_no_class(room: Class, outsider: User, learner: User) -> None:
    for stranger in (outsider, learner):
        async with connected(room.session, stranger) as client:
            assert await client.close_code() == Close.NOT_FOUND


@scenario
async def test_many_who_come_at_once_are_let_in_together_and_each_by_the_own_right(room: Class, learner: User) -> None:
    await sync_to_async(make_visit)(room.session, room.other, minutes=(0, 1))
    await sync_to_async(set_removed)(room.session, who=room.other.uuid, removed=True, by=room.teacher)
    elsewhere = await sync_to_async(lambda: make_session(make_live_cohort(), on=True))()
    here = [room.learner, None, room.teacher, learner, room.other, room.learner]
    sockets = [await open_socket(room.session, user) for user in here] + [await open_socket(elsewhere, room.learner)]
    said = []
    for socket in sockets:
        await socket.receive_output()  # the handshake
        message = await socket.receive_output(timeout=5)
        said.append(message.get("code") or json.loads(message["text"])["op"])
    stays = [
        visit
        async for visit in Visit.objects.exclude(user=room.other).order_by("user").values_list("user", "enrollment")
    ]
    for socket in sockets:
        await socket.send_input({"type": "websocket.disconnect", "code": 1001})
        await socket.wait(timeout=5)
    refused = [Close.SIGN_IN, Close.NOT_FOUND, Close.SENT_OUT]
    assert said == ["welcome", refused[0], "welcome", *refused[1:], "welcome", Close.NOT_FOUND]
    teaches, learns = (room.teacher.pk, None), (room.learner.pk, room.enrollment.pk)
    assert stays == sorted([teaches, learns, learns], key=lambda stay: stay[0])
    assert not await Visit.objects.filter(left_at=None).aexists()


@pytest.mark.parametrize("count", [1, 3])
def test_each_who_comes_costs_no_more_statements(
    room: Class, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    keys = [sign_in(user) for user in (room.learner, room.other, room.teacher)[:count]]
    with django_assert_num_queries(7):
        stays = let_in([(room.session.uuid, key) for key in keys])
    assert all(isinstance(stay, Visit) for stay in stays)


@scenario
async def test_learner_of_another_room_finds_no_class(room: Class) -> None:
    elsewhere = await sync_to_async(lambda: make_session(make_live_cohort(), on=True))()
    async with connected(elsewhere, room.learner) as client:
        assert await client.close_code() == Close.NOT_FOUND


@scenario
async def test_learner_who_left_the_course_finds_no_class(room: Class) -> None:
    await Enrollment.objects.filter(pk=room.enrollment.pk).aupdate(status=Enrollment.Status.WITHDRAWN)
    async with connected(room.session, room.learner) as client:
        assert await client.close_code() == Close.NOT_FOUND


@scenario
async def test_page_of_another_origin_is_refused(room: Class) -> None:
    socket = await open_socket(room.session, room.learner, origin="https://elsewhere.example")
    assert (await socket.receive_output(timeout=5))["type"] == "websocket.close"


@scenario
async def test_class_that_is_over_takes_nobody_in(room: Class) -> None:
    await sync_to_async(end_session)(room.session, by=room.teacher)
    async with connected(room.session, room.learner) as client:
        assert await client.close_code() == Close.OVER


@scenario
async def test_one_person_has_a_few_sockets_only(room: Class) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(MOST_SOCKETS):
            await stack.enter_async_context(joined(room.session, room.learner))
        one_more = await stack.enter_async_context(connected(room.session, room.learner))
        assert await one_more.close_code() == Close.TOO_MANY


@scenario
async def test_staff_without_second_step_is_asked_to_sign_in(room: Class, settings: Settings) -> None:
    settings.STAFF_MFA = "required"
    async with connected(room.session, room.teacher) as client:
        assert await client.close_code() == Close.SIGN_IN
