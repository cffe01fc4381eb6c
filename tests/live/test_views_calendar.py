"""A class as an entry in other calendars: how to join, and what changes."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from enrollment.models import Meeting
from learning.services.feeds import make_feed
from live.services.sessions import cancel_session, reschedule_session
from tests.live.conftest import Class
from tests.live.factories import make_session

pytestmark = pytest.mark.django_db


def entry(client: Client, url: str) -> Any:
    answer = client.get(url)
    assert answer["Content-Type"].startswith("text/calendar")
    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    return event


def test_the_entry_of_a_class_follows_it_for_learner_and_teacher(room: Class, client: Client) -> None:
    session = make_session(room.cohort, starts_at=room.session.ends_at + timedelta(days=1), teacher=room.teacher)
    Meeting.objects.exclude(live_uuid=session.uuid).delete()
    Meeting.objects.update(created_at=session.created_at - timedelta(minutes=1))
    url, sequences = reverse("live:calendar", args=[session.uuid]), []
    for user in (room.learner, room.teacher):
        client.force_login(user)
        feed = entry(client, reverse("learning:calendar_file", args=[make_feed(user)]))
        one = entry(client, url)
        assert one == feed
        assert one["url"] == f"{settings.SITE_URL}/live/{session.uuid}/"
        assert one.decoded("dtstart") == session.starts_at
        sequences.append(int(one["sequence"]))
    later = session.starts_at + timedelta(hours=3)
    reschedule_session(session, starts_at=later, ends_at=later + timedelta(hours=1), by=None)
    Meeting.objects.update(created_at=session.created_at - timedelta(minutes=2))
    moved = entry(client, url)
    assert (moved["uid"], moved.decoded("dtstart")) == (one["uid"], later)
    Meeting.objects.update(created_at=session.created_at - timedelta(minutes=3))
    cancel_session(session, by=None)
    gone = entry(client, url)
    assert gone["status"] == "CANCELLED"
    sequences += [int(moved["sequence"]), int(gone["sequence"])]
    assert sequences == sorted(sequences)
    assert len(set(sequences)) == 3
