"""Polls and quick quizzes: who may do what, what each is told, and totals that equal the votes."""

import threading
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEvent, User
from base.errors import DomainError, IllegalMove, InvalidInput
from courses.models import Question
from courses.services.bank import add_question
from live.models import LiveSession, Poll, RoomEvent, Vote
from live.queries.polls import tallies
from live.services.events import ClassNotBegun, ClassOver, NotInClass, TeachersOnly
from live.services.polls import (
    PollClosed,
    close_poll,
    open_poll,
    prepare_poll,
    prepare_quiz,
    remove_draft,
    vote,
)
from live.services.sessions import end_session
from tests.accounts.factories import make_user
from tests.live.conftest import Class
from tests.live.factories import make_learner, make_session
from tests.live.sockets import Frame, joined, scenario, settle
from tests.live.test_views import act, browser, page

pytestmark = pytest.mark.django_db


def make_poll(room: Class, **plan: Any) -> Poll:
    """A poll of three choices (a, b, c) that is open."""
    defaults: dict[str, Any] = {"text": "Tushunarlimi?", "choices": ["Ha", "Yoʻq", "Qisman"], "at_once": True}
    poll = prepare_poll(room.session, by=room.teacher, **defaults | plan)
    poll.refresh_from_db()
    return poll


def make_question(room: Class, kind: str = "single", **content: Any) -> Question:
    choices = [
        {"text": {"en": "Cotton"}, "correct": True, "feedback": {"en": "It is a plant."}},
        {"text": {"en": "Nylon"}, "correct": False},
    ]
    data = {"text": {"en": "Which <b>fibre</b> grows?"}, "choices": choices, "feedback": {"en": "Look at lesson 3."}}
    return add_question(room.cohort.organization, kind=kind, content=data | content, by=room.teacher)


def make_quiz(room: Class, **content: Any) -> Poll:
    """A quick quiz of one right choice (a) and a wrong one (b) that is open."""
    quiz = prepare_quiz(room.session, question=make_question(room, **content).uuid, by=room.teacher)
    open_poll(room.session, poll=quiz.uuid, by=room.teacher)
    quiz.refresh_from_db()
    return quiz


def last_event(room: Class) -> RoomEvent:
    event = RoomEvent.objects.filter(session=room.session).last()
    assert event
    return event


# --- Preparing and asking ---------------------------------------------------------------------
def test_poll_is_prepared_before_the_class_and_asked_in_it(room: Class) -> None:
    coming = make_session(room.cohort, starts_at=room.session.ends_at)
    poll = prepare_poll(coming, text=" Qaysi  mato? ", choices=["Paxta", "Ipak", "Paxta"], by=room.teacher)
    assert (str(poll), poll.keys, poll.status) == ("Qaysi mato?", ["a", "b"], "draft")
    with pytest.raises(ClassNotBegun):
        open_poll(coming, poll=poll.uuid, by=room.teacher)
    LiveSession.objects.filter(pk=coming.pk).update(status="live")
    for _ in range(2):
        open_poll(coming, poll=poll.uuid, by=room.teacher)
    event = coming.events.get()
    assert (event.kind, event.body["poll"]["id"]) == ("poll-open", str(poll.uuid))
    assert AuditEvent.objects.filter(action="poll.opened").count() == 1


@pytest.mark.parametrize(
    "plan",
    [
        {"text": " "},
        {"text": "a" * 501},
        {"choices": ["Ha"]},
        {"choices": ["Ha", "Ha"]},
        {"choices": [str(number) for number in range(9)]},
        {"choices": ["Ha", "\0"]},
        {"choices": ["Ha", "b" * 201]},
    ],
)
def test_poll_that_cannot_be_answered_is_refused(plan: dict[str, Any], room: Class) -> None:
    with pytest.raises(InvalidInput):
        make_poll(room, **plan)
    assert not Poll.objects.exists()


def test_only_who_teaches_leads_polls(room: Class) -> None:
    poll = make_poll(room, at_once=False)
    for act_on in (open_poll, close_poll, remove_draft):
        with pytest.raises(TeachersOnly):
            act_on(room.session, poll=poll.uuid, by=room.learner)
    with pytest.raises(TeachersOnly):
        prepare_poll(room.session, text="?", choices=["a", "b"], by=room.learner)
    with pytest.raises(InvalidInput):
        open_poll(room.session, poll=uuid4(), by=room.teacher)


