"""The notes of a class: written together, refused, read as they were."""

import threading
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEvent, User
from base.errors import DomainError, InvalidInput
from live.models import LiveSession, Notes, RoomEvent
from live.queries.notes import notes_of, text_at, turns
from live.services.chat import Muted, set_muted
from live.services.events import ClassNotBegun, ClassOver, NotInClass, TeachersOnly
from live.services.notes import (
    MOST_BEHIND,
    TURN,
    NotesChanged,
    NotesClosed,
    NotesFull,
    edit_notes,
    set_open,
    write_notes,
)
from live.services.sessions import end_session
from tests.live.conftest import Class
from tests.live.factories import make_session, make_visit
from tests.live.sockets import joined, scenario
from tests.live.test_views import act, browser, page

pytestmark = pytest.mark.django_db


def edit(room: Class, start: int, gone: int, text: str, *, by: User | None = None, **more: Any) -> RoomEvent:
    fields: dict[str, Any] = {"version": version(room), "key": uuid4()} | more
    return edit_notes(room.session, start=start, gone=gone, text=text, by=by or room.teacher, **fields)


def version(room: Class) -> int:
    return LiveSession.objects.values_list("notes_version", flat=True).get(pk=room.session.pk)


def text(room: Class) -> str:
    return Notes.objects.values_list("text", flat=True).get(session=room.session)


# --- Writing ----------------------------------------------------------------------------------
def test_edits_follow_each_other_and_past_versions_stay(room: Class) -> None:
    first = edit(room, 0, 0, "Mavzu: ipak")
    edit(room, 7, 4, "shoyi")
    assert text(room) == "Mavzu: shoyi"
    assert first.body == {"version": 1, "start": 0, "gone": 0, "text": "Mavzu: ipak", "turn": True}
    session = LiveSession.objects.get(pk=room.session.pk)
    assert [text_at(session, each) for each in range(3)] == ["", "Mavzu: ipak", "Mavzu: shoyi"]
    notes = notes_of(session)
    assert notes
    assert notes.writer == room.teacher


def test_edit_sent_again_is_the_one_there_is(room: Class) -> None:
    key = uuid4()
    first = edit(room, 0, 0, "Salom", key=key)
    assert edit(room, 0, 0, "Salom", key=key, version=0) == first
    assert (text(room), version(room)) == ("Salom", 1)


def test_what_others_wrote_elsewhere_stays(room: Class) -> None:
    set_open(room.session, are_open=True, by=room.teacher)
    edit(room, 0, 0, "bir ikki uch")
    edit(room, 0, 3, "BIR!", by=room.learner)
    assert edit(room, 9, 3, "UCH", by=room.other, version=1).body["start"] == 10
    assert text(room) == "BIR! ikki UCH"
    with pytest.raises(NotesChanged):
        edit(room, 1, 2, "", version=1)
    assert text(room) == "BIR! ikki UCH"


def test_turn_begins_with_another_writer_or_after_a_rest(room: Class) -> None:
    set_open(room.session, are_open=True, by=room.teacher)
    for by in (room.teacher, room.teacher, room.learner):
        edit(room, 0, 0, "x", by=by)
    Notes.objects.update(changed_at=Notes.objects.get().changed_at - TURN - timedelta(seconds=1))
    edit(room, 0, 0, "x", by=room.learner)
    assert [event.body["version"] for event in turns(room.session).order_by("seq")] == [1, 3, 4]


def test_who_may_write(room: Class, outsider: User) -> None:
    with pytest.raises(NotesClosed):
        edit(room, 0, 0, "x", by=room.learner)
    with pytest.raises(TeachersOnly):
        set_open(room.session, are_open=True, by=room.learner)
    for _ in range(2):
        set_open(room.session, are_open=True, by=room.teacher)
    edit(room, 0, 0, "x", by=room.learner)
    with pytest.raises(NotInClass):
        edit(room, 0, 0, "x", by=outsider)
    make_visit(room.session, room.learner, minutes=(0, 1), enrollment=room.enrollment)
    set_muted(room.session, who=room.learner.uuid, muted=True, by=room.teacher)
    with pytest.raises(Muted):
        edit(room, 0, 0, "x", by=room.learner)
    for _ in range(2):
        set_open(room.session, are_open=False, by=room.teacher)
    with pytest.raises(NotesClosed):
        edit(room, 0, 0, "x", by=room.other)
    assert AuditEvent.objects.filter(action__startswith="session.notes-").count() == 2
    assert list(room.session.events.filter(kind__startswith="notes-").values_list("kind", flat=True)) == [
        "notes-open",
        "notes-close",
    ]


