"""A class on two nodes goes on when Redis is restarted and a node is killed in the middle of it."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from benchmarks.room import ensure_room
from benchmarks.serving import Server, cookie_of
from benchmarks.sockets import running_sockets
from live import intervals
from live.models import LiveSession, Poll, RoomEvent, Visit, Vote
from live.services.polls import close_poll, prepare_poll
from tests.accounts.factories import make_user
from tests.live.stranger import Stranger
from tests.services import database_url, prepare_redis, running_redis

LEARNERS, TABS, NEVER_BACK = 60, 5, 5
MESSAGES, HANDS = 50, 10
PAUSE = 0.08  # between messages
REDIS_GONE, REDIS_BACK, NODE_GONE = 12, 24, 34  # before which message
HEARTBEAT = 2.0  # of tests.live.node
PATIENCE = 30.0


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_every_client_that_comes_back_has_every_message_once_and_in_order(tmp_path: Path) -> None:
    session, users = ensure_room(LEARNERS)
    headers = [cookie_of(user) for user in users]
    teacher = make_user(role="instructor", place=session.cohort.organization)
    poll = prepare_poll(session, text="Tushunarlimi?", choices=["Ha", "Yoʻq"], at_once=True, by=teacher)
    connection.close()
    redis_url = prepare_redis(tmp_path)
    variables = {"DATABASE_URL": database_url(connection.settings_dict), "REDIS_URL": redis_url}
    with ExitStack() as stack:
        start_redis = partial(running_redis, tmp_path, redis_url, stop=signal.SIGKILL)
        redis = stack.enter_context(ExitStack())
        redis.enter_context(start_redis())
        nodes = [stack.enter_context(running_sockets("tests.live.node", **variables)) for _ in range(2)]
        outage = Outage(redis, start_redis, nodes[0])
        close = partial(close_from_elsewhere, session, poll, teacher)
        tabs = asyncio.run(hold_class(session, headers, [node.port for node in nodes], outage, close))
    assert_all_was_shown(session, tabs)
    assert_votes_are_counted(poll, users, tabs)
    assert_time_is_known(session, users, tabs)


@dataclass
class Outage:
    """What fails in the middle of the class."""

    redis: ExitStack
    start_redis: Callable[[], AbstractContextManager[None]]
    node: Server

    def befall(self, message: int) -> None:
        if message == REDIS_GONE:
            self.redis.close()
        elif message == REDIS_BACK:
            self.redis.enter_context(self.start_redis())
        elif message == NODE_GONE:
            os.killpg(self.node.process, signal.SIGKILL)


def close_from_elsewhere(session: LiveSession, poll: Poll, teacher: User) -> None:
    """Close the poll in a process without sockets, as one node does for those of another."""
    close_poll(session, poll=poll.uuid, by=teacher)
    connection.close()


async def hold_class(
    session: LiveSession,
    headers: list[dict[str, str]],
    ports: list[int],
    outage: Outage,
    close: Callable[[], None],
) -> list[list[Stranger]]:
    """The tabs of each learner; the first few learners are on the first node alone, and do not come back to another."""
    urls = [f"ws://127.0.0.1:{port}/live/{session.uuid}/socket/?language=uz" for port in ports]
    tabs = [
        [Stranger(urls if n < NEVER_BACK or tab % 2 else urls[::-1], headers[n]) for tab in range(TABS)]
        for n in range(LEARNERS)
    ]
    everybody = [tab for of_one in tabs for tab in of_one]
    tasks = [asyncio.create_task(tab.run()) for tab in everybody]
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(tab.welcomed.wait() for tab in everybody))
    await asyncio.sleep(HEARTBEAT)
    for n in range(MESSAGES):
        if n == NODE_GONE:
            for tab in everybody[: NEVER_BACK * TABS]:
                tab.may_return = False
        await asyncio.to_thread(outage.befall, n)
        speaker = tabs[NEVER_BACK + n % (LEARNERS - NEVER_BACK)]
        await speaker[n % TABS].say(f"{n}")
        await speaker[n % TABS].vote(asked(speaker[n % TABS]), "ab"[n % 2])
        if n < HANDS:
            await speaker[n % TABS].ask("hand")
        await asyncio.sleep(PAUSE)
    staying = everybody[NEVER_BACK * TABS :]
    async with asyncio.timeout(PATIENCE):
        while any(count(tab, "say") < MESSAGES or tab.unanswered for tab in staying):
            await asyncio.sleep(0.1)
        await asyncio.to_thread(close)
        while not all(count(tab, "poll-close") for tab in staying):
            await asyncio.sleep(0.1)
    await asyncio.sleep(HEARTBEAT)
    for tab in staying:
        tab.may_return = False
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return tabs


def count(tab: Stranger, kind: str) -> int:
    return sum(event["kind"] == kind for event in tab.shown)


def asked(tab: Stranger) -> str:
    """The poll that a tab was told of."""
    return next(str(event["poll"]["id"]) for event in tab.shown if event["kind"] == "poll-open")


def assert_all_was_shown(session: LiveSession, tabs: list[list[Stranger]]) -> None:
    events = list(RoomEvent.objects.filter(session=session).order_by("seq"))
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    texts = [event.body["text"] for event in events if event.kind == "say"]
    assert sorted(texts, key=int) == [f"{n}" for n in range(MESSAGES)]
    assert sum(event.kind == "hand" for event in events) == HANDS
    for of_one in tabs[NEVER_BACK:]:
        for tab in of_one:
            assert tab.refusals == []
            assert [event["seq"] for event in tab.shown] == [event.seq for event in events]
            assert [event["text"] for event in tab.shown if event["kind"] == "say"] == texts


def assert_votes_are_counted(poll: Poll, users: list[User], tabs: list[list[Stranger]]) -> None:
    """Each learner voted once; the votes are those that were acknowledged, and the totals are theirs."""
    picked = dict(Vote.objects.filter(poll=poll).values_list("user", "picked"))
    said = {user.pk: tab.answered for user, of_one in zip(users, tabs, strict=True) for tab in of_one if tab.answered}
    assert picked == {pk: answered[str(poll.uuid)] for pk, answered in said.items()}
    assert len(picked) == MESSAGES
    results = RoomEvent.objects.get(session=poll.session_id, kind="poll-close").body["results"]
    assert results["voters"] == MESSAGES
    assert results["totals"] == Counter(key for keys in picked.values() for key in keys)


def assert_time_is_known(session: LiveSession, users: list[User], tabs: list[list[Stranger]]) -> None:
    """What is written down of each learner differs from what their tabs lived through by a heartbeat at most."""
    assert session.started_at
    for user, of_one in zip(users, tabs, strict=True):
        visits = Visit.objects.filter(session=session, user=user)
        lived = [stay for tab in of_one for stay in tab.stays]
        known = seconds(session, [(visit.joined_at, visit.until) for visit in visits])
        truth = seconds(session, [(moment(begin), moment(end)) for begin, end in lived])
        assert truth > 2 * HEARTBEAT
        assert abs(known - truth) <= HEARTBEAT + 1.0  # and a moment for the writing


def moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def seconds(session: LiveSession, stays: list[intervals.Interval]) -> float:
    assert session.started_at
    merged = intervals.merge(stays, begin=session.started_at, end=timezone.now())
    return sum((end - begin).total_seconds() for begin, end in merged)
