from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.errors import InvalidInput
from courses.questions import clean_definition, grade, parse_number, parse_response
from tests.courses.factories import DEFINITIONS, MULTIPLE, NUMERIC, RIGHT, SHORT_TEXT, SINGLE

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


@pytest.mark.parametrize("kind", DEFINITIONS)
def test_clean_definition_is_stable(kind: str) -> None:
    once = clean_definition(kind, DEFINITIONS[kind])
    assert clean_definition(kind, once) == once


@pytest.mark.parametrize("kind", DEFINITIONS)
def test_the_right_answer_is_worth_all(kind: str) -> None:
    definition = clean_definition(kind, DEFINITIONS[kind])
    assert grade(kind, definition, parse_response(kind, definition, RIGHT[kind])) == 1


@pytest.mark.parametrize("kind", DEFINITIONS)
@pytest.mark.parametrize("raw", [None, "", [], [""], "  "])
def test_no_answer_is_worth_nothing(kind: str, raw: object) -> None:
    definition = clean_definition(kind, DEFINITIONS[kind])
    assert grade(kind, definition, parse_response(kind, definition, raw)) == 0


@pytest.mark.parametrize(
    ("kind", "definition", "field"),
    [
        ("single", {}, "choices"),
        ("single", {"choices": ["a", "b"]}, "choices"),
        ("single", {"choices": SINGLE["choices"][:1]}, "choices"),
        ("single", {"choices": [{"text": {"uz": "A"}}, {"text": {"uz": "B"}}]}, "choices"),
        ("single", MULTIPLE, "choices"),
        ("single", {"choices": [{"text": {}, "correct": True}, {"text": {"uz": "B"}}]}, "choices"),
        ("single", {"choices": [SINGLE["choices"][0], SINGLE["choices"][0]]}, "choices"),
        ("multiple", {"choices": [{"text": {"uz": "A"}}, {"text": {"uz": "B"}}]}, "choices"),
        ("multiple", {"choices": [{"text": {"xx": "A"}, "correct": True}, {"text": {"uz": "B"}}]}, "choices"),
        ("true-false", {"answer": "yes"}, "answer"),
        ("numeric", {"answer": "twelve"}, "answer"),
        ("numeric", {"answer": "NaN"}, "answer"),
        ("numeric", {"answer": "1e5"}, "answer"),
        ("numeric", {"answer": "1", "tolerance": "-1"}, "tolerance"),
        ("numeric", {"answer": "1", "tolerance": "x"}, "tolerance"),
        ("short-text", {"accepted": []}, "accepted"),
        ("short-text", {"accepted": "chok"}, "accepted"),
        ("short-text", {"accepted": ["?!"]}, "accepted"),
        ("short-text", {"accepted": ["x" * 201]}, "accepted"),
    ],
)
def test_clean_definition_names_the_field_to_mend(kind: str, definition: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        clean_definition(kind, definition)
    assert refusal.value.field == field


def test_choices_without_keys_get_free_ones() -> None:
    choices = [{"key": "a", "text": {"uz": "1"}, "correct": True}, {"text": {"uz": "2"}}, {"text": {"uz": "3"}}]
    cleaned = clean_definition("single", {"choices": choices})
    assert [choice["key"] for choice in cleaned["choices"]] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("picked", "worth"),
    [
        (["a"], "0.5"),
        (["a", "b"], "1"),
        (["a", "b", "c"], "0.5"),
        (["a", "c"], "0"),
        (["c", "d"], "0"),
        (["a", "b", "c", "d"], "0"),
    ],
)
def test_wrong_picks_subtract_but_never_below_nothing(picked: list[str], worth: str) -> None:
    assert grade("multiple", MULTIPLE, picked) == Decimal(worth)


@given(st.data())
def test_multiple_choice_is_fair(data: st.DataObject) -> None:
    flags = data.draw(st.lists(st.booleans(), min_size=2, max_size=20).filter(any))
    choices: list[dict[str, Any]] = [
        {"key": f"k{n}", "text": {"uz": "x"}, "correct": flag} for n, flag in enumerate(flags)
    ]
    picked = data.draw(st.lists(st.sampled_from([choice["key"] for choice in choices]), unique=True))
    right = {choice["key"] for choice in choices if choice["correct"]}
    worth = grade("multiple", {"choices": choices}, picked)
    assert 0 <= worth <= 1
    assert (worth == 1) == (set(picked) == right)
    more = right - set(picked)
    if more:
        assert grade("multiple", {"choices": choices}, [*picked, min(more)]) >= worth


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
    response = f"{Decimal('12.5') + distance:f}"
    assert grade("numeric", NUMERIC, response) == (1 if abs(distance) <= Decimal("0.1") else 0)


def test_a_small_number_is_kept_without_exponent() -> None:
    assert parse_response("numeric", NUMERIC, "0,0000000001") == "0.0000000001"


@pytest.mark.parametrize("text", ["Toʻgʻri chok", "TO`G`RI  CHOK", "тўғри чок", "to'g'ri chok."])
def test_short_text_is_the_same_word_in_any_spelling(text: str) -> None:
    assert grade("short-text", SHORT_TEXT, text) == 1


@pytest.mark.parametrize("kind", DEFINITIONS)
@given(raw=JSON)
def test_any_answer_is_read_or_refused(kind: str, raw: object) -> None:
    definition = DEFINITIONS[kind]
    try:
        response = parse_response(kind, definition, raw)
    except InvalidInput:
        return
    assert 0 <= grade(kind, definition, response) <= 1
    assert parse_response(kind, definition, response) == response