def test_what_is_not_right_is_refused(room: Class) -> None:
    edit(room, 0, 0, "Salom")
    fields: dict[str, Any] = {"start": 0, "gone": 0, "text": "x"}
    for wrong in ({"start": 6}, {"start": 3, "gone": 3}, {"text": "\0"}, {"text": "a\r\n"}, {"version": 2}):
        with pytest.raises(InvalidInput):
            edit(room, **fields | wrong)
    LiveSession.objects.update(notes_version=MOST_BEHIND + 5)
    with pytest.raises(NotesChanged):
        edit(room, 0, 0, "x", version=1)
    assert text(room) == "Salom"


def test_notes_that_are_full_can_only_be_shortened(room: Class) -> None:
    edit(room, 0, 0, "a" * Notes.LONGEST)
    with pytest.raises(NotesFull, match="20000"):
        edit(room, 0, 0, "b")
    edit(room, 0, 2, "b")
    assert len(text(room)) == Notes.LONGEST - 1


def test_only_a_class_that_is_on_has_notes_written(room: Class) -> None:
    coming = make_session(room.cohort, starts_at=room.session.ends_at)
    with pytest.raises(ClassNotBegun):
        write_notes(coming, version=0, text="x", key=uuid4(), by=room.teacher)
    end_session(room.session, by=room.teacher)
    with pytest.raises(ClassOver):
        edit(room, 0, 0, "x")


# --- Pages ------------------------------------------------------------------------------------
def test_form_writes_and_both_texts_are_shown_where_it_is_refused(room: Class) -> None:
    teacher, url = browser(room.teacher), page("notes", room.session.uuid)
    fields = {"version": 0, "text": "\r\nbir\r\n<b>ikki</b>", "key": uuid4()}
    for _ in range(2):  # sent twice by a nervous thumb
        assert teacher.post(url, fields).status_code == 302
    assert text(room) == "\nbir\n<b>ikki</b>"
    html = browser(room.learner).get(page("room", room.session.uuid)).content.decode()
    assert ">\n\nbir\n&lt;b&gt;ikki&lt;/b&gt;</textarea>" in html
    assert "readonly" in html
    assert teacher.post(url, {"version": 1, "text": "\nbir\nikki", "key": uuid4()}).status_code == 302
    answer = teacher.post(url, {"version": 1, "text": "uch", "key": uuid4()})
    assert answer.status_code == 409
    assert "\nuch</textarea>" in answer.content.decode()
    assert "\nbir\nikki</textarea>" in answer.content.decode()
    answer = browser(room.learner).post(url, {"version": 2, "text": "meniki", "key": uuid4()})
    assert (answer.status_code, "meniki" in answer.content.decode()) == (403, True)
    assert teacher.post(url, {"version": 1, "text": "x" * 40_001, "key": uuid4()}).status_code == 422
    assert teacher.post(url, {"version": "x"}).status_code == 422


def test_who_leads_reads_how_it_was_and_all_take_the_file(room: Class) -> None:
    for number, words in enumerate(("bir", "ikki")):
        edit(room, 0, 0, words)
        Notes.objects.update(changed_at=Notes.objects.get().changed_at - TURN * (2 - number))
    teacher, learner = browser(room.teacher), browser(room.learner)
    url, file = page("notes", room.session.uuid), page("notes_text", room.session.uuid)
    answer = teacher.get(url, {"version": 1})
    assert (answer.context["text"], len(answer.context["page"].items)) == ("bir", 2)
    end_session(room.session, by=room.teacher)
    assert "ikkibir" in learner.get(page("room", room.session.uuid)).content.decode()
    answer = learner.get(file)
    assert answer.content.decode() == "ikkibir"
    assert answer["Content-Disposition"].startswith("attachment")
    assert learner.get(file, {"version": 1}).status_code == 403
    assert teacher.get(file, {"version": 1}).content == b"bir"
    for asked in ("3", "-1", "x", "²", "9" * 99):
        assert teacher.get(file, {"version": asked}).status_code == 404


