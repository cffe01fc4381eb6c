"""A teacher and three learners see and hear each other, in a network of their own: `python -m tests.e2e.media_story`.

Picture and sound have to travel over a network interface that is not the machine's own, so this runs in a network
namespace (`unshare -n`), with a site on the database of the environment. Reads the stage as JSON from its standard
input and prints what was seen.
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from lms.supervisor import web_command
from tests.services import find_program, free_port, running, running_janus, running_relay, wait_for

ADDRESS = "10.77.0.1"
LINKS = (
    "link set lo up",
    "link add v0 type veth peer name v1",
    f"addr add {ADDRESS}/24 dev v0",
    "link set v0 up",
    "link set v1 up",
)
PATIENCE = 20_000  # milliseconds
SMALL = 240  # pixels that the smallest picture is wide
FAKE = ("use-fake-device-for-media-stream", "use-fake-ui-for-media-stream", "autoplay-policy=no-user-gesture-required")
FRAMES = """() => [...document.querySelectorAll(".tile:not(.is-mine) video")]
  .map((video) => video.getVideoPlaybackQuality().totalVideoFrames)"""
LEVELS = """() => [...document.querySelectorAll(".tile:not(.is-mine) meter")].map((meter) => meter.value)"""
# A page of its own that was signed in says what is asked and hears the answer, as a client made for it would.
ASK = """([path, op, fields]) => new Promise((go) => {
  const socket = new WebSocket(`ws://${location.host}${path}socket/?language=en`);
  socket.onopen = () => { socket.send(JSON.stringify({op: 'media'})); };
  socket.onmessage = (message) => {
    const frame = JSON.parse(message.data);
    if (frame.op === 'media') socket.send(JSON.stringify({op, ...fields}));
    if (frame.op === 'error' || frame.op === 'published') { socket.close(); go(frame.code ?? frame.op); }
  };
  socket.onclose = (event) => go(event.code);
})"""
WIDTHS = """() => [...document.querySelectorAll(".tile:not(.is-mine) video")].map((video) => video.videoWidth)"""
# As if a firewall let nothing through but the way to the relay.
RELAYED = """RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration) { super({...configuration, iceTransportPolicy: 'relay'}); }
}"""
OFFER = """async () => {
  const connection = new RTCPeerConnection();
  connection.addTransceiver('audio', {direction: 'sendonly'});
  await connection.setLocalDescription();
  return connection.localDescription.sdp;
}"""


def carry_out(tasks: str) -> None:
    """Do what a worker would: none of this site's is in this network."""
    begin = "import django; django.setup(); from base.models import Job; from base.services.jobs import run_job"
    command = [sys.executable, "-c", f"{begin}; from live.tasks import settle_rooms; {tasks}"]
    subprocess.run(command, check=True, stdout=sys.stderr)


def in_time(page: Page, script: str, holds: Callable[[list[float]], bool]) -> bool:
    """Whether what the script reads comes to hold within some seconds."""
    for _ in range(50):
        if holds(page.evaluate(script)):
            return True
        page.wait_for_timeout(200)
    return False


def frames_grow(page: Page) -> bool:
    if not in_time(page, FRAMES, lambda frames: any(frames)):
        return False
    before = max(page.evaluate(FRAMES))
    return in_time(page, FRAMES, lambda frames: max(frames, default=0) > before + 5)


def level_moves(page: Page) -> bool:
    levels: set[float] = set()

    def holds(now: list[float]) -> bool:
        levels.update(now)
        return len(levels) > 2 and max(levels) > 0

    return in_time(page, LEVELS, holds)


def enter(page: Page) -> None:
    page.get_by_role("button", name="Microphone").click()
    page.get_by_role("button", name="Enter with picture and sound").click()
    expect(page.get_by_role("button", name="Camera")).to_have_attribute("aria-pressed", "true")


def press_in_menu(page: Page, name: str) -> None:
    page.locator(".bar-more > summary").click()
    page.get_by_role("button", name=name).click()
    page.keyboard.press("Escape")


