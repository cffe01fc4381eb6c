from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.errors import InvalidInput
from courses.questions import (
    GRADED_BY_HAND,
    KINDS,
    clean_content,
    grade_response,
    read_response,
    right_response,
)
from courses.questions.hot_spot import cell_name
from courses.questions.numeric import parse_number
from courses.questions.pieces import shuffled
from tests.courses.factories import CONTENTS, HOT_SPOT, RIGHT, content_of

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
STORED = {kind: clean_content(kind, content_of(kind)) for kind in KINDS}


def worth(kind: str, raw: object, **changes: Any) -> Decimal | None:
    content = clean_content(kind, content_of(kind, **changes))
    return grade_response(kind, content, read_response(kind, content, raw)).worth


@pytest.mark.parametrize("kind", KINDS)
def test_a_stored_question_cleans_to_itself(kind: str) -> None:
    assert clean_content(kind, STORED[kind]) == STORED[kind]


@pytest.mark.parametrize("kind", RIGHT)
def test_what_a_form_sends_for_the_right_answer_is_worth_all(kind: str) -> None:
    assert worth(kind, RIGHT[kind]) == 1


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(GRADED_BY_HAND)))
def test_its_own_right_response_is_worth_all_and_is_read_back(kind: str) -> None:
    right = right_response(kind, STORED[kind])
    assert read_response(kind, STORED[kind], right) == right
    assert grade_response(kind, STORED[kind], right).worth == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("raw", [None, "", [], [""], "  ", {}, {"": ""}])
def test_no_answer_is_worth_nothing(kind: str, raw: object) -> None:
    assert worth(kind, raw) == 0


@pytest.mark.parametrize("kind", GRADED_BY_HAND)
def test_a_person_grades_essays_and_files(kind: str) -> None:
    answer = "Matn" if kind == "essay" else "00000000-0000-4000-8000-000000000000"
    assert worth(kind, answer) is None


@pytest.mark.parametrize("kind", KINDS)
@given(raw=JSON | st.dictionaries(st.sampled_from(["", "a", "b", "1", "2", "x"]), JSON))
def test_any_answer_is_read_or_refused(kind: str, raw: object) -> None:
    content = STORED[kind]
    try:
        response = read_response(kind, content, raw)
    except InvalidInput:
        return
    graded = grade_response(kind, content, response).worth
    assert graded is None or 0 <= graded <= 1
    assert read_response(kind, content, response) == response
    assert "\0" not in str(response)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.dictionaries(st.text(), JSON), name=st.data())
def test_any_content_is_cleaned_or_refused(kind: str, data: dict[str, Any], name: st.DataObject) -> None:
    broken = {name.draw(st.sampled_from(sorted(STORED[kind]))): name.draw(JSON)}
    try:
        cleaned = clean_content(kind, STORED[kind] | data | broken)
    except InvalidInput:
        return
    assert clean_content(kind, cleaned) == cleaned
    if kind not in GRADED_BY_HAND:
        assert grade_response(kind, cleaned, right_response(kind, cleaned)).worth == 1


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("single", {"text": {}}, "text"),
        ("single", {"text": {"uz": "<p> </p>"}}, "text"),
        ("single", {"points": "0"}, "points"),
        ("single", {"points": "0.003"}, "points"),
        ("single", {"points": "NaN"}, "points"),
        ("single", {"choices": ["a", "b"]}, "choices"),
        ("single", {"choices": CONTENTS["single"]["choices"][:1]}, "choices"),
        ("single", {"choices": CONTENTS["multiple"]["choices"]}, "choices"),
        ("single", {"choices": [{"text": {}, "correct": True}, {"text": {"uz": "B"}}]}, "choices"),
        ("single", {"choices": [CONTENTS["single"]["choices"][0]] * 2}, "choices"),
        ("single", {"choices": [{"text": {"uz": "A"}, "worth": "2"}, {"text": {"uz": "B"}}]}, "choices"),
        ("multiple", {"choices": [{"text": {"uz": "A"}}, {"text": {"uz": "B"}}]}, "choices"),
        ("multiple", {"choices": [{"text": {"uz": "A"}, "worth": "0.5"}, {"text": {"uz": "B"}}]}, "choices"),
        ("true-false", {"answer": "yes"}, "answer"),
        ("numeric", {"answers": [{"number": "twelve"}]}, "answers"),
        ("numeric", {"answers": [{"number": "1e5"}]}, "answers"),
        ("numeric", {"answers": [{"number": "1", "tolerance": "-1"}]}, "answers"),
        ("numeric", {"answers": [{"number": "1", "worth": "0.5"}]}, "answers"),
        ("numeric", {"units": [], "unit_asked": True}, "units"),
        ("numeric", {"units": [{"text": {"uz": "m"}, "factor": "2"}]}, "units"),
        (
            "numeric",
            {"answers": [{"number": "1", "tolerance": "9", "worth": "0.5"}, {"number": "2"}]},
            "answers",
        ),
        ("short-text", {"answers": []}, "answers"),
        ("short-text", {"answers": [{"text": "?!"}]}, "answers"),
        ("short-text", {"answers": [{"text": "x" * 201}]}, "answers"),
        ("short-text", {"answers": [{"text": "*", "worth": "0"}, {"text": "chok"}]}, "answers"),
        ("matching", {"pairs": [{"text": {"uz": "A"}, "match": {"uz": "B"}}] * 2}, "pairs"),
        ("matching", {"pairs": [{"match": {"uz": "A"}}, {"match": {"uz": "B"}}]}, "pairs"),
        ("ordering", {"items": [{"text": {"uz": "A"}}]}, "items"),
        ("cloze", {"text": {"uz": "[[1]] [[2]]"}}, "text"),
        ("cloze", {"text": {"uz": "[[1]] [[2]] [[3]]", "ru": "[[1]]"}}, "text"),
        ("cloze", {"gaps": [{"key": "1", "kind": "essay"}]}, "gaps"),
        ("cloze", {"gaps": [{"key": "1", "kind": "single", "choices": []}]}, "gaps"),
        ("hot-spot", {"image": None}, "image"),
        ("hot-spot", {"alt": {}}, "alt"),
        ("hot-spot", {"columns": 40}, "columns"),
        ("hot-spot", {"cells": ["9-9"]}, "cells"),
        ("hot-spot", {"cells": []}, "cells"),
        ("essay", {"most_words": 0}, "most_words"),
        ("file", {"endings": [".exe"]}, "endings"),
        ("riddle", {}, "kind"),
    ],
)
def test_what_is_wrong_with_a_question_is_named(kind: str, changes: dict[str, Any], field: str) -> None:
    base = content_of(kind) if kind in KINDS else {}
    with pytest.raises(InvalidInput) as refusal:
        clean_content(kind, base | changes)
    assert refusal.value.field == field


