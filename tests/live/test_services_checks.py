"""“Are you here?”: asked once, answered within a minute, and what is doubtful without an answer."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from enrollment.models import Enrollment
from live.models import LiveSession, PresenceAnswer, PresenceCheck, RoomEvent
from live.queries.minutes import doubtful_minutes
from live.services import checks
from live.services.events import NotInClass, TeachersOnly
from live.tasks import ask_at_random
from tests.live.conftest import Class
from tests.live.factories import make_visit

pytestmark = pytest.mark.django_db


def check_at(session: LiveSession, minute: int, *there: User) -> None:
    """Everybody was asked at this minute of the class, and these answered."""
    assert session.started_at
    asked = PresenceCheck.objects.create(session=session, asked_at=session.started_at + timedelta(minutes=minute))
    PresenceAnswer.objects.bulk_create([PresenceAnswer(check_asked=asked, user=user) for user in there])


def test_it_is_asked_once_and_answered_once(room: Class) -> None:
    for _ in range(2):
        checks.ask(room.session, by=room.teacher)
    event = RoomEvent.objects.get(kind="check")
    assert event.body["until"] == PresenceCheck.objects.get().until.isoformat()
    for _ in range(2):
        checks.answer(room.session, by=room.learner)
    assert PresenceAnswer.objects.get().user == room.learner


def test_who_is_late_or_elsewhere_cannot_answer(room: Class, outsider: User) -> None:
    with pytest.raises(checks.NothingAsked):
        checks.answer(room.session, by=room.learner)
    with pytest.raises(TeachersOnly):
        checks.ask(room.session, by=room.learner)
    checks.ask(room.session, by=room.teacher)
    with pytest.raises(NotInClass):
        checks.answer(room.session, by=outsider)
    PresenceCheck.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    with pytest.raises(checks.NothingAsked):
        checks.answer(room.session, by=room.learner)


def test_it_is_asked_at_random_moments_for_as_long_as_wanted(room: Class) -> None:
    checks.set_asking(room.session, random=True, by=room.teacher)
    room.session.refresh_from_db()
    assert room.session.ask_at
    assert checks.SOONEST <= room.session.ask_at - timezone.now() + timedelta(seconds=5) <= checks.LATEST
    assert ask_at_random() == 0
    LiveSession.objects.update(ask_at=timezone.now())
    assert (ask_at_random(), ask_at_random()) == (1, 0)
    assert PresenceCheck.objects.get().by is None
    checks.set_asking(room.session, random=False, by=room.teacher)
    room.session.refresh_from_db()
    assert room.session.ask_at is None


def test_minutes_without_an_answer_are_doubtful_until_the_next_one(room: Class) -> None:
    LiveSession.objects.update(started_at=timezone.now() - timedelta(minutes=60))
    room.session.refresh_from_db()
    other = Enrollment.objects.exclude(pk=room.enrollment.pk).get()
    make_visit(room.session, room.learner, minutes=(0, 50), enrollment=room.enrollment)
    make_visit(room.session, room.other, minutes=(0, 12), enrollment=other)
    check_at(room.session, 10, room.other)
    check_at(room.session, 20)  # the other has left
    assert doubtful_minutes(room.session) == {room.enrollment.pk: 40}
    check_at(room.session, 25, room.learner)
    check_at(room.session, 45)
    assert doubtful_minutes(room.session) == {room.enrollment.pk: 15 + 5}


def test_pages_ask_and_show_what_is_doubtful(room: Class, client: Client) -> None:
    url = reverse("live:room", args=[room.session.uuid])
    client.force_login(room.learner)
    assert client.get(url).context["asked"] is None
    checks.ask(room.session, by=room.teacher)
    assert client.get(url).context["asked"]
    client.post(reverse("live:act", args=[room.session.uuid, "here"]))
    assert client.get(url).context["asked"] is None
    LiveSession.objects.update(started_at=timezone.now() - timedelta(minutes=60))
    room.session.refresh_from_db()
    make_visit(room.session, room.learner, minutes=(0, 60), enrollment=room.enrollment)
    check_at(room.session, 10)
    client.force_login(room.teacher)
    client.post(reverse("live:act", args=[room.session.uuid, "checking"]), {"random": "true"})
    for page in ("end", "minutes"):
        assert client.get(reverse(f"live:{page}", args=[room.session.uuid])).context["has_doubtful"]