def see(browser: Browser, site: str, stage: dict[str, Any]) -> dict[str, Any]:
    pages = []
    for cookie in stage["cookies"]:
        context = browser.new_context(base_url=site, locale="en", viewport={"width": 1280, "height": 800})
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": site}])
        if cookie == stage["cookies"][-1]:
            context.add_init_script(RELAYED)
        pages.append(context.new_page())
        pages[-1].goto(stage["path"])
    teacher, *learners = pages
    first, second, third = learners
    press_in_menu(teacher, "Record")
    expect(first.get_by_text("This class is being recorded")).to_be_visible()
    carry_out("settle_rooms()")
    if shots := os.environ.get("SHOTS"):
        teacher.get_by_role("button", name="Microphone").click()
        teacher.wait_for_timeout(1500)
        teacher.screenshot(path=f"{shots}/devices.png")
        teacher.get_by_role("button", name="Not now").click()
    enter(teacher)
    seen: dict[str, Any] = {"frames": [frames_grow(page) for page in learners], "level": level_moves(first)}

    is_large = in_time(third, WIDTHS, lambda widths: max(widths) > SMALL)
    press_in_menu(third, "Small pictures")
    seen["small pictures"] = is_large and in_time(third, WIDTHS, lambda widths: 0 < max(widths) <= SMALL)

    press_in_menu(first, "Sound only")
    expect(first.locator(".tile:not(.is-mine)")).not_to_have_class("has-picture")
    first.wait_for_timeout(500)
    before = first.evaluate(FRAMES)
    first.wait_for_timeout(1000)
    seen["sound only"] = {"frames": first.evaluate(FRAMES) == before, "level": level_moves(first)}

    expect(second.get_by_role("button", name="Microphone")).to_be_hidden()
    teacher.get_by_role("tab", name="People").click()
    row = teacher.locator(f"[data-people] [data-person='{stage['ids'][1]}']")
    row.get_by_role("button", name="Give the word").click()
    enter(second)
    expect(teacher.locator(".tile:not(.is-mine)")).to_have_count(1)
    seen["learner is seen"] = frames_grow(teacher)
    if shots:
        teacher.locator(".slide-choice > summary").click()
        teacher.locator(".slide-choice [name=deck]").first.click()
        expect(third.locator("[data-slide]")).to_be_visible()
        third.fill("#say", "Rahmat, endi tushundim!")
        third.keyboard.press("Enter")
        shoot(pages)
    row.get_by_role("button", name="Take the word back").click()
    expect(teacher.locator(".tile:not(.is-mine)")).to_have_count(0)
    expect(second.get_by_role("button", name="Microphone")).to_be_hidden()
    sdp = second.evaluate(OFFER)
    fields = {"what": "camera", "sdp": sdp, "sound": True, "picture": False}
    seen["publishes again"] = second.evaluate(ASK, [stage["path"], "publish", fields])
    seen["third still sees"] = frames_grow(third)
    teacher.get_by_role("link", name="End the class").click()
    teacher.get_by_role("button", name="End the class and count").click()
    carry_out("settle_rooms(); run_job(Job.objects.get(kind='recording').pk)")
    seen["recording"] = film_plays(third, stage["path"])
    return seen


def film_plays(page: Page, path: str) -> bool:
    """The film may also be made by a worker of the site outside, which sees what is due in the same database."""
    film = page.locator("video[data-film]")
    for _ in range(40):
        page.goto(path)
        if film.count():
            break
        page.wait_for_timeout(1000)
    film.evaluate("film => { film.muted = true; return film.play(); }")
    return in_time(page, "() => [document.querySelector('video[data-film]').currentTime]", lambda at: at[0] > 1)


def shoot(pages: list[Page]) -> None:
    """Pictures of the teacher and of two learners, for docs/pictures/; `SHOTS` names the folder."""
    for name, page in zip(("teacher", "sound-only", "speaking"), pages, strict=False):
        page.wait_for_timeout(1500)
        page.screenshot(path=f"{os.environ['SHOTS']}/{name}.png")
        page.set_viewport_size({"width": 320, "height": 640})
        page.wait_for_timeout(500)
        page.screenshot(path=f"{os.environ['SHOTS']}/{name}-320.png")


def main() -> None:
    expect.set_options(timeout=PATIENCE)
    stage = json.load(sys.stdin)
    for link in LINKS:
        subprocess.run(["ip", *link.split()], check=True)
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        environment = {**os.environ, "MALAKA_MEDIA_LISTEN": ADDRESS}
        with (
            running_janus(Path(folder), environment) as places,
            running_relay(Path(folder), environment, host=ADDRESS) as relay,
        ):
            environment |= places | relay
            os.environ |= environment
            carry_out("settle_rooms()")
            with (
                running(web_command("127.0.0.1", port), env=environment, stdout=sys.stderr),
                sync_playwright() as playwright,
            ):
                site = f"http://localhost:{port}"
                wait_for(lambda: answers(f"{site}/healthz"))
                flags = [f"--{flag}" for flag in ("no-sandbox", *FAKE)]
                browser = playwright.chromium.launch(executable_path=find_program("chromium"), args=flags)
                print(json.dumps(see(browser, site, stage)))
                browser.close()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    main()
