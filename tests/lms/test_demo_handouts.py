"""The hand-outs of the demo can be made, one page for each language."""

import re

import pytest

from lms.demo.handouts import handout_names, render_handout
from lms.demo.library import COURSES, LANGUAGES, load_course


def test_every_file_lesson_has_its_handout() -> None:
    used = {lesson.handout for slug in COURSES for lesson in load_course(slug).lessons if lesson.kind == "file"}
    assert used == set(handout_names())


@pytest.mark.parametrize("name", handout_names())
def test_render_handout_gives_one_page_for_each_language(name: str) -> None:
    pdf = render_handout(name)
    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", pdf)) == len(LANGUAGES)
    assert render_handout(name) == pdf
