"""Groups of a class: who is in which, who is told what, and how all come back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from base.errors import DomainError, InvalidInput
from live.models import Breakout, Division, LiveSession, Place, RoomEvent, Visit
from live.queries.breakouts import groups_of, open_division, rooms_of
from live.services import breakouts, chat, presence
from live.services.breakouts import DividedAlready, NoBreakouts, NotInBreakout
from live.services.events import TeachersOnly
from live.services.people import set_host
from live.services.sessions import end_session
from live.tasks import close_groups
from tests.accounts.factories import make_user
from tests.live.conftest import Class
from tests.live.factories import make_learner
from tests.live.sockets import joined, scenario
from tests.live.test_views import act, browser, page

pytestmark = pytest.mark.django_db


def come_in(room: Class, *users: User) -> None:
    for user in users or (room.learner, room.other):
        presence.join(room.session, by=user)


def divide(room: Class, how: str = "turn", count: int = 2, **fields: Any) -> list[Breakout]:
    division = breakouts.open_breakouts(room.session, count=count, how=how, by=room.teacher, **fields)
    return list(division.breakouts.all())


def place(room: Class, user: User, group: Breakout | None, by: User | None = None) -> None:
    breakouts.move(room.session, who=user.uuid, breakout=group.uuid if group else None, by=by or room.teacher)


def write(room: Class, by: User, group: Breakout | None = None, text: str = "Salom") -> RoomEvent:
    return breakouts.say(room.session, text=text, key=uuid4(), breakout=group.uuid if group else None, by=by)


def fresh(room: Class) -> LiveSession:
    return LiveSession.objects.get(pk=room.session.pk)


def shares(room: Class) -> list[int]:
    division = open_division(fresh(room))
    assert division
    return [len(row.people) for row in groups_of(division, room.teacher)]


@pytest.mark.parametrize(("how", "placed"), [("random", [3, 2]), ("turn", [3, 2]), ("hand", [0, 0])])
def test_learners_who_are_here_are_dealt_evenly_where_they_are_dealt(how: str, placed: list[int], room: Class) -> None:
    for _ in range(3):
        make_learner(room.cohort, make_user())
    come_in(room, room.teacher, *User.objects.filter(person__enrollments__cohort=room.cohort))
    divide(room, how)
    assert shares(room) == placed


def test_who_helps_to_lead_is_dealt_to_no_group(room: Class) -> None:
    come_in(room)
    set_host(room.session, who=room.other.uuid, host=True, by=room.teacher)
    divide(room)
    assert shares(room) == [1, 0]


@pytest.mark.parametrize("wrong", [{"count": 1}, {"count": 21}, {"how": "no"}, {"minutes": 0}, {"minutes": 181}])
def test_division_is_refused_out_of_bounds(wrong: dict[str, Any], room: Class) -> None:
    with pytest.raises(InvalidInput):
        divide(room, **wrong)
    assert not Division.objects.exists()


def test_class_is_divided_once_at_a_time_and_by_who_leads(room: Class) -> None:
    with pytest.raises(TeachersOnly):
        breakouts.open_breakouts(room.session, count=2, how="turn", by=room.learner)
    divide(room)
    with pytest.raises(DividedAlready):
        divide(room)
    breakouts.bring_back(room.session, at_once=True, by=room.teacher)
    divide(room)
    assert Division.objects.filter(closed_at=None).count() == 1


@pytest.mark.parametrize(("how", "expected"), [("turn", [2, 1]), ("hand", [0, 0])])
def test_latecomer_gets_into_the_smallest_group_where_learners_are_dealt(
    how: str, expected: list[int], room: Class
) -> None:
    come_in(room)
    divide(room, how)
    late = make_user()
    make_learner(room.cohort, late)
    for _ in range(2):  # two tabs
        presence.join(fresh(room), by=late)
    presence.look_in(fresh(room), by=late)
    presence.join(fresh(room), by=room.learner)  # a reconnect
    assert shares(room) == expected


def test_learners_choose_where_they_may_and_move_nobody_else(room: Class) -> None:
    come_in(room)
    first, second = divide(room, "choice")
    breakouts.move(room.session, breakout=first.uuid, by=room.learner)
    breakouts.move(room.session, breakout=second.uuid, by=room.learner)
    assert shares(room) == [0, 1]
    with pytest.raises(TeachersOnly):
        place(room, room.other, first, by=room.learner)
    breakouts.bring_back(room.session, at_once=True, by=room.teacher)
    (first, _second) = divide(room, "hand")
    with pytest.raises(TeachersOnly):
        breakouts.move(room.session, breakout=first.uuid, by=room.learner)


def test_move_names_a_group_of_this_division_and_a_learner_of_this_class(room: Class) -> None:
    come_in(room, room.learner, room.teacher)
    (old, _other) = divide(room, "hand")
    breakouts.bring_back(room.session, at_once=True, by=room.teacher)
    (group, _other) = divide(room, "hand")
    for wrong in ({"who": room.learner, "group": old}, {"who": room.other, "group": group}):
        with pytest.raises(InvalidInput):
            place(room, wrong["who"], wrong["group"])  # type: ignore[arg-type]  # one of each kind
    with pytest.raises(InvalidInput):
        place(room, room.teacher, group)
    for _ in range(2):
        place(room, room.learner, group)
    assert RoomEvent.objects.filter(kind="breakout-place").count() == 1
    place(room, room.learner, None)
    assert Place.objects.filter(until=None).count() == 0


def test_each_writes_in_the_own_group_and_who_leads_in_all(room: Class) -> None:
    come_in(room)
    first, second = divide(room, "hand")
    place(room, room.learner, first)
    assert write(room, room.learner).breakout == first
    with pytest.raises(NotInBreakout):
        write(room, room.learner, second)
    with pytest.raises(NotInBreakout):
        write(room, room.other)
    assert write(room, room.teacher, second).breakout == second
    assert write(room, room.teacher).breakout is None
    chat.set_muted(room.session, who=room.learner.uuid, muted=True, by=room.teacher)
    with pytest.raises(chat.Muted):
        write(room, room.learner)


def test_message_in_a_group_is_said_once_and_can_be_removed(room: Class) -> None:
    come_in(room)
    divide(room)
    key = uuid4()
    said = [breakouts.say(room.session, text="Salom", key=key, by=room.learner) for _ in range(2)]
    assert said[0] == said[1]
    chat.hide_message(room.session, seq=said[0].seq, by=room.teacher)
    assert RoomEvent.objects.filter(kind="hide").count() == 1


def test_group_calls_and_is_answered(room: Class) -> None:
    come_in(room)
    first, _second = divide(room)
    for _ in range(2):
        breakouts.call(room.session, by=room.learner)
    with pytest.raises(NotInBreakout):
        breakouts.call(room.session, by=room.teacher)
    assert [group for group in Breakout.objects.all() if group.called_at] == [first]
    for _ in range(2):
        breakouts.come(room.session, breakout=first.uuid, by=room.teacher)
    kinds = RoomEvent.objects.filter(breakout=first).values_list("kind", flat=True)
    assert list(kinds) == ["breakout-call", "breakout-come"]


def test_all_come_back_a_minute_after_it_was_said(room: Class) -> None:
    come_in(room)
    divide(room, minutes=30)
    for _ in range(2):
        breakouts.bring_back(room.session, by=room.teacher)
    assert RoomEvent.objects.filter(kind="breakouts-end").count() == 1
    assert not breakouts.close_if_due(room.session, by=room.learner)
    Division.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NoBreakouts):
        write(room, room.learner)
    assert rooms_of(fresh(room), room.learner) == [str(room.session.uuid)]
    assert close_groups() == 1
    assert close_groups() == 0
    assert not Place.objects.filter(until=None).exists()


def test_end_of_the_class_closes_its_groups(room: Class) -> None:
    come_in(room)
    divide(room)
    end_session(room.session, by=room.teacher)
    assert list(RoomEvent.objects.order_by("-seq").values_list("kind", flat=True)[:2]) == ["end", "breakouts-over"]
    assert Visit.objects.filter(left_at=None).count() == 0


@pytest.mark.django_db(transaction=True)
@scenario
async def test_group_hears_its_own_words_and_of_others_the_number(room: Class) -> None:
    await sync_to_async(come_in)(room)
    users = (room.teacher, room.learner, room.other)
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(joined(room.session, user)) for user in users]
        await sync_to_async(divide)(room)
        said = await sync_to_async(write)(room, room.learner, text="Faqat biz")
        heard = [await client.hear_event("breakout-say") for client in clients]
        assert [event["seq"] for event in heard] == [said.seq] * 3
        assert [event.get("text") for event in heard] == ["Faqat biz", "Faqat biz", None]
        assert heard[2] == {"seq": said.seq, "kind": "breakout-say", "at": heard[2]["at"], "elsewhere": True}
        for client, event in zip(clients, heard, strict=True):  # told again, it is the same
            await client.send("sync", since=said.seq - 1)
            assert (await client.hear("events"))["events"] == [event]


@pytest.mark.django_db(transaction=True)
@scenario
async def test_who_is_moved_hears_what_was_said_where_they_were(room: Class) -> None:
    await sync_to_async(come_in)(room)
    first, second = await sync_to_async(divide)(room)
    before = await sync_to_async(write)(room, room.learner)
    async with joined(room.session, room.other) as two:  # a room that opens while the class is divided
        await sync_to_async(write)(room, room.learner, text="Eski")
        assert "text" not in await two.hear_event("breakout-say")
        await sync_to_async(place)(room, room.other, first)
        await sync_to_async(write)(room, room.learner, text="Yangi")
        assert (await two.hear_event("breakout-say"))["text"] == "Yangi"
        await sync_to_async(place)(room, room.other, second)
        await sync_to_async(write)(room, room.learner, text="Keyin")
        assert "text" not in await two.hear_event("breakout-say")
        await two.send("sync", since=before.seq)
        told = [event for event in (await two.hear("events"))["events"] if event["kind"] == "breakout-say"]
        assert [event.get("text") for event in told] == [None, "Yangi", None]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("chosen", [(0, 1), (1, 1)])
def test_two_who_lead_move_the_same_learner(chosen: tuple[int, int], room: Class) -> None:
    come_in(room)
    set_host(room.session, who=room.other.uuid, host=True, by=room.teacher)
    groups = divide(room, "hand")

    def run(act: Callable[[], None]) -> None:
        try:
            act()
        finally:
            connection.close()

    acts = [
        lambda by=by, group=groups[number]: place(room, room.learner, group, by=by)
        for by, number in zip((room.teacher, room.other), chosen, strict=True)
    ]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, acts))
    moves = RoomEvent.objects.filter(kind="breakout-place").order_by("seq")
    stay = Place.objects.get(until=None)
    assert str(stay.breakout.uuid) == moves.last().body["to"]  # type: ignore[union-attr]  # somebody was moved
    assert len(moves) == len(set(chosen))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_groups_close_once_however_many_say_that_their_time_is_up(room: Class) -> None:
    come_in(room)
    divide(room, minutes=1)
    Division.objects.update(ends_at=timezone.now())

    def run(_number: int) -> bool:
        try:
            return breakouts.close_if_due(room.session, by=room.learner)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(run, range(4))) == 1
    assert RoomEvent.objects.filter(kind="breakouts-over").count() == 1


def test_refusal_tells_its_code(room: Class) -> None:
    with pytest.raises(DomainError) as refused:
        breakouts.move(room.session, who=UUID(int=0), by=room.teacher)
    assert refused.value.code == "no-breakouts"


# --- The page -----------------------------------------------------------------------------------------
def test_page_works_without_a_script(room: Class) -> None:
    come_in(room)
    teacher, learner = browser(room.teacher), browser(room.learner)
    address = page("room", room.session.uuid)
    assert "Kichik guruhlar" in teacher.get(address).content.decode()
    act(teacher, room.session, "breakouts", count="2", how="choice", minutes="")
    first, second = Breakout.objects.all()
    assert f'value="{second.uuid}"' in learner.get(address).content.decode()
    act(learner, room.session, "breakout-move", breakout=str(first.uuid))
    act(learner, room.session, "breakout-say", text="Bizda savol bor", key=str(uuid4()), breakout=str(first.uuid))
    act(learner, room.session, "breakout-call")
    shown = learner.get(address).content.decode()
    assert "Siz 1-kichik guruhdasiz" in shown
    assert "Bizda savol bor" in shown
    assert "Bizda savol bor" not in browser(room.other).get(address).content.decode()
    shown = teacher.get(address, {"group": str(first.uuid)}).content.decode()
    assert "Bizda savol bor" in shown
    assert "1-kichik guruh sizni chaqirmoqda." in shown
    act(teacher, room.session, "breakouts-end", at_once="true")
    assert "kichik guruhdasiz" not in learner.get(address).content.decode()


def test_record_shows_a_learner_what_was_said_where_they_were_and_the_teacher_all(room: Class) -> None:
    come_in(room)
    divide(room)
    write(room, room.learner, text="Birinchi guruh")
    write(room, room.other, text="Ikkinchi guruh")
    write(room, room.teacher, text="Hammaga")
    end_session(room.session, by=room.teacher)
    shown = {
        user: browser(user).get(page("room", room.session.uuid)).content.decode()
        for user in (room.learner, room.teacher)
    }
    assert "Birinchi guruh" in shown[room.learner]
    assert "Ikkinchi guruh" not in shown[room.learner]
    assert shown[room.learner].count("Hammaga") == 1
    assert shown[room.teacher].count("Hammaga") == 2
    assert "Ikkinchi guruh" in shown[room.teacher]


@pytest.mark.parametrize("learners", [1, 3])
def test_parts_about_groups_cost_the_same_for_one_and_many(
    learners: int, room: Class, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    users = [make_user() for _ in range(learners)]
    for user in users:
        make_learner(room.cohort, user)
    come_in(room, *users)
    divide(room)
    client = browser(room.teacher)
    client.get(page("groups_now", room.session.uuid))
    with django_assert_num_queries(9):
        client.get(page("groups_now", room.session.uuid))
