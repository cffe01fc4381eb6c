"""The code on the wall of a class, read off the screen as a telephone's camera reads it."""

import json
import subprocess
import sys
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, expect

from lms.demo_accounts import PASSWORD
from tests.demo_site import ROOT, LiveStack
from tests.e2e.visitors import Visitor, visiting

FOR_ANOTHER_CODE = 30  # seconds: 20 of a step, 5 until the wall asks again, and some patience
STEPS_OF_A_CODE = 60


@pytest.fixture(scope="module")
def cohort(live_stack: LiveStack) -> str:
    """A group of one learner whose class is on now."""
    command = [sys.executable, "-m", "tests.e2e.wall_stage"]
    made = subprocess.run(command, env=live_stack.environment, cwd=ROOT, check=True, capture_output=True)
    return str(json.loads(made.stdout)["cohort"])


def test_a_learner_signs_in_by_the_code_on_the_wall_and_an_old_code_is_refused(
    chromium: Browser, live_stack: LiveStack, cohort: str
) -> None:
    with (
        visiting(chromium, live_stack.url) as wall,
        visiting(chromium, live_stack.url, width=320) as learner,
        visiting(chromium, live_stack.url, width=320, may_complain=True) as late,
    ):
        wall.sign_in("instructor")
        wall.open(f"/cohorts/{cohort}/calendar/")
        wall.press("Code on the wall")
        wall.sees("0 of 1 are here")
        wall.looks()
        sign_in_by(scanned(wall), learner)
        wall.sees("1 of 1 are here")
        first = scanned(wall)
        assert changed_from(first, wall) != first
        refused(first, late, wall)


def scanned(wall: Visitor) -> str:
    """The address in the one code that a camera finds on the screen."""
    [code] = zxingcpp.read_barcodes(Image.open(BytesIO(wall.page.screenshot())))
    assert code.text.startswith(f"{wall.site}/here/")
    return code.text


def sign_in_by(address: str, learner: Visitor) -> None:
    """A telephone that knows nobody yet: it asks who this is, then whether they are here."""
    learner.open(address)
    learner.page.locator("main [name=login]").fill("learner")
    learner.page.locator("main [name=password]").fill(PASSWORD)
    learner.page.locator("main form button[type=submit]").click()
    expect(learner.page.get_by_role("heading", name="Are you in this class?")).to_be_visible()
    learner.looks()
    learner.press("I am here")
    learner.sees("You are written down: 65 minutes of")


def changed_from(first: str, wall: Visitor) -> str:
    """The next code that comes to the wall by itself."""
    for _ in range(FOR_ANOTHER_CODE):
        wall.page.wait_for_timeout(1000)
        if (code := scanned(wall)) != first:
            return code
    raise AssertionError("The code on the wall stays the same.")


def refused(code: str, late: Visitor, wall: Visitor) -> None:
    """Two steps later the code opens a page that says so, also to whoever has signed in."""
    late.sign_in("learner")
    for _ in range(STEPS_OF_A_CODE):
        answer = late.page.goto(code)
        assert answer
        if answer.status == 410:
            break
        late.page.wait_for_timeout(1000)
    late.sees("This code is old. Scan the one that stands on the wall now.")
    late.looks()
    late.open(scanned(wall))
    late.sees("Are you in this class?")
