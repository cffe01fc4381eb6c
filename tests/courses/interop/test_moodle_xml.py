from base64 import b64encode

import pytest
from django.utils.translation import override

from courses.interop import read_questions
from courses.interop.drafts import Draft, Refusal, Unreadable
from tests.courses.interop.reading import by_name, items, only
from tests.courses.interop.strategies import drawn_picture


def test_every_kind_is_read_or_refused_by_name() -> None:
    with override("en"):
        drafts, refusals = by_name(items("every_kind.xml"))
    assert {name: one.kind for name, one in drafts.items()} == {
        "Bir tanlov": "single",
        "Koʻp tanlov": "multiple",
        "Hammasi yoki hech": "multiple",
        "Rost": "true-false",
        "Qisqa": "short-text",
        "Son": "numeric",
        "Moslash": "matching",
        "Tartib": "ordering",
        "Boʻshliqlar": "cloze",
        "Insho": "essay",
        "Fayl": "file",
        "Joy": "hot-spot",
        "Ikki tilda": "true-false",
        "Ochiq HTML": "true-false",
    }
    with override("en"):
        said = {name: (one.kind, str(one.reason)) for name, one in refusals.items()}
    assert len(said) == 18
    assert said["Hisob"] == ("calculated", "It counts with numbers drawn by chance, which questions here cannot.")
    assert said["Notanish"] == ("pmatchjme", "Malaka has no questions of this kind.")
    assert said["Siniq 1"] == ("cloze", "Gap 1 begins with { but does not end with }.")
    assert "another site" in said["Boshqa saytdan"][1]
    assert all(reason for _kind, reason in said.values())


def test_what_a_question_holds() -> None:
    with override("en"):
        drafts, _refusals = by_name(items("every_kind.xml"))
    first = drafts["Bir tanlov"]
    assert (first.folder, first.tags) == (("Tikuvchilik", "Amaliy/nazariy"), ("asbob", "xavfsizlik"))
    assert tuple(one.message for one in first.left_out) == (
        "hints for further tries",
        "feedback on right answers as a whole",
    )
    (picture,) = first.pictures
    assert f'<img src="/pictures/{picture}/" alt="Igna" width="24">' in first.content["text"]["uz"]
    assert "style" not in first.content["text"]["uz"]
    assert first.content["points"] == "2"
    assert first.content["shuffle"] is False
    number = drafts["Son"].content
    assert [answer["number"] for answer in number["answers"]] == ["15", "15", "0"]
    assert [unit["factor"] for unit in number["units"]] == ["1", "0.01"]
    assert (number["unit_asked"], number["unit_penalty"]) == (True, "0.1")
    assert [item["text"]["uz"] for item in drafts["Tartib"].content["items"]] == ["Oʻlchash", "Bichish", "Tikish"]
    gaps = drafts["Boʻshliqlar"].content["gaps"]
    assert [(gap["kind"], gap["weight"]) for gap in gaps] == [("short-text", 1), ("numeric", 2), ("single", 1)]
    assert gaps[2]["choices"][2]["feedback"] == {"uz": "<p>Yoʻq~yoʻq</p>"}
    assert drafts["Joy"].content["cells"] == ["1-1", "2-1", "1-2", "2-2"]
    assert drafts["Ikki tilda"].content["text"] == {"uz": "<p>Igna?</p>", "ru": "<p>Игла?</p>"}
    assert drafts["Hammasi yoki hech"].content["all_or_nothing"] is True
    assert drafts["Tartib"].folder == ("Default for Kurs",)


@pytest.mark.parametrize("file", ["western_1252.xml", "lies_about_utf8.xml", "wide.xml", "with_mark.xml"])
def test_letters_of_all_encodings(file: str) -> None:
    (item,) = items(file)
    assert isinstance(item, Draft)
    assert item.content["text"] == {"uz": "<p>Où va l’été ?</p>"}
    assert item.name == "Été"


TRUTHS = {"true": 100, "false": 0}


def truth(inner: str) -> str:
    answers = "".join(f'<answer fraction="{share}"><text>{word}</text></answer>' for word, share in TRUTHS.items())
    return f'<quiz><question type="truefalse"><name><text>N</text></name>{inner}{answers}</question></quiz>'


def test_pictures_in_addresses_and_broken_ones() -> None:
    data = b64encode(drawn_picture()).decode()
    shown = f'<img src="data:image/png;base64,{data}" alt="x">'
    item = only(truth(f'<questiontext format="html"><text><![CDATA[{shown}]]></text></questiontext>'), "a.xml")
    assert isinstance(item, Draft)
    assert list(item.pictures.values()) == [drawn_picture()]
    broken = '<questiontext><text>x</text><file name="a.png" encoding="base64">abc</file></questiontext>'
    assert isinstance(only(truth(broken), "a.xml"), Refusal)


def test_a_file_that_no_text_shows_is_told() -> None:
    data = b64encode(b"x").decode()
    item = only(
        truth(f'<questiontext><text>Savol</text><file name="a.pdf" encoding="base64">{data}</file></questiontext>'),
        "a.xml",
    )
    assert isinstance(item, Draft)
    assert len(item.left_out) == 1
    assert "a.pdf" in str(item.left_out[0])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<quiz></quiz>",
        "<html><body>x</body></html>",
        "<quiz><question type='truefalse'>",
        "<quiz>&nbsp;</quiz>",
        '<!DOCTYPE quiz [<!ENTITY a "b">]><quiz>&a;</quiz>',
    ],
)
def test_what_is_no_question_file_is_refused_as_a_whole(text: str) -> None:
    with pytest.raises(Unreadable):
        list(read_questions(text.encode(), name="a.xml"))
