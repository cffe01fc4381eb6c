"""Questions to a class: asked ahead or in it, wanted by others, ranked, answered, removed."""

from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from accounts.models import AuditEvent, User
from base.errors import InvalidInput
from live.models import Inquiry, LiveSession, RoomEvent, Support
from live.queries.inquiries import inquiries_of
from live.services.chat import Muted, set_muted
from live.services.events import ClassNotBegun, ClassOver, NotInClass, TeachersOnly
from live.services.inquiries import TooManyQuestions, ask, mark_answered, remove_inquiry, support
from live.services.sessions import end_session
from tests.live.conftest import Class
from tests.live.factories import make_session, make_visit
from tests.live.sockets import joined, scenario
from tests.live.test_views import act, browser, page

pytestmark = pytest.mark.django_db


def make_inquiry(room: Class, text: str = "Qachon?", by: User | None = None) -> Inquiry:
    return ask(room.session, text=text, by=by or room.learner)


def test_questions_are_asked_before_the_class_and_ranked_by_who_wants_them(room: Class) -> None:
    coming = make_session(room.cohort, starts_at=room.session.ends_at)
    first, second, third = (ask(coming, text=text, by=room.learner) for text in ("1", "2", "3"))
    for inquiry in (second, second, third):
        support(coming, inquiry=inquiry.uuid, by=room.other)
    support(coming, inquiry=second.uuid, by=room.teacher)
    assert list(inquiries_of(coming, room.other)) == [second, third, first]
    with pytest.raises(ClassNotBegun):
        mark_answered(coming, inquiry=second.uuid, by=room.teacher)
    LiveSession.objects.filter(pk=coming.pk).update(status="live")
    for _ in range(2):
        mark_answered(coming, inquiry=second.uuid, by=room.teacher)
    ranked = list(inquiries_of(coming, room.other))
    assert ranked == [third, first, second]
    assert [(each.supporters, each.is_supported) for each in ranked] == [(1, True), (0, False), (2, True)]
    assert [event.kind for event in coming.events.all()] == ["ask", "ask", "ask", "answered"]


def test_question_sent_again_with_its_key_is_the_one_there_is(room: Class) -> None:
    key = uuid4()
    assert ask(room.session, text="Qachon?", key=key, by=room.learner) == ask(
        room.session, text="Qachon?", key=key, by=room.learner
    )
    assert Inquiry.objects.get().uuid == key


@pytest.mark.parametrize("text", ["", " \0 ", "a" * 301])
def test_text_that_is_no_question_is_refused(text: str, room: Class) -> None:
    with pytest.raises(InvalidInput):
        make_inquiry(room, text)


def test_who_may_ask_and_support(room: Class, outsider: User) -> None:
    inquiry = make_inquiry(room)
    with pytest.raises(InvalidInput):
        support(room.session, inquiry=inquiry.uuid, by=room.learner)  # one's own
    with pytest.raises(NotInClass):
        support(room.session, inquiry=inquiry.uuid, by=outsider)
    with pytest.raises(NotInClass):
        make_inquiry(room, by=outsider)
    for move in (mark_answered, remove_inquiry):
        with pytest.raises(TeachersOnly):
            move(room.session, inquiry=inquiry.uuid, by=room.learner)
    make_visit(room.session, room.other, minutes=(0, 1))
    set_muted(room.session, who=room.other.uuid, muted=True, by=room.teacher)
    with pytest.raises(Muted):
        make_inquiry(room, by=room.other)
    end_session(room.session, by=None)
    with pytest.raises(ClassOver):
        support(room.session, inquiry=inquiry.uuid, by=room.other)


def test_five_questions_of_one_person_wait(room: Class) -> None:
    asked = [make_inquiry(room, str(number)) for number in range(5)]
    with pytest.raises(TooManyQuestions):
        make_inquiry(room)
    mark_answered(room.session, inquiry=asked[0].uuid, by=room.teacher)
    make_inquiry(room)


def test_removed_question_is_told_to_nobody(room: Class) -> None:
    inquiry = make_inquiry(room, "Yomon soʻz")
    for _ in range(2):
        remove_inquiry(room.session, inquiry=inquiry.uuid, by=room.teacher)
    assert AuditEvent.objects.filter(action="session.question-removed").count() == 1
    assert not inquiries_of(room.session, room.teacher)
    with pytest.raises(InvalidInput):
        support(room.session, inquiry=inquiry.uuid, by=room.other)


@pytest.mark.django_db(transaction=True)
@scenario
async def test_question_from_asking_to_its_answer_with_two_clients(room: Class) -> None:
    async with joined(room.session, room.teacher) as teacher, joined(room.session, room.learner) as learner:
        key = str(uuid4())
        await learner.send("ask", text="Qachon?", key=key)
        event = await teacher.hear_event("ask")
        assert (event["inquiry"], event["text"], event["by"]["id"]) == (key, "Qachon?", str(room.learner.uuid))
        await teacher.send("support", inquiry=key)
        passed = (await learner.hear("news", having="passing"))["passing"]
        assert passed == {f"inquiry:{key}": {"inquiry": key, "supporters": 1}}
        await teacher.send("inquiries")
        assert (await teacher.hear("inquiries"))["inquiries"] == [{"inquiry": key, "supporters": 1, "mine": True}]
        await teacher.send("answered", inquiry=key)
        assert (await learner.hear_event("answered"))["inquiry"] == key
        await teacher.send("withdraw", inquiry=key)
        await learner.hear_event("withdraw")
        await learner.send("sync", since=1)
        first = (await learner.hear("events"))["events"][0]
        assert (first["kind"], first["hidden"], "text" in first) == ("ask", True, False)
        hostile: tuple[tuple[str, dict[str, Any]], ...] = (
            ("ask", {"text": 5, "key": key}),
            ("ask", {"text": "?"}),
            ("support", {"inquiry": "1"}),
            ("answered", {}),
        )
        for op, fields in hostile:
            assert await learner.refusal(op, **fields) == "invalid", op
        assert await learner.refusal("support", inquiry=str(uuid4())) == "unknown"
    assert await sync_to_async(Support.objects.count)() == 1


def test_question_works_by_forms_on_the_waiting_page(room: Class) -> None:
    coming = make_session(room.cohort, starts_at=room.session.ends_at)
    html = act(browser(room.learner), coming, "ask", text="<b>Qachon?</b>", key=uuid4())
    assert "&lt;b&gt;Qachon?" in html
    inquiry = Inquiry.objects.get()
    act(browser(room.other), coming, "support", inquiry=inquiry.uuid)
    answer = browser(room.teacher).get(page("room", coming.uuid))
    assert [each.supporters for each in answer.context["inquiries"]] == [1]
    act(browser(room.teacher), coming, "withdraw", inquiry=inquiry.uuid)
    assert "Qachon" not in browser(room.learner).get(page("room", coming.uuid)).content.decode()
    assert RoomEvent.objects.filter(session=coming).count() == 2
