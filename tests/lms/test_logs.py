"""What never stands in a log, nor in a report of an error."""

import logging

import pytest
from django.test import Client

from lms.logs import hide_secrets, without_secrets

SECRET = "A-_9" * 10 + "xyz"
ADDRESS = f"/calendar/{SECRET}.ics"


def test_secret_addresses_and_pinfl_are_hidden() -> None:
    event = {"event": f"Too Many Requests: {ADDRESS}", "status": 429, "who": "31234567890123"}
    told = hide_secrets(logging.getLogger(), "warning", event)
    assert told == {"event": "Too Many Requests: /calendar/….ics", "status": 429, "who": "•" * 14}
    report = without_secrets({"request": {"url": f"https://malaka.example{ADDRESS}"}}, None)
    assert report["request"]["url"] == "https://malaka.example/calendar/….ics"
    assert without_secrets({"message": "x"}, None) == {"message": "x"}


@pytest.mark.django_db
def test_address_that_is_not_found_is_not_told(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger()
    handler = next(one for one in logger.handlers if one.formatter and "ProcessorFormatter" in str(one.formatter))
    record = logger.makeRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", (ADDRESS,), None)
    assert SECRET not in handler.format(record)
    assert client.get(ADDRESS).status_code == 404
    assert SECRET not in capsys.readouterr().err
