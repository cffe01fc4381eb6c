"""What everybody must be able to use: axe-core with all its rules, light and dark, on small and large screens."""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OFF_BY_DEFAULT = ["color-contrast-enhanced", "identical-links-same-purpose", "target-size"]
ALL_RULES: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": TAGS},
    # What is contrast enough for the enhanced rule is so for the other.
    "rules": {name: {"enabled": True} for name in OFF_BY_DEFAULT} | {"color-contrast": {"enabled": False}},
    "resultTypes": ["violations"],
}
# What another theme can change; the other rules look at no colour.
COLOURS: dict[str, Any] = {
    "runOnly": ["color-contrast-enhanced", "link-in-text-block"],
    "resultTypes": ["violations"],
}
RULES = {"light": ALL_RULES, "dark": COLOURS}
RUN = "async rules => (await axe.run(document, rules)).violations"
# A colour that is still on its way to another would be measured as neither.
WEAR = """async theme => {
    document.documentElement.dataset.theme = theme;
    await new Promise(requestAnimationFrame);
    await Promise.allSettled(document.getAnimations().map(animation => animation.finished));
}"""
OVER_THE_EDGE = """() => {
    const edge = document.documentElement.clientWidth;
    const scrolls = it => it && (getComputedStyle(it).overflowX !== "visible" || scrolls(it.parentElement));
    const isCut = it => it.getBoundingClientRect().right > edge + 1 && it.checkVisibility() && !scrolls(it);
    const cut = [...document.querySelectorAll("a, button, input, select, textarea, summary")].filter(isCut);
    const page = document.documentElement.scrollWidth > edge ? ["the page"] : [];
    return [...page, ...cut.map(it => it.outerHTML.slice(0, 200))];
}"""
HEIGHT = "Math.max(720, document.documentElement.scrollHeight)"
WIDTHS = (320, 1280)


def axe_findings(page: Page, rules: dict[str, Any]) -> list[str]:
    """What axe-core finds on the page as it stands: the rule and the markup it is about."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE)
    found: list[Any] = page.evaluate(RUN, rules)
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def sideways(page: Page) -> list[str]:
    """What reaches over the right edge of the screen: the page itself, or a control that nothing scrolls to."""
    found: list[str] = page.evaluate(OVER_THE_EDGE)
    return found


def faults(page: Page) -> list[str]:
    """Everything found on a page in both themes on both screens; it is left as it was."""
    page.mouse.move(0, 0)  # off the link that the last press left it on
    size = page.viewport_size
    theme = page.locator("html").get_attribute("data-theme")
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 720})
        found += [f"{width}: over the edge: {what}" for what in sideways(page)]
        # As high as the page, so that a bar at the bottom covers nothing that one could scroll to.
        page.set_viewport_size({"width": width, "height": page.evaluate(HEIGHT)})
        for name, rules in RULES.items():
            page.evaluate(WEAR, name)
            found += [f"{width} {name}: {finding}" for finding in axe_findings(page, rules)]
    page.evaluate(
        "name => name ? document.documentElement.dataset.theme = name : delete document.documentElement.dataset.theme",
        theme,
    )
    if size:
        page.set_viewport_size(size)
    return found
