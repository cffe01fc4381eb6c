"""What a visit costs somebody who pays for each megabyte."""

import pytest
from playwright.sync_api import Browser

from benchmarks.weight import FIRST, LATER, VISITS, Visit, weigh
from tests.demo_site import LiveStack


@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.name)
def test_visits_are_light(chromium: Browser, live_stack: LiveStack, visit: Visit) -> None:
    first, later = weigh(chromium, live_stack.url, visit)
    assert 0 < first <= FIRST
    assert 0 < later <= LATER