def test_texts_are_cleaned_and_plain_lines_become_paragraphs() -> None:
    content = clean_content(
        "single",
        content_of(
            "single",
            text={"uz": "Birinchi\n\nikkinchi 2 < 3", "en": '<p onclick="x">Hi</p><script>alert(1)</script>'},
            choices=[{"text": {"uz": "<p>A <b>1</b></p>"}, "correct": True}, {"text": {"uz": "x < y"}}],
        ),
    )
    assert content["text"] == {"uz": "<p>Birinchi</p><p>ikkinchi 2 &lt; 3</p>", "en": "<p>Hi</p>"}
    assert [choice["text"]["uz"] for choice in content["choices"]] == ["A <b>1</b>", "x &lt; y"]
    assert [choice["key"] for choice in content["choices"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("picked", "expected"),
    [
        (["a"], "0.5"),
        (["a", "b"], "1"),
        (["a", "b", "c"], "0.5"),
        (["a", "c"], "0"),
        (["a", "b", "c", "d"], "0"),
    ],
)
def test_wrong_picks_subtract_but_never_below_nothing(picked: list[str], expected: str) -> None:
    assert worth("multiple", picked) == Decimal(expected)


def test_all_or_nothing_gives_no_part() -> None:
    assert worth("multiple", ["a"], all_or_nothing=True) == 0
    assert worth("multiple", ["b", "a"], all_or_nothing=True) == 1
    assert worth("matching", {"a": "a"}, all_or_nothing=True) == 0
    assert worth("ordering", ["b", "c", "a"], all_or_nothing=True) == 0
    assert worth("cloze", {"1": "ip"}, all_or_nothing=True) == 0


@pytest.mark.parametrize("right", range(1, 20))
def test_all_right_choices_together_are_the_whole(right: int) -> None:
    rows = [{"key": f"k{n}", "text": {"uz": "x"}, "correct": n < right} for n in range(20)]
    assert worth("multiple", [f"k{n}" for n in range(right)], choices=rows) == 1
    assert worth("multiple", [f"k{n}" for n in range(right + 1)], choices=rows) < 1  # type: ignore[operator]  # graded


@given(st.data())
def test_multiple_choice_is_fair(data: st.DataObject) -> None:
    flags = data.draw(st.lists(st.booleans(), min_size=2, max_size=20).filter(any))
    rows = [{"key": f"k{n}", "text": {"uz": "x"}, "correct": flag} for n, flag in enumerate(flags)]
    picked = data.draw(st.lists(st.sampled_from([str(row["key"]) for row in rows]), unique=True))
    right = {str(row["key"]) for row in rows if row["correct"]}
    got = worth("multiple", picked, choices=rows)
    assert got is not None
    assert 0 <= got <= 1
    assert (got == 1) == (set(picked) == right)


@pytest.mark.parametrize(
    ("text", "value"),
    [("12,5", "12.5"), ("12.5", "12.5"), (" 1 234,5 ", "1234.5"), ("1\u00a0234", "1234"), ("−3", "-3"), ("+7", "7")],
)
def test_parse_number_reads_what_people_write(text: str, value: str) -> None:
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "1,2,3", "1.234,5", "1e9", "NaN", "Infinity", "٣", "½", "12 sm", "1" * 16])
def test_parse_number_refuses_the_rest(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_number(text)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_numeric_tolerance_is_inclusive(distance: Decimal) -> None:
    assert worth("numeric", f"{Decimal('12.5') + distance:f}") == (1 if abs(distance) <= Decimal("0.1") else 0)


UNITS = [
    {"text": {"uz": "sm", "en": "cm"}},
    {"text": {"uz": "m"}, "factor": "100"},
    {"text": {"uz": "m²"}, "factor": "7"},
]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("12,5 sm", "1"),
        ("12.5CM", "1"),
        ("0,125 m", "1"),
        ("12,5 m", "0"),
        ("12,5", "0.8"),
        ("12,5 kg", "0.8"),
        ("13 kg", "0"),
    ],
)
def test_a_unit_that_is_asked_for_counts(answer: str, expected: str) -> None:
    asked = {"units": UNITS, "unit_asked": True, "unit_penalty": "0.2"}
    assert worth("numeric", answer, **asked) == Decimal(expected)


