"""Edits that are put one after the other."""

import itertools

import pytest

from live.edits import Edit, edit_between


@pytest.mark.parametrize(
    ("old", "new", "edit"),
    [
        ("", "Salom", (0, 0, "Salom")),
        ("Salom", "Salom", (5, 0, "")),
        ("aaa", "aa", (2, 1, "")),
        ("bir uch", "bir ikki uch", (4, 0, "ikki ")),
        ("😀 dars", "😀😀 dars", (1, 0, "😀")),
    ],
)
def test_edit_says_what_changed_and_no_more(old: str, new: str, edit: tuple[int, int, str]) -> None:
    assert edit_between(old, new) == Edit(*edit)
    assert edit_between(old, new).applied_to(old) == new


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        ("bir ikki uch!", "Bir ikki uch", "Bir ikki uch!"),
        ("bir uch", "bir ikki uch\ntoʻrt", "bir uch\ntoʻrt"),
        ("bir ikki uchala", "bir ikki uch\ntoʻrt", "bir ikki uchala\ntoʻrt"),  # goes on with the line
        ("bir ikki uch\nbesh", "bir ikki uch\ntoʻrt", "bir ikki uch\ntoʻrt\nbesh"),  # who came first stands first
        ("bir 2 uch", "bir 2 uch", "bir 2 uch"),  # both mended the same
        ("bir 2 uch", "bir II uch", None),
        ("bir uch", "bir juda ikki uch", "bir juda uch"),
    ],
)
def test_edits_of_one_text_are_put_together_unless_they_touch_the_same_words(
    mine: str, theirs: str, both: str | None
) -> None:
    old = "bir ikki uch"
    moved = edit_between(old, mine).after(edit_between(old, theirs))
    assert (moved and moved.applied_to(theirs)) == both


def test_nothing_that_was_inserted_is_ever_lost() -> None:
    old = "ab"
    for here, there in itertools.product(range(3), repeat=2):
        for mine, theirs in itertools.product(("X", "\nX"), ("Y", "\nY")):
            other = Edit(there, 0, theirs)
            moved = Edit(here, 0, mine).after(other)
            assert moved
            text = moved.applied_to(other.applied_to(old))
            assert sorted(text) == sorted(old + mine + theirs)
            assert text.replace(mine, "").replace(theirs, "") == old
