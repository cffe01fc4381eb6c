from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext


@pytest.mark.parametrize("width", [320, 1280])
def test_first_page_opens_without_a_complaint(new_visitor: Callable[..., BrowserContext], width: int) -> None:
    page = new_visitor(viewport={"width": width, "height": 800}).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    answer = page.goto("/styleguide/")
    assert answer
    assert answer.status == 200
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