def test_draft_is_removed_and_what_was_asked_stays(room: Class) -> None:
    draft, asked = make_poll(room, at_once=False), make_poll(room)
    remove_draft(room.session, poll=draft.uuid, by=room.teacher)
    with pytest.raises(IllegalMove):
        remove_draft(room.session, poll=asked.uuid, by=room.teacher)
    assert Poll.objects.get() == asked


def test_closed_poll_stays_closed(room: Class) -> None:
    poll = make_poll(room)
    for _ in range(2):
        close_poll(room.session, poll=poll.uuid, by=room.teacher)
    assert RoomEvent.objects.filter(kind="poll-close").count() == 1
    with pytest.raises(IllegalMove):
        open_poll(room.session, poll=poll.uuid, by=room.teacher)


def test_end_of_the_class_closes_what_is_open(room: Class) -> None:
    poll = make_poll(room)
    vote(room.session, poll=poll.uuid, choices=["b"], by=room.learner)
    end_session(room.session, by=room.teacher)
    kinds = [event.kind for event in RoomEvent.objects.filter(session=room.session)]
    assert kinds == ["start", "poll-open", "poll-close", "end"]
    with pytest.raises(PollClosed):
        vote(room.session, poll=poll.uuid, choices=["a"], by=room.learner)
    with pytest.raises(ClassOver):
        make_poll(room)


# --- Voting -----------------------------------------------------------------------------------
def test_vote_counts_once_and_may_change_while_open(room: Class) -> None:
    poll = make_poll(room)
    for choice in ("a", "a", "b"):
        vote(room.session, poll=poll.uuid, choices=[choice], by=room.learner)
    vote(room.session, poll=poll.uuid, choices=["b"], by=room.other)
    assert Vote.objects.count() == 2
    close_poll(room.session, poll=poll.uuid, by=room.teacher)
    assert last_event(room).body["results"] == {
        "poll": str(poll.uuid),
        "voters": 2,
        "totals": {"a": 0, "b": 2, "c": 0},
    }
    with pytest.raises(PollClosed):
        vote(room.session, poll=poll.uuid, choices=["a"], by=room.learner)


@pytest.mark.parametrize("choices", [[], ["d"], ["a", "b"], ["a", "d"]])
def test_answer_that_does_not_fit_is_refused(choices: list[str], room: Class) -> None:
    poll = make_poll(room)
    with pytest.raises(InvalidInput):
        vote(room.session, poll=poll.uuid, choices=choices, by=room.learner)
    assert not Vote.objects.exists()


def test_several_may_be_chosen_where_the_poll_says_so(room: Class) -> None:
    poll = make_poll(room, multiple=True)
    assert vote(room.session, poll=poll.uuid, choices=["c", "a"], by=room.learner).picked == ["a", "c"]
    vote(room.session, poll=poll.uuid, choices=["c"], by=room.other)
    tally = tallies([poll.pk])[poll.pk]
    assert (tally.voters, dict(tally.totals)) == (2, {"a": 1, "c": 2})


def test_who_does_not_learn_there_has_no_vote(room: Class, outsider: User) -> None:
    poll = make_poll(room)
    for user in (room.teacher, outsider):
        with pytest.raises(NotInClass):
            vote(room.session, poll=poll.uuid, choices=["a"], by=user)


def test_draft_and_poll_of_another_class_are_not_there(room: Class) -> None:
    draft = make_poll(room, at_once=False)
    elsewhere = make_session(room.cohort, starts_at=room.session.ends_at)
    for session, poll in ((room.session, draft), (elsewhere, make_poll(room))):
        with pytest.raises(InvalidInput):
            vote(session, poll=poll.uuid, choices=["a"], by=room.learner)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_totals_equal_the_votes_when_all_vote_while_it_closes(room: Class) -> None:
    learners = [room.learner, room.other, *(make_user() for _ in range(6))]
    for learner in learners[2:]:
        make_learner(room.cohort, learner)
    poll = make_poll(room)
    refused = []

    def run(learner: User | None) -> None:
        try:
            if learner is None:
                close_poll(room.session, poll=poll.uuid, by=room.teacher)
            else:
                for choice in "abca":
                    vote(room.session, poll=poll.uuid, choices=[choice], by=learner)
        except PollClosed as error:
            refused.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[each]) for each in (*learners[:5], None, *learners[5:])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = last_event(room).body["results"]
    picked = [vote.picked[0] for vote in Vote.objects.filter(poll=poll)]
    assert told["totals"] == {key: picked.count(key) for key in "abc"}
    assert told["voters"] == len(picked)