def test_switch_works_without_a_script(room: Class) -> None:
    act(browser(room.teacher), room.session, "notes-open")
    assert (
        browser(room.learner)
        .post(page("notes", room.session.uuid), {"version": 0, "text": "biz", "key": uuid4()})
        .status_code
        == 302
    )
    assert text(room) == "biz"


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_versions_asks_as_much_for_many(
    count: int, room: Class, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    set_open(room.session, are_open=True, by=room.teacher)
    for number in range(count):
        edit(room, 0, 0, "x", by=(room.teacher, room.learner)[number % 2])
    client = browser(room.teacher)
    client.get(page("notes", room.session.uuid))
    with django_assert_num_queries(7):
        client.get(page("notes", room.session.uuid))


# --- Several at once --------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@scenario
async def test_all_hear_who_writes_and_what(room: Class) -> None:
    async with joined(room.session, room.teacher) as teacher, joined(room.session, room.learner) as learner:
        assert await learner.refusal("writing") == "notes-closed"
        await teacher.send("notes-open")
        await learner.hear_event("notes-open")
        await learner.send("writing")
        passing = (await teacher.hear("news", having="passing"))["passing"]
        assert passing == {f"writing:{room.learner.uuid}": room.learner.name}
        await learner.send("note", version=0, start=0, gone=0, text="Salom", key=str(uuid4()))
        told = await teacher.hear_event("note")
        assert (told["version"], told["text"], told["by"]["name"]) == (1, "Salom", room.learner.name)
        assert await learner.refusal("note", version=0, start=0, gone=0, text="x" * 4001, key=str(uuid4())) == "invalid"
        await teacher.send("sync", since=told["seq"] - 1)
        assert (await teacher.hear("events"))["events"][0]["text"] == "Salom"


def run_all(*acts: Any) -> list[DomainError]:
    """Run these at once; return what was refused."""
    refused = []

    def run(each: Any) -> None:
        try:
            each()
        except DomainError as error:
            refused.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[each]) for each in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_writers_at_once_lose_nothing(room: Class) -> None:
    set_open(room.session, are_open=True, by=room.teacher)
    edit(room, 0, 0, "0123456789")

    def write(user: User, place: int) -> None:
        for word in "abc":
            edit_notes(room.session, version=1, start=place, gone=0, text=word, key=uuid4(), by=user)

    users = (room.teacher, room.learner, room.other)
    assert not run_all(*(partial(write, user, place) for user, place in zip(users, (2, 5, 8), strict=True)))
    assert text(room) == "01abc234abc567abc89"
    bodies = [event.body for event in room.session.events.filter(kind="note")]
    assert [body["version"] for body in bodies] == list(range(1, 11))
    assert text_at(LiveSession.objects.get(pk=room.session.pk), 10) == text(room)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_the_same_words_one_is_refused(room: Class) -> None:
    set_open(room.session, are_open=True, by=room.teacher)
    edit(room, 0, 0, "ikki")

    def write(user: User, words: str) -> None:
        write_notes(room.session, version=1, text=words, key=uuid4(), by=user)

    refused = run_all(lambda: write(room.teacher, "2"), lambda: write(room.learner, "II"))
    assert [type(error) for error in refused] == [NotesChanged]
    assert text(room) in ("2", "II")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_is_written_while_the_class_ends_is_there_or_refused(room: Class) -> None:
    keys: list[UUID] = []

    def write() -> None:
        for _ in range(20):
            key = uuid4()
            edit_notes(room.session, version=0, start=0, gone=0, text="x", key=key, by=room.teacher)
            keys.append(key)

    refused = run_all(write, lambda: end_session(room.session, by=room.teacher))
    assert all(isinstance(error, ClassOver) for error in refused)
    events = list(room.session.events.values_list("kind", flat=True))
    assert events.count("note") == len(keys) == version(room)
    assert events[-1] == "end"
    assert (text(room) if keys else "") == "x" * len(keys)
