"""A learner finishes a course on a narrow phone, the network cut twice; nothing of it is left after signing out."""

import subprocess
import sys
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.demo_site import ROOT, LiveStack
from tests.e2e.looking import faults
from tests.e2e.test_offline import PAGES, phone, wait_until
from tests.e2e.visitors import Visitor

__all__ = ["phone"]

PART = (
    "async url => { const a = await fetch(url, {headers: {Range: 'bytes=4-7'}}); return [a.status, await a.text()]; }"
)
SHELVES = "async () => (await caches.keys()).filter(name => name.startsWith('lessons-')).length"
ANSWERS = "() => Object.keys(localStorage).filter(key => key.startsWith('quiz:')).length"


def stage(stack: LiveStack) -> str:
    command = [sys.executable, "-m", "tests.e2e.shelf_stage"]
    made = subprocess.run(command, env=stack.environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip().splitlines()[-1]


def kill(visitor: Visitor, address: str) -> Page:
    """The browser goes without a word, and the page is opened anew."""
    context = visitor.page.context
    visitor.page.close(run_before_unload=False)
    visitor.page = context.new_page()
    visitor.page.goto(address)
    return visitor.page


def test_a_learner_finishes_a_course_with_the_network_cut_twice(
    phone: Callable[[str], Visitor], live_stack: LiveStack
) -> None:
    player = live_stack.url + stage(live_stack)
    learner = phone("resident")
    page = learner.page
    learner.open(f"{player}offline/")
    wait_until(page, "async () => (await navigator.serviceWorker.ready).active.state === 'activated'")
    page.get_by_role("button", name="Keep the whole module").click()
    expect(page.get_by_text("Kept on this device:")).to_have_count(2)
    assert not faults(page)

    # The network is cut: the lessons are read and heard, and "I have read this" waits.
    page.context.set_offline(True)
    page.reload()
    page.get_by_role("link", name="What a button is").first.click()
    learner.sees("Round, with holes.")
    learner.sees("This page was kept on your device")
    assert not faults(page)
    learner.press("I have read this")
    learner.sees("It is sent by itself as soon as there is a connection.")
    page.locator("a[rel=next]").click()
    expect(page.get_by_role("heading", name="Sewing one on")).to_be_visible()
    film = page.url
    assert page.evaluate(PART, f"{film}film/240p/") == [206, "ftyp"]  # its sound stands in
    learner.press("I have watched this")
    learner.sees("It is sent by itself as soon as there is a connection.")
    page.context.set_offline(False)
    learner.open(player)
    learner.reload_until("2 of 3")

    # It is cut again in the middle of the quiz, and the browser is killed.
    page.goto(player)
    page.locator("details.player-sheet summary").first.click()
    page.locator(".course-outline").get_by_role("link", name="Quiz").click()
    learner.press("Begin the quiz")
    attempt = page.url
    wait_until(page, f"async () => (await ({PAGES})()) > 0")
    questions = page.locator("main .question")
    questions.nth(0).get_by_label("Four").check()
    expect(page.locator("output[form=quiz]")).to_contain_text("Saved at")
    page.context.set_offline(True)
    questions.nth(1).get_by_label("Four").check()
    learner.sees("Kept on this device and sent as soon as there is one")
    page = kill(learner, attempt)
    questions = page.locator("main .question")
    for number in (0, 1):
        expect(questions.nth(number).get_by_label("Four")).to_be_checked()
    assert not faults(page)
    learner.press("Hand in")
    learner.sees("Not handed in yet: no connection.")
    page.context.set_offline(False)
    learner.sees("100 %")
    learner.open(player)
    learner.sees("You have completed")

    # Nothing stays on the device.
    learner.open("/accounts/logout/")
    learner.press("Sign out")
    expect(page.locator("a[href='/accounts/login/']").first).to_be_attached()
    assert (page.evaluate(SHELVES), page.evaluate(ANSWERS), page.evaluate(PAGES)) == (0, 0, 0)
