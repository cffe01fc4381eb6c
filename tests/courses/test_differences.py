from hypothesis import given
from hypothesis import strategies as st

from courses.differences import Piece, difference, lines_of


def test_only_lines_that_changed_are_told_word_by_word() -> None:
    old = "<h2>Choklar</h2><p>Avval ignani tanlang.</p><ul><li>bir</li></ul>"
    new = "<h2>Choklar</h2><p>Avval ipni tanlang.</p><ul><li>bir</li><li>ikki</li></ul>"
    assert difference(old, new) == [
        [Piece("same", "Avval"), Piece("removed", "ignani"), Piece("added", "ipni"), Piece("same", "tanlang.")],
        [Piece("added", "ikki")],
    ]


def test_pictures_and_formulas_count_by_what_they_say() -> None:
    assert lines_of('<p><img src="/a" alt="Igna"> va <span data-tex="inline">x^2</span></p>') == ["Igna va x^2"]


def test_another_form_is_no_other_text() -> None:
    assert difference("<p>a <b>b</b></p>", "<p>a b</p>") == []


@given(st.text("ab <>/p", max_size=60), st.text("ab <>/p", max_size=60))
def test_something_is_told_where_the_words_differ(old: str, new: str) -> None:
    assert (difference(old, new) == []) == (lines_of(old) == lines_of(new))
