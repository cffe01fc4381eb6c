"""Work without a network: a roster and a household are kept on the device, sent once later, and gone at sign-out."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.demo_site import ROOT, LiveStack
from tests.e2e.looking import faults
from tests.e2e.visitors import Visitor

KEPT = """() => new Promise(done => {
  const request = indexedDB.open("malaka", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("kept", { keyPath: "key" });
  request.onsuccess = () => {
    const all = request.result.transaction("kept").objectStore("kept").getAll();
    all.onsuccess = () => { request.result.close(); done(all.result.map(item => item.state)); };
  };
})"""
PAGES = """async () => {
  const names = (await caches.keys()).filter(name => name.startsWith("pages-"));
  const counts = await Promise.all(names.map(async name => (await (await caches.open(name)).keys()).length));
  return counts.reduce((sum, count) => sum + count, 0);
}"""


@pytest.fixture
def phone(chromium: Browser, live_stack: LiveStack) -> Iterator[Callable[[str], Visitor]]:
    contexts: list[BrowserContext] = []

    def open_phone(username: str) -> Visitor:
        context = chromium.new_context(
            viewport={"width": 320, "height": 640}, locale="en", reduced_motion="reduce", service_workers="allow"
        )
        contexts.append(context)
        visitor = Visitor(context.new_page(), live_stack.url)
        visitor.sign_in(username)
        return visitor

    yield open_phone
    for context in contexts:
        context.close()


def kept(page: Page) -> list[str]:
    states: list[str] = page.evaluate(KEPT)
    return states


def wait_until(page: Page, question: str) -> None:
    """Ask a page until it says yes; `wait_for_function` would take a promise for a yes."""
    for _ in range(100):
        if page.evaluate(question):
            return
        page.wait_for_timeout(100)
    raise AssertionError(question)


def ready(page: Page) -> None:
    """Wait until this page can be opened without a network."""
    wait_until(page, "async () => (await navigator.serviceWorker.ready).active.state === 'activated'")
    wait_until(page, f"async () => (await ({PAGES})()) > 0")


def roster_of_today(visitor: Visitor) -> None:
    visitor.open("/cohorts/")
    visitor.press("TIK-3")
    visitor.page.get_by_role("heading", name="Attendance of on-site classes").locator("..").get_by_role(
        "link"
    ).first.click()
    expect(visitor.page).to_have_url(re.compile("/roster/"))


def test_a_roster_is_taken_without_a_network_and_conflicts_are_decided(phone: Callable[[str], Visitor]) -> None:
    instructor, centre = phone("instructor"), phone("centre")
    page = instructor.page
    roster_of_today(instructor)
    address = page.url
    ready(page)
    page.context.set_offline(True)
    page.goto(address)
    minutes = page.locator("main input[type=number]")
    minutes.nth(0).fill("50")
    minutes.nth(1).fill("40")
    instructor.press("Save the attendance")
    instructor.sees("It is sent by itself as soon as there is a connection.")
    assert kept(page) == ["waiting"]
    expect(page.locator("main input[type=number]").nth(0)).to_have_value("50")
    centre.open(address)
    centre.page.locator("main input[type=number]").nth(0).fill("30")
    centre.press("Save the attendance")
    page.context.set_offline(False)
    page.reload()
    instructor.press("Look and decide")
    instructor.sees("Somebody else wrote meanwhile")
    assert not faults(page)
    page.get_by_label("Yours: 50 minutes").check()
    instructor.press("Save what I chose")
    expect(page.locator("main input[type=number]").nth(0)).to_have_value("50")
    expect(page.locator("main input[type=number]").nth(1)).to_have_value("40")
    assert kept(page) == []


def test_a_household_is_recorded_without_a_network_survives_a_kill_and_arrives_once(
    phone: Callable[[str], Visitor], live_stack: LiveStack
) -> None:
    assistant = phone("assistant")
    page = assistant.page
    assistant.open("/households/new/")
    ready(page)
    page.context.set_offline(True)
    page.get_by_label("Street and house").fill("Offline street 7")
    wait_until(page, f"async () => (await ({KEPT})()).length === 1")
    page.close(run_before_unload=False)  # as a telephone that runs out of memory does
    page = assistant.page = page.context.new_page()
    page.goto(f"{live_stack.url}/households/new/")
    expect(page.get_by_label("Street and house")).to_have_value("Offline street 7")
    assistant.sees("What you typed here before is still there.")
    page.get_by_label("Category").select_option(index=1)
    assistant.press("Save and write down who lives here")
    assistant.sees("It is sent by itself as soon as there is a connection.")
    expect(page.get_by_label("Street and house")).to_have_value("")
    assert not faults(page)
    with page.expect_event("requestfailed"):  # the word of a connection comes before the connection
        without_sending_by_itself(page)
    page.context.unroute("**/households/new/")
    assistant.sees("This has been sent.")
    page.reload()
    assert kept(page) == []
    assert count_of(live_stack, "Offline street 7") == 1


def leave_unsent(phone: Callable[[str], Visitor], address: str) -> Visitor:
    """A household that was recorded without a network, and the press on “Sign out” in the menu."""
    assistant = phone("assistant")
    page = assistant.page
    assistant.open("/households/new/")
    ready(page)
    page.context.set_offline(True)
    page.get_by_label("Street and house").fill(address)
    page.get_by_label("Category").select_option(index=1)
    assistant.press("Save and write down who lives here")
    assistant.sees("It is sent by itself as soon as there is a connection.")
    return assistant


def sign_out_by_menu(assistant: Visitor) -> None:
    page = assistant.page
    page.locator("header details.drop summary", has_text="Your menu").click()
    page.locator("form[data-sign-out] button").click()
    page.wait_for_url("**/accounts/logout/")
    expect(page.get_by_text("Not everything has been sent.")).to_be_visible()
    assert not faults(page)


def without_sending_by_itself(page: Page) -> None:
    """Let the address of the form be out of reach, as behind a weak link, while the rest is not."""
    page.context.route("**/households/new/", lambda route: route.abort())
    page.context.set_offline(False)


def test_sign_out_asks_what_becomes_of_what_is_unsent_and_sends_it(
    phone: Callable[[str], Visitor], live_stack: LiveStack
) -> None:
    assistant = leave_unsent(phone, "Leaving street 1")
    page = assistant.page
    without_sending_by_itself(page)
    assistant.open("/residents/")
    sign_out_by_menu(assistant)
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_text("It could not be sent: there is no connection.")).to_be_visible()
    page.context.unroute("**/households/new/")
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_text("What you have saved stays saved.")).to_be_visible()
    assert kept(page) == []
    assert count_of(live_stack, "Leaving street 1") == 1


def test_what_is_unsent_stays_for_the_same_user_or_is_thrown_away(
    phone: Callable[[str], Visitor], live_stack: LiveStack
) -> None:
    assistant = leave_unsent(phone, "Leaving street 2")
    page = assistant.page
    without_sending_by_itself(page)
    assistant.open("/residents/")
    sign_out_by_menu(assistant)
    page.get_by_role("button", name="Sign out and keep it here").click()
    expect(page.locator("a[href='/accounts/login/']").first).to_be_attached()
    assert kept(page) == ["waiting"]
    assert page.evaluate(PAGES) == 0
    assistant.sign_in("assistant")
    assistant.sees("It is sent by itself as soon as there is a connection.")
    sign_out_by_menu(assistant)
    page.get_by_role("button", name="Sign out and throw it away").click()
    expect(page.locator("a[href='/accounts/login/']").first).to_be_attached()
    assert kept(page) == []
    assert count_of(live_stack, "Leaving street 2") == 0


def test_nothing_stays_on_the_device_after_sign_out(phone: Callable[[str], Visitor]) -> None:
    assistant = phone("assistant")
    page = assistant.page
    assistant.open("/households/new/")
    ready(page)
    page.get_by_label("Street and house").fill("Nobody reads this")
    wait_until(page, f"async () => (await ({KEPT})()).length === 1")
    page.evaluate("document.querySelector('form[data-guard]').dispatchEvent(new Event('submit', {bubbles: true}))")
    assistant.open("/accounts/logout/")
    assistant.press("Sign out and throw it away")
    expect(page.locator("a[href='/accounts/login/']").first).to_be_attached()
    assert kept(page) == []
    assert page.evaluate(PAGES) == 0


def count_of(stack: LiveStack, address: str) -> int:
    """How many households have this address; asked of the site's own database by another process."""
    code = (
        "import django; django.setup(); from enrollment.models import Household; "
        f"print(Household.objects.filter(address={json.dumps(address)}).count())"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], env=stack.environment, cwd=ROOT, capture_output=True, check=True
    )
    return int(found.stdout)
