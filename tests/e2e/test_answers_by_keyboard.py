"""A centre manager answers ten referrals and never touches the mouse."""

import csv
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import cycle, islice
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.demo_site import LiveStack
from tests.e2e.visitors import Visitor, visiting

WAITING = 10
NEAR = 6  # presses of Tab from where an answer leaves the focus to the next thing to do
FOCUSED = """() => {
  const here = document.activeElement, box = here.getBoundingClientRect(), style = getComputedStyle(here);
  const drawn = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return {
    words: here.labels?.[0]?.innerText ?? here.innerText,
    id: here.id,
    seen: drawn && here.matches(":focus-visible") && box.bottom > 0 && box.top < innerHeight,
  };
}"""


@pytest.fixture
def waiting(live_stack: LiveStack, tmp_path: Path) -> None:
    """Ten residents are sent to the demo's mono-centre."""
    path = tmp_path / "referrals.csv"
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("course", "category", "surname", "given_name", "birth_date", "address"))
        for number in range(WAITING):
            born = date(1990, 1, 1) + timedelta(days=number)
            who = (f"Kutuvchiyev{number}", "Anvar", born, f"Tugma koʻchasi, {number}-uy")
            table.writerow(("tikuvchilik-asoslari", "poor", *who))
    answer = json.loads(
        live_stack.manage("import_table", "referrals", str(path), "--as=assistant", "--apply", "--json")
    )
    assert (answer["new"], answer["wrong"]) == (WAITING, 0), answer


def tab_to(page: Page, words: str, *, within: int) -> None:
    """Press Tab until what says `words` has the focus; whatever has it on the way is seen to have it."""
    for _ in range(within):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUSED)
        assert focus["seen"], f"{page.url}: nobody sees the focus at “{focus['words']}”"
        if words in focus["words"]:
            return
    raise AssertionError(f"{page.url}: “{words}” is further than {within} presses")


def enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def accept(page: Page) -> None:
    tab_to(page, "Accept and hold the seat until", within=NEAR)
    enter(page)
    expect(page.locator("#messages")).to_contain_text("Accepted. A seat is held until")


def put_on_waiting_list(page: Page) -> None:
    tab_to(page, "Put on the waiting list", within=NEAR)
    enter(page)
    expect(page.locator("#messages")).to_contain_text("The resident is on the waiting list.")


def decline(page: Page) -> None:
    """The reason is the second of the list."""
    tab_to(page, "Decline", within=NEAR)
    enter(page)
    tab_to(page, "Skip to the content", within=1)
    page.keyboard.press("Enter")
    tab_to(page, "Reason", within=NEAR)
    page.keyboard.press("ArrowDown")
    tab_to(page, "Decline the referral", within=NEAR)
    enter(page)
    expect(page.locator("main .badge, main .state").first).to_contain_text("Declined")


def answers() -> Iterator[Callable[[Page], None]]:
    return islice(cycle((accept, put_on_waiting_list, decline)), WAITING)


@pytest.mark.usefixtures("waiting")
def test_ten_referrals_are_answered_by_keyboard(chromium: Browser, live_stack: LiveStack) -> None:
    with visiting(chromium, live_stack.url) as centre:
        centre.sign_in("centre")
        page = centre.page
        before = count_waiting(centre)
        tab_to(page, "Skip to the content", within=1)
        page.keyboard.press("Enter")
        tab_to(page, "Kutuvchiyev", within=12)
        enter(page)
        tab_to(page, "Skip to the content", within=1)
        page.keyboard.press("Enter")
        for number, answer in enumerate(answers(), start=1):
            answer(page)
            if number < WAITING:
                go_on(page)
        assert count_waiting(centre) == before - WAITING


def go_on(page: Page) -> None:
    """The next referral that waits has the focus, what was done stands above it; one press opens its answer."""
    focus = page.evaluate(FOCUSED)
    assert focus["id"] == "next"
    assert focus["seen"]
    expect(page.locator("h1")).to_be_in_viewport()
    enter(page)
    assert page.evaluate(FOCUSED)["id"] == "answer"
    expect(page.locator("h1")).to_be_in_viewport()


def count_waiting(centre: Visitor) -> int:
    """How many wait for an answer now; the page of them stays open."""
    centre.open("/referrals/?status=submitted")
    return centre.page.locator("main tbody tr").count()
