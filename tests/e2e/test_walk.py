"""Along the links of the demo, in Uzbek: none leads nowhere, no page is wider than a telephone or breaks down."""

from collections import Counter, deque
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page

from lms.demo_accounts import ACCOUNTS
from tests.demo_site import LiveStack
from tests.e2e.looking import WIDTHS, faults, sideways
from tests.e2e.visitors import Visitor, visiting

LINKS = """html => [...new DOMParser().parseFromString(html, "text/html").querySelectorAll("a[href]")]
    .map(a => new URL(a.getAttribute("href"), location.origin).href)"""
# Django's admin has its own look; the rest is no page.
ELSEWHERE = ("/admin/", "/api/", "/metrics", "/static/")
# Pages that are as different as what they show: so many of them are looked at, by axe-core as well.
MANY = {"home": len(ACCOUNTS) + 1, "enrollment:referral_detail": 8, "learning:lesson": 8}


def kind_of(path: str) -> str:
    """The name of the page at a path."""
    try:
        return resolve(path).view_name or ""
    except Resolver404:
        return f"nothing at {path}"


def wrong_with(page: Page, kind: str) -> list[str]:
    if kind in MANY:
        return faults(page)
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 720})
        found += [f"{width}: over the edge: {what}" for what in sideways(page)]
    return found


def walk(visitor: Visitor, looked_at: Counter[str]) -> list[str]:
    """Ask for a page of each kind that links lead this visitor to, and look at those that nobody has looked at."""
    page, found, asked = visitor.page, list[str](), Counter[str]()
    ahead, known = deque(["/"]), {"/"}
    while ahead:
        path = ahead.popleft()
        kind = kind_of(urlsplit(path).path)
        is_new = path == "/" or looked_at[kind] < MANY.get(kind, 1)
        if asked[kind] and not is_new:
            continue
        asked[kind] += 1
        answer = page.request.get(visitor.site + path)
        if not answer.ok:
            found.append(f"{path} ({kind}): {answer.status}")
        elif answer.headers.get("content-type", "").startswith("text/html"):
            if is_new:
                looked_at[kind] += 1
                page.goto(visitor.site + path)
                found += [f"{path} ({kind}): {fault}" for fault in wrong_with(page, kind)]
            for url in page.evaluate(LINKS, answer.text()):
                there = url.removeprefix(visitor.site).partition("#")[0]
                if there.startswith("/") and not there.startswith(ELSEWHERE) and urlsplit(there).path not in known:
                    known.add(urlsplit(there).path)
                    ahead.append(there)
    return found


def test_no_link_leads_nowhere_and_no_page_is_too_wide(chromium: Browser, live_stack: LiveStack) -> None:
    looked_at, found = Counter[str](), list[str]()
    for name in ["", *ACCOUNTS]:
        with visiting(chromium, live_stack.url, locale="uz") as visitor:
            if name:
                visitor.sign_in(name)
            found += [f"{name or 'visitor'}: {fault}" for fault in walk(visitor, looked_at)]
    assert not found, "\n".join(found)
    assert len(looked_at) >= 50
