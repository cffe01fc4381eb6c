from hypothesis import given
from hypothesis import strategies as st

from certificates.typesetting import LEADING, fitted


def measure(text: str) -> float:
    return len(text) * 0.6


@given(
    text=st.text("ab ", min_size=1, max_size=400).map(lambda text: " ".join(text.split())).filter(bool),
    width=st.floats(20, 700),
    height=st.floats(8, 60),
)
def test_whatever_is_fitted_is_whole_and_inside(text: str, width: float, height: float) -> None:
    size, lines = fitted(text, measure, width, height, 30)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(measure(line) * size <= width * 1.0001 for line in lines)
    assert len(lines) == 1 or len(lines) * LEADING * size <= height


def test_lines_are_even_rather_than_full() -> None:
    _, lines = fitted("aaaa aaaa aaaa aaaa aaaa aaaa aaaa", measure, 200, 60, 12)
    assert [len(line) for line in lines] == [19, 14]


def test_short_words_keep_their_size() -> None:
    assert fitted("abc", measure, 200, 10, 30) == (30, ["abc"])
