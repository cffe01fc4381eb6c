"""A course from nothing to published: two authors, a picture, a formula, a film, a comment."""

import subprocess
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FilePayload, expect

from tests.demo_site import LiveStack
from tests.e2e.visitors import PATIENCE, Visitor, visiting

TITLE = "Buttonholes by hand"


def test_a_course_from_nothing_to_published(chromium: Browser, live_stack: LiveStack, tmp_path: Path) -> None:
    with (
        visiting(chromium, live_stack.url) as instructor,
        visiting(chromium, live_stack.url) as centre,
        visiting(chromium, live_stack.url, width=320) as public,
    ):
        instructor.sign_in("instructor")
        outline = begin_course(instructor)
        write_page(instructor)
        send_film(instructor, tmp_path)
        drag_film_into_the_first_module(instructor)
        instructor.press("Hand in for review")
        centre.sign_in("centre")
        ask_for_a_change(centre, outline)
        settle_it(instructor, outline)
        centre.open(outline)
        centre.press("Publish")
        centre.sees("Published. New groups learn this version.")
        public.open("/courses/?q=buttonholes")
        public.sees(TITLE)
        public.looks()


def begin_course(author: Visitor) -> str:
    """Returns the address of the outline."""
    author.open("/teach/courses/new/")
    author.page.fill("#id_title_en", TITLE)
    author.page.fill("#id_title_uz", "Qoʻlda ilgak")
    author.page.fill("#id_hours", "6")
    author.press("Save")
    outline = author.path
    for title in ("Getting ready", "Sewing"):
        author.open(outline)
        author.press("Add a module")
        author.page.fill("#id_title_en", title)
        author.press("Save")
    author.looks()
    return outline


def write_page(author: Visitor) -> None:
    """A text with a formula and a picture that says what it shows, typed in the editor and kept as it is typed."""
    page = author.page
    author.press("Page", within=page.locator("section", has_text="Sewing"))
    page.fill("#id_title_uz", "Oʻlchash")
    page.locator("#id_body_uz-editor").click()
    page.keyboard.type("Ilgak uzunligi ")
    tools = page.locator(".editor-tools").first
    tools.get_by_role("button", name="Formula").click()
    page.fill("#ask-tex", "d + h")
    page.keyboard.press("Enter")
    expect(page.locator("#id_body_uz-editor math")).to_be_visible()
    tools.get_by_role("button", name="Picture").click()
    page.set_input_files("#ask-file", a_picture())
    page.fill("#ask-alt", "Tugma va igna")
    page.locator("#ask-picture").get_by_role("button", name="Put it in").click()
    expect(page.locator("#id_body_uz-editor img[src]")).to_have_attribute("alt", "Tugma va igna")
    expect(page.locator("[data-saved-state]")).to_contain_text("Kept at", timeout=PATIENCE)
    author.press("Save and see it as a learner")
    expect(page.locator(".prose math")).to_be_visible()
    expect(page.get_by_role("img", name="Tugma va igna")).to_be_visible()
    author.looks()
    author.press("Back to the outline")


def send_film(author: Visitor, folder: Path) -> None:
    """A film of a second, made smaller by a worker, with captions."""
    page, film = author.page, folder / "film.mp4"
    inputs = ["-f", "lavfi", "-i", "testsrc=size=160x120:rate=4", "-t", "1"]
    command = ["ffmpeg", "-nostdin", "-v", "error", *inputs, "-c:v", "libx264", "-pix_fmt", "yuv420p", str(film)]
    subprocess.run(command, check=True)
    author.press("Video", within=page.locator("section", has_text="Sewing"))
    page.fill("#id_title_uz", "Qoʻl harakati")
    page.set_input_files("#id_file", film)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Qoʻl harakati", exact=True).click()
    author.reload_until("Ready")
    author.press("Add captions")
    vtt = b"WEBVTT\n\n00:00.000 --> 00:01.000\nMana shunday"
    page.set_input_files("#id_file", FilePayload(name="a.vtt", mimeType="text/vtt", buffer=vtt))
    author.press("Save")
    author.press("See it as a learner")
    page.evaluate("document.querySelector('video').play()")
    expect(page.locator("video")).to_have_js_property("readyState", 4, timeout=PATIENCE)
    author.looks()
    author.press("Back to the outline")


def drag_film_into_the_first_module(author: Visitor) -> None:
    page = author.page
    first = page.locator("#outline > section").first
    grip = page.locator("li", has_text="Qoʻl harakati").locator("[data-grip]")
    grip.scroll_into_view_if_needed()
    grip.hover()
    page.mouse.down()
    place = first.locator("ol").bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + 40, place["y"] + 40, steps=5)
    page.mouse.move(place["x"] + 40, place["y"] + 10, steps=3)
    page.mouse.up()
    expect(page.locator("#outline-said")).to_contain_text("is lesson 1 of 1 in “Getting ready” now", timeout=PATIENCE)
    author.looks()


def ask_for_a_change(reviewer: Visitor, outline: str) -> None:
    reviewer.open(outline)
    reviewer.looks()
    reviewer.page.fill("#words", "Which thread?")
    reviewer.press("Take it back to draft")
    reviewer.sees("Back to draft: it can be changed again.")


def settle_it(author: Visitor, outline: str) -> None:
    """A comment is resolved after the lesson says what was asked for; then the course is handed in again."""
    author.open(outline)
    author.press("1 open comment")
    author.sees("Which thread?")
    author.looks()
    author.press("Resolve")
    author.open(outline)
    author.press("Hand in for review")
    author.sees("Handed in for review.")


def a_picture() -> FilePayload:
    drawn = BytesIO()
    Image.new("RGB", (60, 40), "teal").save(drawn, "PNG")
    return FilePayload(name="a.png", mimeType="image/png", buffer=drawn.getvalue())
