"""The pages of a class: each state, each form without a script, and who sees what."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from enrollment.models import AttendanceEntry
from live.models import LiveSession, RoomEvent, Visit
from live.services.attendance import count_session
from live.services.chat import hide_message, say, set_muted
from live.services.hands import raise_hand
from live.services.sessions import cancel_session, end_session, start_session
from tests.accounts.factories import make_user
from tests.live.conftest import Class
from tests.live.factories import make_learner, make_live_cohort, make_session, make_visit

pytestmark = pytest.mark.django_db


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(name: str, uuid: object, *more: object) -> str:
    return reverse(f"live:{name}", args=[uuid, *more])


def act(client: Client, session: LiveSession, op: str, **fields: object) -> str:
    """Send a form of the room and return the page that follows."""
    answer = client.post(page("act", session.uuid, op), fields, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


# --- The room ---------------------------------------------------------------------------------
def test_waiting_page_says_when_it_begins(room: Class) -> None:
    starts_at = timezone.now() + timedelta(minutes=90, seconds=30)
    session = make_session(room.cohort, starts_at=starts_at)
    html = browser(room.learner).get(page("room", session.uuid)).content.decode()
    assert "90" in html
    assert f"{timezone.localtime(starts_at):%d.%m.%Y %H:%M}" in html
    assert page("act", session.uuid, "start") not in html


def test_teacher_begins_from_the_waiting_page(room: Class) -> None:
    session = make_session(room.cohort, starts_at=timezone.now() + timedelta(minutes=75))
    client = browser(room.teacher)
    act(client, session, "start")
    session.refresh_from_db()
    assert session.status == "scheduled"  # more than an hour early
    LiveSession.objects.filter(pk=session.pk).update(starts_at=timezone.now() + timedelta(minutes=5))
    html = act(client, session, "start")
    session.refresh_from_db()
    assert session.status == "live"
    assert page("end", session.uuid) in html


def test_class_shows_chat_hands_and_people(room: Class) -> None:
    say(room.session, text="<b>Assalomu</b> alaykum", by=room.teacher)
    raise_hand(room.session, by=room.other)
    Visit.objects.create(session=room.session, user=room.other)
    answer = browser(room.learner).get(page("room", room.session.uuid))
    html = answer.content.decode()
    assert "&lt;b&gt;Assalomu&lt;/b&gt; alaykum" in html
    assert [hand["name"] for hand in answer.context["hands"]] == [room.other.name]
    assert [person["name"] for person in answer.context["people"]] == [room.other.name]
    assert 'data-seq="3"' in html
    assert page("act", room.session.uuid, "hide") not in html


def test_forms_work_without_a_script(room: Class) -> None:
    learner, teacher = browser(room.learner), browser(room.teacher)
    key = uuid4()
    assert "Salom hammaga" in act(learner, room.session, "say", text="Salom hammaga", key=key)
    act(learner, room.session, "say", text="Salom hammaga", key=key)  # sent twice by a nervous thumb
    assert RoomEvent.objects.filter(kind="say").count() == 1
    act(learner, room.session, "hand")
    assert room.learner.name in act(teacher, room.session, "lower", who=room.learner.uuid)
    message = RoomEvent.objects.get(kind="say")
    html = act(teacher, room.session, "hide", seq=message.seq)
    assert "Salom hammaga" not in html
    act(teacher, room.session, "mute", who=room.learner.uuid)
    act(learner, room.session, "say", text="Yana men", key=uuid4())
    assert not RoomEvent.objects.filter(body__text="Yana men").exists()
    act(teacher, room.session, "unmute", who=room.learner.uuid)
    assert "Yana men" in act(learner, room.session, "say", text="Yana men", key=uuid4())


def test_form_that_is_not_right_is_refused_in_words(room: Class) -> None:
    learner = browser(room.learner)
    for op, fields in (("say", {}), ("say", {"text": "Salom", "key": "x"}), ("lower", {"who": "x"})):
        assert learner.post(page("act", room.session.uuid, op), fields).status_code == 302
    for op in ("sync", "beat", "dance"):
        assert learner.post(page("act", room.session.uuid, op)).status_code == 404
    assert learner.post(page("act", room.session.uuid, "end")).status_code == 302
    room.session.refresh_from_db()
    assert room.session.status == "live"


def test_earlier_messages_are_on_earlier_pages(room: Class) -> None:
    for number in range(60):
        say(room.session, text=f"xabar-{number:02}", by=room.teacher)
    client = browser(room.learner)
    answer = client.get(page("room", room.session.uuid))
    assert "xabar-10" in answer.content.decode()
    assert "xabar-09" not in answer.content.decode()
    answer = client.get(page("room", room.session.uuid), {"before": answer.context["earlier"]})
    assert "xabar-09" in answer.content.decode()
    assert answer.context["earlier"] is None
    assert client.get(page("room", room.session.uuid), {"before": "9" * 400}).status_code == 200


def test_reading_the_page_without_a_script_counts_as_being_there(room: Class) -> None:
    client = browser(room.learner)
    client.get(page("room", room.session.uuid))
    Visit.objects.update(joined_at=timezone.now() - timedelta(minutes=4), seen_at=timezone.now() - timedelta(minutes=4))
    Visit.objects.update(left_at=timezone.now() - timedelta(minutes=4), seen_at=timezone.now() - timedelta(minutes=4))
    stay = Visit.objects.get()
    Visit.objects.update(left_at=stay.seen_at)
    client.get(page("room", room.session.uuid))
    stay.refresh_from_db()
    assert stay.left_at == stay.seen_at
    assert stay.seen_at - stay.joined_at >= timedelta(minutes=4)
    assert Visit.objects.count() == 1


def test_record_of_a_class_keeps_chat_and_own_minutes(room: Class) -> None:
    say(room.session, text="Rahmat", by=room.learner)
    say(room.session, text="Oʻchiriladi", by=room.learner)
    hide_message(room.session, seq=3, by=room.teacher)
    LiveSession.objects.update(started_at=timezone.now() - timedelta(minutes=50))
    room.session.refresh_from_db()
    make_visit(room.session, room.learner, minutes=(0, 40), enrollment=room.enrollment)
    count_session(end_session(room.session, by=room.teacher))
    html = browser(room.learner).get(page("room", room.session.uuid)).content.decode()
    assert "Rahmat" in html
    assert "Oʻchiriladi" not in html
    assert "40" in html
    assert page("minutes", room.session.uuid) not in html
    assert (
        page("minutes", room.session.uuid)
        in browser(room.teacher).get(page("room", room.session.uuid)).content.decode()
    )


def test_class_called_off_says_so(room: Class) -> None:
    session = make_session(room.cohort, starts_at=room.session.ends_at)
    cancel_session(session, by=room.teacher)
    answer = browser(room.learner).get(page("room", session.uuid))
    assert answer.templates[0].name == "live/cancelled.html"


@pytest.mark.parametrize("name", ["room", "minutes", "end", "session_edit", "session_cancel"])
def test_stranger_finds_nothing_and_learner_no_teachers_page(name: str, room: Class, outsider: User) -> None:
    assert browser(outsider).get(page(name, room.session.uuid)).status_code == 404
    assert browser(room.learner).get(page(name, room.session.uuid)).status_code == (200 if name == "room" else 403)
    assert Client().get(page(name, room.session.uuid)).status_code == 302


# --- The end and the minutes ------------------------------------------------------------------
def test_teacher_sees_the_minutes_before_they_count(room: Class) -> None:
    LiveSession.objects.update(started_at=timezone.now() - timedelta(minutes=50))
    room.session.refresh_from_db()
    make_visit(room.session, room.learner, minutes=(0, 33), enrollment=room.enrollment)
    client = browser(room.teacher)
    html = client.get(page("end", room.session.uuid)).content.decode()
    assert room.learner.name in html
    assert "33" in html
    for _ in range(2):
        assert client.post(page("end", room.session.uuid)).status_code == 302
    room.session.refresh_from_db()
    assert room.session.status == "ended"


def test_minutes_are_corrected_with_a_reason(room: Class) -> None:
    client = browser(room.teacher)
    url = page("minutes_correct", room.session.uuid, room.enrollment.uuid)
    assert client.post(url, {"minutes": 50, "reason": "Aloqa uzildi"}).status_code == 302  # before they are counted
    count_session(end_session(room.session, by=room.teacher))
    assert AttendanceEntry.objects.get().minutes == 50
    assert client.post(url, {"minutes": 45, "reason": " "}).status_code == 422
    assert client.post(url, {"minutes": 45, "reason": "Internet uzildi"}).status_code == 302
    assert client.post(url, {"minutes": 45, "reason": "Internet uzildi"}).status_code == 302
    entry = AttendanceEntry.objects.latest("pk")
    assert (entry.minutes, entry.reason, entry.by, entry.source) == (-5, "Internet uzildi", room.teacher, "live")
    assert "Aloqa uzildi" in client.get(page("minutes", room.session.uuid)).content.decode()


@pytest.mark.parametrize("learners", [1, 3])
def test_minutes_list_asks_as_much_for_many(
    learners: int, room: Class, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(learners - 1):
        make_learner(room.cohort, make_user())
    client = browser(room.teacher)
    client.get(page("minutes", room.session.uuid))
    with django_assert_num_queries(10):
        assert client.get(page("minutes", room.session.uuid)).status_code == 200


# --- Planning ---------------------------------------------------------------------------------
def plan(room: Class, **fields: object) -> dict[str, object]:
    starts_at = timezone.localtime() + timedelta(days=2)
    lesson = room.cohort.version.lessons.get(kind="live")
    return {
        "lesson": lesson.pk,
        "starts_at": f"{starts_at:%Y-%m-%dT%H:%M}",
        "minutes": 90,
        "teacher": room.teacher.pk,
    } | fields


def test_teacher_plans_a_class(room: Class, centre_manager: User) -> None:
    for user in (room.teacher, centre_manager):  # the second call plans the same class
        assert browser(user).post(page("session_new", room.cohort.uuid), plan(room)).status_code == 302
    session = room.cohort.live_sessions.get(status="scheduled")
    assert session.ends_at - session.starts_at == timedelta(minutes=90)
    html = browser(room.teacher).get(page("session_list", room.cohort.uuid)).content.decode()
    assert page("room", session.uuid) in html


def test_plan_that_is_not_right_is_refused_at_its_field(room: Class) -> None:
    client = browser(room.teacher)
    answer = client.post(page("session_new", room.cohort.uuid), plan(room, starts_at="2020-01-01T10:00"))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"starts_at"}
    assert client.post(page("session_new", room.cohort.uuid), {"minutes": ""}).status_code == 422


def test_class_is_put_off_and_called_off(room: Class) -> None:
    session = make_session(room.cohort, starts_at=room.session.ends_at)
    client = browser(room.teacher)
    assert client.get(page("session_edit", session.uuid)).status_code == 200
    later = timezone.localtime(session.starts_at) + timedelta(days=1)
    form = {"starts_at": f"{later:%Y-%m-%dT%H:%M}", "minutes": 30}
    assert client.post(page("session_edit", session.uuid), form).status_code == 302
    session.refresh_from_db()
    assert session.ends_at - session.starts_at == timedelta(minutes=30)
    assert client.get(page("session_cancel", session.uuid)).status_code == 200
    assert client.post(page("session_cancel", session.uuid)).status_code == 302
    session.refresh_from_db()
    assert session.status == "cancelled"


def test_planning_is_for_who_teaches(room: Class, outsider: User) -> None:
    for name in ("session_list", "session_new"):
        assert browser(room.learner).get(page(name, room.cohort.uuid)).status_code == 403
        assert browser(outsider).get(page(name, room.cohort.uuid)).status_code == 403
        assert Client().get(page(name, room.cohort.uuid)).status_code == 302


@pytest.mark.parametrize("classes", [1, 3])
def test_session_list_asks_as_much_for_many(
    classes: int, room: Class, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(classes - 1):
        make_session(room.cohort, starts_at=room.session.ends_at + timedelta(days=number))
    client = browser(room.teacher)
    client.get(page("session_list", room.cohort.uuid))
    with django_assert_num_queries(6):
        assert client.get(page("session_list", room.cohort.uuid)).status_code == 200


# --- The way in -------------------------------------------------------------------------------
def test_cohort_leads_to_the_class_that_is_on_else_the_next_else_the_last(room: Class, outsider: User) -> None:
    client, way = browser(room.learner), page("cohort", room.cohort.uuid)
    following = make_session(room.cohort, starts_at=room.session.ends_at)
    assert client.get(way).headers["Location"] == page("room", room.session.uuid)
    end_session(room.session, by=None)
    assert client.get(way).headers["Location"] == page("room", following.uuid)
    cancel_session(following, by=None)
    assert client.get(way).headers["Location"] == page("room", room.session.uuid)
    assert browser(outsider).get(way).status_code == 404
    lesson = page("lesson", room.cohort.uuid, room.session.lesson.uuid)
    assert client.get(lesson).headers["Location"] == page("room", room.session.uuid)
    assert client.get(page("lesson", room.cohort.uuid, uuid4())).status_code == 200


def test_cohort_without_classes_says_so(instructor: User, world: object) -> None:
    cohort = make_live_cohort()
    learner = make_user()
    make_learner(cohort, learner)
    assert browser(learner).get(page("cohort", cohort.uuid)).status_code == 200


def test_muted_learner_reads_so(room: Class) -> None:
    make_visit(room.session, room.learner, minutes=(0, 1), enrollment=room.enrollment)
    set_muted(room.session, who=room.learner.uuid, muted=True, by=room.teacher)
    answer = browser(room.learner).get(page("room", room.session.uuid))
    assert answer.context["is_muted"] is True
    assert start_session(room.session, by=None).status == "live"
