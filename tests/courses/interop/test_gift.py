from collections.abc import Iterator

import pytest
from django.utils.translation import override

from courses.interop.drafts import Draft, Refusal
from courses.questions import grade_response, read_response
from tests.courses.interop.reading import by_name, items, only

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def english() -> Iterator[None]:
    with override("en"):
        yield


def draft(text: str) -> Draft:
    item = only(text)
    assert isinstance(item, Draft), item
    return item


def reason(text: str) -> str:
    item = only(text)
    assert isinstance(item, Refusal), item
    return str(item.reason)


def test_every_corner_is_read_or_refused_by_name() -> None:
    drafts, refusals = by_name(items("every_corner.gift"))
    assert {name: one.kind for name, one in drafts.items()} == {
        "Birinchi": "single",
        "Bir metrda necha santimetr?": "numeric",
        "Oraliq": "numeric",
        "Necha?": "numeric",
        "Necha qavat?": "numeric",
        "Toshkent poytaxtmi?": "true-false",
        "Yolgʻon gap": "true-false",
        "Ip [[1]] oʻraladi.": "cloze",
        "Poytaxt nomi?": "short-text",
        "Nuqta qoʻying": "matching",
        "Nima uchun xavfsizlik muhim?": "essay",
        "Qaysi ikkitasi tola?": "multiple",
        "Belgilar: x = 5": "single",
        "Teg <b> nima qiladi?": "single",
        "Qatorlar ikki": "true-false",
        "Oxirgi": "short-text",
    }
    assert {name: one.kind for name, one in refusals.items()} == {
        "Bu shunchaki matn.": "description",
        "Yopilmagan": "question",
        "Yopiq} qavs": "question",
        "Ikki": "question",
        "Hech biri toʻgʻri emas": "multiple",
        "Son emas": "numeric",
        "Oʻqsiz juft": "matching",
    }
    first = drafts["Birinchi"]
    assert (first.folder, first.tags) == (("Tikuv", "Igna va ip"), ("ip", "xavfsizlik"))
    assert [choice["worth"] for choice in first.content["choices"]] == ["1", "0", "-0.5"]
    assert first.content["feedback"] == {"uz": "<p>Darsni qayta oʻqing.</p>"}
    assert drafts["Oxirgi"].folder == ("Tikuv", "Amaliy/nazariy ishlar")
    assert list(map(str, drafts["Belgilar: x = 5"].left_out)) == ["a script"]


def test_a_number_with_a_word_on_wrong_answers() -> None:
    content = draft("Necha? {#3:2~#Completely wrong}").content
    for answer, worth, said in (("5", 1, {}), ("5.01", 0, {"uz": "<p>Completely wrong</p>"})):
        grade = grade_response("numeric", content, read_response("numeric", content, answer))
        assert grade.worth == worth
        assert grade.feedback == (said,)


@pytest.mark.parametrize(
    ("answers", "number", "tolerance"),
    [("#1..5", "3", "2"), ("#-1.5..-0.5", "-1", "0.5"), ("#=3,5:0,1", "3.5", "0.1"), ("#=%100%1e3", "1000", "0")],
)
def test_ranges_and_tolerances(answers: str, number: str, tolerance: str) -> None:
    (answer,) = draft(f"Necha? {{{answers}}}").content["answers"]
    assert (answer["number"], answer["tolerance"]) == (number, tolerance)


def test_the_first_feedback_of_true_or_false_is_on_the_wrong_answer() -> None:
    said = draft("Rostmi? {T#wrong#right####general}").content
    assert said["answer_feedback"] == {"false": {"uz": "<p>wrong</p>"}, "true": {"uz": "<p>right</p>"}}
    assert said["feedback"] == {"uz": "<p>general</p>"}


def test_escapes_and_formats() -> None:
    content = draft(r"\:\: [a] 2\=2 \#1 \{x\} C\:\\n\n2-qator {=\=1 ~[html]<b>x</b> \& y ~[plain]<b>z</b>}").content
    assert content["text"] == {"uz": r"<p>:: [a] 2=2 #1 {x} C:\n</p><p>2-qator</p>"}
    assert [choice["text"]["uz"] for choice in content["choices"]] == [
        "=1",
        r"<b>x</b> \&amp; y",
        "&lt;b&gt;z&lt;/b&gt;",
    ]


def test_signs_alone_are_compared_as_they_are() -> None:
    assert draft(r"Qoʻshish belgisi? {=+}").content["exact"] is True
    assert draft("Nima? {=ip}").content["exact"] is False


def test_several_languages_stand_in_marks() -> None:
    text = r'[html]<span class\="multilang" lang\="uz">Ha</span><span lang\="ru" class\="multilang">Да</span>! {T}'
    assert draft(text).content["text"] == {"uz": "<p>Ha!</p>", "ru": "<p>Да!</p>"}
    braces = r"\{mlang en\}Yes\{mlang\}\{mlang ru\}Да\{mlang\} {T}"
    assert draft(braces).content["text"] == {"ru": "<p>Да</p>", "en": "<p>Yes</p>"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Matn", "asks nothing"),
        ("A {=a", "not both"),
        ("A {=a} {=b}", "two places"),
        ("A {=a}\nB {=b}", "two places"),
        ("A {=a =b ~c}", "exactly one"),
        ("A {#x}", "not a number"),
        ("A {#1..b}", "not a number"),
        ("A {" + "~x" * 41 + "=y}", "more than 40"),
        ("A {~%900%x ~y}", "per cent"),
        ('A [html]<img src\\="https://example.org/x.png"> {T}', "another site"),
    ],
)
def test_what_cannot_be_taken_says_why(text: str, said: str) -> None:
    assert said in reason(text)


@pytest.mark.parametrize(
    ("file", "texts"),
    [
        ("western_1252.gift", ["Quel mot a un accent ?", "Où est la « Tour » ?"]),
        ("cyrillic_1251.gift", ["Столица Узбекистана?", "Сколько будет дважды два?"]),
        ("with_mark.gift", ["Nima?", "Kim?"]),
        ("wide.gift", ["Nima bu?", "Oʻzbek harfi?"]),
    ],
)
def test_letters_of_all_encodings(file: str, texts: list[str]) -> None:
    found = [item.content["text"]["uz"] for item in items(file) if isinstance(item, Draft)]
    assert found == [f"<p>{text}</p>" for text in texts]


def test_the_file_says_its_language() -> None:
    assert draft("// language: ru\n\nЧто? {=да ~нет}").content["text"] == {"ru": "<p>Что?</p>"}


def test_a_note_that_was_changed_is_refused() -> None:
    for note in ("nothing", '{"points":"-1"}', '{"tags":[1]}', '{"folder":null}', "[" * 10_000, '{"choices":{"0":3}}'):
        assert isinstance(only(f"// [malaka:{note}]\nNima? {{=a ~b}}"), Refusal), note
