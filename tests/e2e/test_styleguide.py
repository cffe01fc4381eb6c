"""What the frame of every page does for those who look, type and listen."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, Request


@contextmanager
def opened(
    browser: Browser, address: str, *, theme: str = "light", width: int = 1280, may_complain: bool = False
) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": width, "height": 720}, locale="en")
    context.add_cookies([{"name": "theme", "value": theme, "url": address}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(address, wait_until="networkidle")
    yield page
    assert may_complain or complaints == []  # among them what the content security policy refuses
    context.close()


def test_appearance_changes_at_once_and_stays(chromium: Browser, bare_site: str) -> None:
    with opened(chromium, f"{bare_site}/accounts/login/") as page:
        with page.expect_response("**/theme/"):
            page.locator("[data-theme-switch] button[value=dark]").click()
        assert page.locator("html").get_attribute("data-theme") == "dark"
        page.reload()
        assert page.locator("html").get_attribute("data-theme") == "dark"


def test_menus_open_and_close_by_keyboard(chromium: Browser, bare_site: str) -> None:
    with opened(chromium, f"{bare_site}/accounts/login/", width=320) as page:
        menu = page.locator("details.drop").first
        menu.locator("summary").focus()
        page.keyboard.press("Enter")
        assert menu.get_attribute("open") is not None
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.keyboard.press("Escape")
        assert menu.get_attribute("open") is None
        assert menu.locator("summary").evaluate("summary => summary === document.activeElement")


def test_keyboard_begins_at_the_skip_link(chromium: Browser, bare_site: str) -> None:
    with opened(chromium, f"{bare_site}/accounts/login/") as page:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_focus_goes_to_what_is_wrong(chromium: Browser, bare_site: str) -> None:
    with opened(chromium, f"{bare_site}/accounts/login/") as page:
        page.locator("#main button[type=submit]").click()
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.activeElement.className") == "error-summary"
        page.locator(".error-summary a").first.click()
        assert page.evaluate("document.activeElement.id") == "id_login"


def test_filter_shows_its_rows_as_soon_as_it_is_chosen(chromium: Browser, bare_site: str) -> None:
    with opened(chromium, f"{bare_site}/styleguide/") as page:
        page.locator("form[data-filters] select[name=status]").select_option("declined")
        page.wait_for_url("**status=declined**")
        assert page.locator(".chip").count() == 1


def test_no_script_is_needed(chromium: Browser, bare_site: str) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto(f"{bare_site}/accounts/login/")
    page.locator("[data-theme-switch] button[value=dark]").click()
    page.locator("details.drop summary").first.click()
    page.locator("button[name=language][value=ru]").click()
    assert page.locator("html[lang=ru][data-theme=dark]").count() == 1
    context.close()


def test_first_load_is_light(chromium: Browser, bare_site: str) -> None:
    """The frame, its styles, script and icons over the wire; budgets.md allows 100 kB for a whole page."""
    context = chromium.new_context(locale="en")
    page = context.new_page()
    finished: list[Request] = []
    page.on("requestfinished", lambda request: finished.append(request))
    page.goto(f"{bare_site}/accounts/login/", wait_until="networkidle")
    sizes = [request.sizes() for request in finished]
    assert 0 < sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes) < 60_000
    context.close()


def test_failed_request_is_said_in_words(chromium: Browser, bare_site: str) -> None:
    with opened(chromium, f"{bare_site}/accounts/login/", may_complain=True) as page:
        page.route("**/nothing/", lambda route: route.abort())
        page.evaluate("htmx.ajax('GET', '/nothing/', {target: '#main'}).catch(() => null)")
        page.locator("[data-trouble]").wait_for()
        page.unroute("**/nothing/")
        page.locator("[data-trouble]").evaluate("element => element.remove()")
        page.evaluate("htmx.ajax('GET', '/nothing/', {target: '#main'}).catch(() => null)")
        page.locator("[data-trouble]").wait_for()
        assert page.locator("h1").count() == 1