def test_the_unit_that_stands_beside_may_be_written_too_but_no_other_word() -> None:
    assert worth("numeric", "12,5 sm") == 1
    with pytest.raises(InvalidInput):
        worth("numeric", "12,5 kg")


@pytest.mark.parametrize("text", ["Toʻgʻri chok", "TO`G`RI  CHOK", "тўғри чок", "tögri chok", "to'g'ri chok."])
def test_short_text_is_the_same_word_in_any_spelling(text: str) -> None:
    assert worth("short-text", text) == 1


@pytest.mark.parametrize(
    ("answer", "written", "expected"),
    [
        ("tosh*", "Toshkent", 1),
        ("*kent", "Тошкент", 1),
        ("t*k*t", "toshkent", 1),
        ("t*k*t", "tot", 0),
        ("aba*aba", "aba", 0),
        ("chok", "choklar", 0),
    ],
)
def test_an_asterisk_stands_for_anything(answer: str, written: str, expected: int) -> None:
    assert worth("short-text", written, answers=[{"text": answer}]) == expected


def test_letters_matter_where_they_are_what_is_learned() -> None:
    exact = {"answers": [{"text": "Oʻzbekiston"}], "exact": True}
    assert worth("short-text", "O'zbekiston", **exact) == 1
    assert worth("short-text", "oʻzbekiston", **exact) == 0


def test_the_answer_that_was_given_has_its_own_feedback() -> None:
    rows = [{"text": {"uz": "A"}, "correct": True}, {"text": {"uz": "B"}, "feedback": {"uz": "Qayta oʻqing"}}]
    content = clean_content("single", content_of("single", choices=rows))
    assert grade_response("single", content, "b").feedback == ({"uz": "<p>Qayta oʻqing</p>"},)


@pytest.mark.parametrize(("order", "expected"), [("abc", "1"), ("bca", "0.5"), ("cba", "0"), ("ab", "0.5"), ("a", "0")])
def test_ordering_counts_what_follows_what(order: str, expected: str) -> None:
    assert worth("ordering", list(order)) == Decimal(expected)


def test_equal_matches_are_one() -> None:
    pairs = [
        {"key": "a", "text": {"uz": "Igna"}, "match": {"uz": "asbob"}},
        {"key": "b", "text": {"uz": "Qaychi"}, "match": {"uz": "asbob"}},
        {"key": "c", "text": {"uz": "Ip"}, "match": {"uz": "xom ashyo"}},
    ]
    assert worth("matching", {"a": "a", "b": "a", "c": "c"}, pairs=pairs) == 1
    with pytest.raises(InvalidInput):
        worth("matching", {"b": "b"}, pairs=pairs)


def test_gaps_count_by_their_weight() -> None:
    assert worth("cloze", {"1": "ip"}) == Decimal("0.25")
    assert worth("cloze", {"2": "2"}) == Decimal("0.5")


def test_a_place_in_a_picture_is_a_cell() -> None:
    assert [worth("hot-spot", cell) for cell in ("2-1", "2-2", "4-3")] == [1, 1, 0]
    assert cell_name("3-2") == "C2"
    with pytest.raises(InvalidInput):
        worth("hot-spot", "5-1", **HOT_SPOT)


def test_an_essay_keeps_to_its_words() -> None:
    with pytest.raises(InvalidInput):
        worth("essay", "soʻz " * 101)


@given(st.lists(st.integers(), unique=True), st.text())
def test_shuffling_loses_nothing_and_one_seed_gives_one_order(things: list[int], seed: str) -> None:
    once = shuffled(things, seed=seed)
    assert sorted(once) == sorted(things)
    assert shuffled(reversed(things), seed=seed) == once