# --- Quick quizzes ----------------------------------------------------------------------------
def test_quick_quiz_tells_what_is_right_once_it_is_closed(room: Class) -> None:
    quiz = make_quiz(room)
    asked = last_event(room).body["poll"]
    assert (asked["text"], asked["quiz"]) == ({"en": "Which fibre grows?"}, True)
    assert "is_right" not in str(asked)
    assert "plant" not in str(asked)
    vote(room.session, poll=quiz.uuid, choices=["b"], by=room.learner)
    close_poll(room.session, poll=quiz.uuid, by=room.teacher)
    told = last_event(room).body["results"]
    assert (told["right"], told["feedback"]) == (["a"], {"en": "Look at lesson 3."})
    assert told["explained"] == {"a": {"en": "It is a plant."}}


def test_true_or_false_is_asked_in_every_language(room: Class) -> None:
    quiz = make_quiz(room, kind="true-false", answer=False, answer_feedback={"false": {"en": "Never."}})
    assert quiz.keys == ["true", "false"]
    assert quiz.choices[1]["text"]["ru"] != quiz.choices[1]["text"]["en"]
    assert [choice["is_right"] for choice in quiz.choices] == [False, True]


def test_question_that_is_changed_later_is_asked_as_it_was_taken(room: Class, outsider: User) -> None:
    question = make_question(room)
    for asked, by in ((uuid4(), room.teacher), (question.uuid, outsider)):
        with pytest.raises(DomainError):
            prepare_quiz(room.session, question=asked, by=by)
    Question.objects.filter(pk=question.pk).update(kind="essay")
    with pytest.raises(InvalidInput):
        prepare_quiz(room.session, question=question.uuid, by=room.teacher)


# --- Over the socket --------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@scenario
async def test_poll_from_preparing_to_its_results_with_two_clients(room: Class) -> None:
    async with joined(room.session, room.teacher) as teacher, joined(room.session, room.learner) as learner:
        assert await learner.refusal("poll", text="?", choices=["a", "b"]) == "teachers-only"
        assert await learner.refusal("drafts") == "teachers-only"
        await teacher.send("poll", text="Tushunarlimi?", choices=["Ha", "Yoʻq"])
        assert (await teacher.hear("news", having="passing"))["passing"] == {"drafts": True}
        await teacher.send("drafts")
        poll = (await teacher.hear("drafts"))["polls"][0]
        assert await learner.refusal("vote", poll=poll["id"], choices=["a"]) == "unknown"
        await teacher.send("poll-open", poll=poll["id"])
        for client in (teacher, learner):
            assert (await client.hear_event("poll-open"))["poll"] == poll
        await learner.send("vote", poll=poll["id"], choices=["b"])
        assert (await learner.hear("results"))["mine"] == ["b"]
        passed = (await teacher.hear("news", having="passing"))["passing"]
        assert passed == {f"poll:{poll['id']}": {"poll": poll["id"], "voters": 1}}  # totals are not for learners yet
        await learner.send("results", poll=poll["id"])
        assert "totals" not in await learner.hear("results")
        await teacher.send("results", poll=poll["id"])
        told = await teacher.hear("results")
        assert told["totals"] == {"a": 0, "b": 1}
        assert "votes" not in told  # nobody sees who answered what
        await teacher.send("poll-close", poll=poll["id"])
        assert (await learner.hear_event("poll-close"))["results"]["totals"] == {"a": 0, "b": 1}
        assert await learner.refusal("vote", poll=poll["id"], choices=["a"]) == "poll-closed"


@pytest.mark.django_db(transaction=True)
@scenario
async def test_many_votes_make_one_frame_and_no_events(room: Class) -> None:
    poll = await sync_to_async(make_poll)(room, shows_results=True)
    voters = [room.learner, room.other, *[await sync_to_async(make_user)() for _ in range(10)]]
    for voter in voters[2:]:
        await sync_to_async(make_learner)(room.cohort, voter)
    async with joined(room.session, room.learner) as learner:
        await settle()
        while not await learner.hears_nothing():
            await learner.hear()
        for voter in voters:
            await sync_to_async(vote)(room.session, poll=poll.uuid, choices=["a"], by=voter)
        frames: list[Frame] = []
        while not frames or frames[-1]["voters"] < len(voters):
            frames.append((await learner.hear("news"))["passing"][f"poll:{poll.uuid}"])
        assert len(frames) <= 4
        assert frames[-1]["totals"] == {"a": len(voters), "b": 0, "c": 0}
    assert not await RoomEvent.objects.filter(session=room.session, seq__gt=2).aexists()


