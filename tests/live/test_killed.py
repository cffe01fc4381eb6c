"""A server that is killed in the middle of a class: the sweep ends the class and writes what is known."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from enrollment.models import AttendanceEntry
from live.models import LiveSession, Visit
from live.tasks import end_abandoned
from tests.live.conftest import Class
from tests.services import database_url

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

# As the socket of a learner does, in a process that ends without a word.
SERVER = """
import os, signal, sys, django
django.setup()
from accounts.models import User
from live.models import LiveSession
from live.services import presence
session = LiveSession.objects.get(uuid=sys.argv[1])
visit = presence.join(session, by=User.objects.get(pk=sys.argv[2]))
presence.keep_alive(session.pk, {visit.pk})
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_known_when_the_server_was_killed_counts(room: Class) -> None:
    kept = {"DATABASE_URL": database_url(connection.settings_dict), "DJANGO_SETTINGS_MODULE": "lms.settings"}
    command = [sys.executable, "-c", SERVER, str(room.session.uuid), str(room.learner.pk)]
    killed = subprocess.run(command, env=os.environ | kept, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    now = timezone.now()
    # It was killed half an hour into the class, and nobody came back for twenty minutes.
    LiveSession.objects.update(started_at=now - timedelta(minutes=50), starts_at=now - timedelta(minutes=50))
    Visit.objects.update(joined_at=now - timedelta(minutes=50), seen_at=now - timedelta(minutes=20))
    assert end_abandoned() == 1
    assert end_abandoned() == 0
    room.session.refresh_from_db()
    assert room.session.status == "ended"
    assert room.session.counted_at
    assert AttendanceEntry.objects.get().minutes == 30
