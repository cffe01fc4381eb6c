import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.captions import MOST_BYTES, BadCaptions, read_captions, spoken_words

CUES = "1\n00:00.000 --> 00:02.500 align:start\nSalom\nyana\n\n01:00:00.000 --> 01:00:01.000\nTamom\n"
GOOD = f"WEBVTT - dars\n\nNOTE yozgan: A\n\n{CUES}"
PIECES = ["WEBVTT", "\n", "\n\n", "00:01.000", " --> ", "00:02.000", "x", "NOTE", "-->", "\0", "STYLE"]


def test_captions_are_kept_as_they_are_whatever_ends_their_lines() -> None:
    assert read_captions(GOOD.encode()) == GOOD
    assert read_captions(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()) == GOOD


def test_style_sheets_are_left_out() -> None:
    styled = GOOD.replace("NOTE yozgan: A", "STYLE\n::cue { background: url(https://example.org) }")
    assert "example.org" not in read_captions(styled.encode())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "WEBVTT"),
        ("1\n00:00:01,000 --> 00:00:02,000\nSRT", "WEBVTT"),
        ("WEBVTT", "no caption"),
        ("WEBVTT\n\n00:01.000 --> 00:01.000\nx", "Line 3: it ends before"),
        ("WEBVTT\n\n00:05.000 --> 00:06.000\nx\n\n00:01.000 --> 00:02.000\ny", "Line 6: it begins before"),
        ("WEBVTT\n\n00:00:01,000 --> 00:00:02,000\nx", "Line 3: a time"),
        ("WEBVTT\n\nname\n00:61.000 --> 00:02.000", "Line 4: a time"),
        ("WEBVTT\n\nonly words", "Line 4: a time"),
    ],
)
@pytest.mark.usefixtures("in_english")
def test_what_is_wrong_is_said_with_its_line(text: str, says: str) -> None:
    with pytest.raises(BadCaptions, match=says):
        read_captions(text.encode())


@pytest.mark.parametrize("data", [b"WEBVTT\n\n\xff\xfe", b"WEBVTT" + b" " * MOST_BYTES, b"\0" * 20])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(BadCaptions):
        read_captions(data)


@given(
    st.lists(
        st.sampled_from(["WEBVTT", "\n", "\n\n", "00:01.000", " --> ", "00:02.000", "x", "NOTE", "-->", "\0", "STYLE"])
    )
)
def test_nothing_breaks_whatever_is_sent(pieces: list[str]) -> None:
    try:
        kept = read_captions("".join(pieces).encode())
    except BadCaptions:
        return
    assert read_captions(kept.encode()) == kept


def test_what_is_said_is_read_without_times_names_and_notes() -> None:
    captions = (
        "WEBVTT - x\n\nNOTE 00:01 --> none\n\n1\n00:01.000 --> 00:02.000 align:start\n<v Dildora>Ignani\noling\n\n"
    )
    assert spoken_words(captions + "00:03.000 --> 00:04.000\nva <i>ipni</i>\n") == "Ignani oling va ipni"