@pytest.mark.django_db(transaction=True)
@scenario
async def test_teacher_of_a_quick_quiz_sees_who_answered_what(room: Class) -> None:
    quiz = await sync_to_async(make_quiz)(room)
    async with joined(room.session, room.teacher) as teacher, joined(room.session, room.learner) as learner:
        await learner.send("vote", poll=str(quiz.uuid), choices=["b"])
        await learner.hear("results")
        for client, is_told in ((teacher, True), (learner, False)):
            await client.send("results", poll=str(quiz.uuid))
            told = await client.hear("results")
            assert told.get("votes") == ([{"name": room.learner.name, "picked": ["b"]}] if is_told else None)
            assert "right" not in told


@pytest.mark.django_db(transaction=True)
@scenario
async def test_hostile_polls_are_refused(room: Class) -> None:
    async with joined(room.session, room.teacher) as teacher:
        for op, fields in (
            ("poll", {"text": "?", "choices": 5}),
            ("poll", {"text": "?", "choices": ["x"] * 100}),
            ("poll", {"text": "a" * 3000, "choices": ["a", "b"]}),
            ("poll", {"text": "?", "choices": ["a", "b"], "status": "open"}),
            ("vote", {"poll": "1", "choices": ["a"]}),
            ("vote", {"poll": str(uuid4()), "choices": [{"a": 1}]}),
            ("poll-open", {}),
        ):
            assert await teacher.refusal(op, **fields) == "invalid", fields
        assert await teacher.refusal("results", poll=str(uuid4())) == "unknown"


# --- Pages ------------------------------------------------------------------------------------
def test_poll_works_by_forms(room: Class) -> None:
    teacher, learner = browser(room.teacher), browser(room.learner)
    act(teacher, room.session, "poll", text="<i>Savol</i>", choices="Ha\r\n\r\nYoʻq\n", multiple="true", at_once="true")
    poll = Poll.objects.get()
    assert (poll.keys, poll.is_multiple, poll.status) == (["a", "b"], True, "open")
    html = act(learner, room.session, "vote", poll=poll.uuid, choices=["a", "b"])
    assert Vote.objects.get().picked == ["a", "b"]
    assert "&lt;i&gt;Savol" in html
    assert learner.get(page("act", room.session.uuid, "results")).status_code == 405
    act(teacher, room.session, "poll-close", poll=poll.uuid)
    end_session(room.session, by=room.teacher)
    rows = learner.get(page("room", room.session.uuid)).context["polls"]
    assert [(choice.key, choice.count, choice.is_picked) for choice in rows[0].choices] == [
        ("a", 1, True),
        ("b", 1, True),
    ]


def test_question_is_taken_from_the_bank(room: Class) -> None:
    question, teacher = make_question(room), browser(room.teacher)
    make_question(room, kind="essay", choices=None)
    answer = teacher.get(page("questions", room.session.uuid), {"q": "fibre"})
    assert list(answer.context["page"].items) == [question]
    assert teacher.post(page("questions", room.session.uuid), {"question": question.uuid}).status_code == 302
    assert Poll.objects.get().version == question.current
    assert "Which fibre grows?" not in browser(room.learner).get(page("room", room.session.uuid)).content.decode()


def test_learner_sees_totals_as_the_teacher_chose(room: Class) -> None:
    hidden, shown = make_poll(room), make_poll(room, shows_results=True)
    for poll in (hidden, shown):
        vote(room.session, poll=poll.uuid, choices=["a"], by=room.other)
    for user, counts in ((room.learner, [1, None]), (room.teacher, [1, 1])):
        rows = browser(user).get(page("room", room.session.uuid)).context["polls"]
        assert [row.choices[0].count for row in rows] == counts


def test_rows_that_the_script_fills_show_no_results_yet(room: Class) -> None:
    row = browser(room.learner).get(page("room", room.session.uuid)).content.decode()
    row = row.partition('data-template="choice-radio"')[2].partition("</template>")[0]
    assert '<progress class="progress" max="1" value="0" aria-hidden="true" hidden>' in row


@pytest.mark.parametrize("count", [1, 3])
def test_room_asks_as_much_for_many_polls(
    count: int, room: Class, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        vote(room.session, poll=make_quiz(room).uuid, choices=["a"], by=room.learner)
    client = browser(room.teacher)
    client.get(page("room", room.session.uuid))
    with django_assert_num_queries(28):
        assert client.get(page("room", room.session.uuid)).status_code == 200
