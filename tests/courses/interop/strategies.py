"""Questions of every kind as hypothesis draws them: drafts whose content is cleaned as the bank cleans it."""

from html import escape
from io import BytesIO
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from PIL import Image

from base.errors import InvalidInput
from courses.interop.drafts import Draft, clean_draft, picture_address, picture_id

LANGUAGES = ("uz", "uz-cyrl", "kaa", "ru", "en")
PICTURE_SIZE = (8, 6)


def drawn_picture(color: str = "red") -> bytes:
    drawn = BytesIO()
    Image.new("RGBA", PICTURE_SIZE, color).save(drawn, "PNG")
    return drawn.getvalue()


PICTURES = {picture_id(data): data for data in map(drawn_picture, ("red", "blue"))}

# Letters of our alphabets, and every sign that means something to one of the formats.
LETTERS = "abOʻgʻ шЖüA1 05%~=#{}:\\/[]<>&\"'.,;-+*@$|_→\t\n"
words = st.text(st.sampled_from(LETTERS), min_size=1, max_size=20).filter(lambda text: text.strip())
plain = st.text(st.sampled_from("abcшѓ’ '=-@12"), min_size=1, max_size=12).filter(lambda text: text.strip())
marks = st.sampled_from(
    [
        "<p>{}</p>",
        "<p><strong>{}</strong></p>",
        "<ul><li>{}</li></ul>",
        "<table><tbody><tr><td>{}</td></tr></tbody></table>",
        "<pre>{}</pre>",
        "<p>{}<br>x</p><p>y</p>",
        '<p>{}<img src="{picture}" alt="rasm"></p>',
        '<p><a href="https://example.org/?a=1&amp;b={{2}}">x</a> {}</p>',
        '<p>{} <span data-tex="inline">x^2</span></p><p><span data-tex="block">\\frac{1}{a}</span></p>'.replace(
            "{1}{a}", "1a"
        ),
        "{}",
    ]
)


@st.composite
def html(draw: st.DrawFn) -> str:
    text = escape(draw(words), quote=False)
    picture = picture_address(draw(st.sampled_from(sorted(PICTURES))))
    return draw(marks).replace("{picture}", picture).replace("{}", text)


def texts(parts: st.SearchStrategy[str], *, least: int = 1) -> st.SearchStrategy[dict[str, str]]:
    """Mostly in one language, sometimes in several."""
    one = st.fixed_dictionaries({"uz": parts})
    some = st.dictionaries(st.sampled_from(LANGUAGES), parts, min_size=1, max_size=3)
    return st.one_of(st.just({}), one, some) if not least else st.one_of(one, one, some)


rich = texts(html())
said = texts(html(), least=0)
worths = st.sampled_from(["1", "0.5", "0.33333", "0", "-0.25", "-1", "0.005"])
numbers = st.decimals(-10_000, 10_000, places=3).map(str)
keys = st.sampled_from([None, None, None, "z9"])


def row(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(parts)


def rows(part: st.SearchStrategy[dict[str, Any]], least: int = 1) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(part, min_size=least, max_size=4)


choices = rows(row(text=rich, worth=worths, feedback=said), 2)
right_choices = rows(row(text=rich, correct=st.booleans(), feedback=said), 2)
shorts = rows(row(text=plain, worth=worths, feedback=said)).map(lambda found: [found[0] | {"worth": "1"}, *found[1:]])
counted = rows(row(number=numbers, tolerance=st.sampled_from(["0", "0.5", "2"]), worth=worths, feedback=said)).map(
    lambda found: [found[0] | {"worth": "1"}, *found[1:]]
)
units = st.sampled_from([[], [{"text": {"uz": "m"}}, {"text": {"uz": "sm", "ru": "см"}, "factor": "0.01"}]])
CONTENTS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "single": row(
        choices=st.tuples(row(text=rich, worth=st.just("1"), feedback=said), choices).map(
            lambda found: [found[0], *({**one, "worth": "0.5"} if one["worth"] == "1" else one for one in found[1])]
        ),
        shuffle=st.booleans(),
    ),
    "multiple": row(choices=right_choices, shuffle=st.booleans(), all_or_nothing=st.booleans()),
    "true-false": row(answer=st.booleans(), answer_feedback=row(true=said, false=said)),
    "numeric": row(answers=counted, units=units, unit_asked=st.booleans(), unit_penalty=st.sampled_from(["0.1", "1"])),
    "short-text": row(answers=shorts, exact=st.booleans()),
    "matching": row(pairs=rows(row(text=said, match=texts(plain)), 2), all_or_nothing=st.booleans()),
    "ordering": row(items=rows(row(text=rich), 2), all_or_nothing=st.booleans()),
    "essay": row(most_words=st.sampled_from([None, 100]), guide=said),
    "file": row(endings=st.sampled_from([None, [".pdf"], [".txt", ".docx"]]), guide=said),
    "hot-spot": st.fixed_dictionaries(
        {
            "image": st.sampled_from(sorted(PICTURES)).map(
                lambda uuid: {"uuid": uuid, "width": PICTURE_SIZE[0], "height": PICTURE_SIZE[1]}
            ),
            "alt": texts(plain),
            "columns": st.just(4),
            "rows": st.just(3),
            "cells": st.lists(st.sampled_from(["1-1", "2-1", "2-2", "4-3", "3-2"]), min_size=1),
        }
    ),
}
gap_kinds = {
    "single": CONTENTS["single"],
    "short-text": CONTENTS["short-text"],
    "numeric": row(answers=counted),
}


@st.composite
def gap_text(draw: st.DrawFn) -> dict[str, Any]:
    gaps = []
    for place in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(sorted(gap_kinds)))
        gaps.append({"key": str(place + 1), "kind": kind, "weight": draw(st.integers(1, 3)), **draw(gap_kinds[kind])})
    ends = "".join(f" [[{gap['key']}]]" for gap in gaps)
    given = draw(rich)
    return {"text": {code: f"{text}<p>{ends}.</p>" for code, text in given.items()}, "gaps": gaps}


@st.composite
def drafts(draw: st.DrawFn, kind: str) -> Draft:
    content = draw(gap_text() if kind == "cloze" else CONTENTS[kind])
    content = {"text": draw(rich), "feedback": draw(said), "points": draw(st.sampled_from(["1", "2.5"])), **content}
    place: dict[str, Any] = {
        "folder": tuple(draw(st.lists(st.sampled_from(["Tikuv", "A/B", "Amaliy ish & sinov"]), max_size=3))),
        "tags": draw(st.lists(st.sampled_from(["mashq", "oʻlchov", "C++, C#"]), max_size=2, unique=True)),
        "difficulty": draw(st.sampled_from([1, 2, 2, 3])),
    }
    try:
        draft = clean_draft(kind, content, **place)
    except InvalidInput:
        assume(False)
        raise
    shown = str(draft.content)
    pictures = {uuid: data for uuid, data in PICTURES.items() if uuid in shown}
    return Draft(**{**vars(draft), "pictures": pictures})
