import os

import pytest
from django.db import connection

from benchmarks.storm import run_storm
from learning.models import Answer, Attempt
from tests.services import database_url

LEARNERS = 24


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_node_is_killed_while_all_hand_in_and_nothing_is_lost() -> None:
    """A small storm; the true size is `make bench BENCH=storm`."""
    assert "REDIS_URL" in os.environ
    outcome = run_storm(LEARNERS, 2.0, DATABASE_URL=database_url(connection.settings_dict))
    assert outcome.lost == []
    assert len(outcome.waits) == LEARNERS
    assert Answer.objects.count() == LEARNERS
    assert Attempt.objects.filter(status="submitted", score__isnull=False).count() == LEARNERS
