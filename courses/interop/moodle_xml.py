"""Moodle XML, read: `<quiz>` with a `<question type="…">` for each question, and categories between them.

Format: what Moodle 4 and 5 write, and the older spellings that it still reads.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element, tostring

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput, reason
from base.languages import LANGUAGE_CODES
from courses.html import plain_text
from courses.interop.cloze_codes import read_gaps
from courses.interop.drafts import NAME_LENGTH, Draft, Item, Refusal, Unreadable, amend, clean_draft
from courses.interop.folders import read_folder
from courses.interop.numbers import ANY_NUMBER, percent, plain_number
from courses.interop.spots import read_spot
from courses.interop.texts import HTML, MARKED_DOWN, PLAIN, TYPED, Reading, decode_base64
from courses.interop.xml_questions import read_pieces

FORMATS = {"html": HTML, "moodle_auto_format": TYPED, "plain_text": PLAIN, "markdown": MARKED_DOWN}
TRUE = ("true", "1", "yes")
SPOKEN_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

UNKNOWN = gettext_lazy("Malaka has no questions of this kind.")
NOT_TAKEN: dict[str, str | Promise] = {
    "description": gettext_lazy("It asks nothing: it is a text between questions."),
    "random": gettext_lazy("It draws other questions by chance; here a quiz does that."),
    "randomsamatch": gettext_lazy("It is made of other questions by chance."),
    **dict.fromkeys(
        ("calculated", "calculatedmulti", "calculatedsimple", "formulas", "stack"),
        gettext_lazy("It counts with numbers drawn by chance, which questions here cannot."),
    ),
    **dict.fromkeys(
        ("ddwtos", "ddimageortext", "gapselect", "ddmatch"),
        gettext_lazy("Words or pictures are dragged into places, which questions here cannot."),
    ),
}


def read(data: bytes, language: str) -> Iterator[Item]:
    """The questions of a file, one by one. Raises Unreadable."""
    folder: tuple[str, ...] = ()
    count = 0
    for root, piece in read_pieces(data):
        if root.tag != "quiz":
            break
        count += 1
        said = root.get(SPOKEN_LANGUAGE, "")
        if piece.tag == "question" and piece.get("type") == "category":
            folder = read_folder(text_of(piece.find("category")))
        elif piece.tag == "question":
            yield _item(piece, folder, said if said in LANGUAGE_CODES else language)
    if not count:
        raise Unreadable(
            gettext_lazy("This XML holds no questions of Moodle: it has no <quiz> with <question> in it."), field="file"
        )


def text_of(element: Element | None) -> str:
    """The text of an element, in its `<text>` or itself; HTML that stands in it unescaped is taken as it is."""
    if element is None:
        return ""
    text = element.find("text")
    holder = element if text is None else text
    children = "" if text is None else "".join(tostring(child, encoding="unicode") for child in holder)
    return f"{holder.text or ''}{children}"


def _item(element: Element, folder: tuple[str, ...], language: str) -> Draft | Refusal:
    kind = element.get("type") or "?"
    question = _Question(element, language)
    name = question.name()
    if kind not in KINDS:
        return Refusal(name, kind[:40], reason(NOT_TAKEN.get(kind, UNKNOWN)))
    try:
        own, content = KINDS[kind](question)
        if "text" not in content:
            content["text"] = question.rich("questiontext")
        draft = clean_draft(
            own,
            {**question.common(), **content},
            folder=folder,
            tags=[text_of(tag) for tag in element.iterfind("tags/tag")],
            pictures=question.reading.pictures,
            left_out=tuple(question.reading.left_out),
            name=name,
        )
        note = element.findtext("malaka")
        return amend(draft, note) if note else draft
    except InvalidInput as error:
        return Refusal(name, kind, error.reason)


class _Question:
    """What the kinds share: how texts, answers and settings of an element are read."""

    def __init__(self, element: Element, language: str) -> None:
        self.element = element
        found = element.find("questiontext")
        self.stem = Element("questiontext") if found is None else found
        self.form = FORMATS.get(self.stem.get("format", "html"), HTML)
        self.reading = Reading(language)

    def name(self) -> str:
        words = plain_text(text_of(self.element.find("name"))) or plain_text(text_of(self.stem))
        return words[:NAME_LENGTH]

    def common(self) -> dict[str, Any]:
        """Text, points, feedback; and a word on what is left out."""
        for path, words in LEFT_OUT.items():
            if any(text_of(found).strip() for found in self.element.iterfind(path)):
                self.reading.left_out.append(reason(words))
        if self.flag("hidden"):
            self.reading.left_out.append(reason(_("that it was hidden there")))
        return {
            "points": plain_number(self.setting("defaultgrade", "1")),
            "feedback": self.rich("generalfeedback"),
        }

    def setting(self, name: str, default: str = "") -> str:
        return (text_of(self.element.find(name)) or default).strip()

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.setting(name).lower()
        return value in TRUE if value else default

    def rich(self, path: str, within: Element | None = None, instead: str | None = None) -> dict[str, str]:
        return self._text(self.reading.rich, (self.element if within is None else within).find(path), instead)

    def line(self, element: Element | None) -> dict[str, str]:
        return self._text(self.reading.line, element)

    def _text(
        self, read: Callable[[str, str], dict[str, str]], element: Element | None, instead: str | None = None
    ) -> dict[str, str]:
        """What an element says with its files; `instead` of its text another one."""
        if element is None:
            return {}
        self.reading.files = files_of(element)
        text = text_of(element)
        for name in self.reading.files:
            if name not in text and quote(name) not in text:
                self.reading.left_out.append(reason(_("the file “%(name)s”, which no text shows"), name=name))
        return read(text if instead is None else instead, FORMATS.get(element.get("format", ""), self.form))

    def answers(self) -> list[Element]:
        return self.element.findall("answer")

    def worth(self, answer: Element) -> str:
        return percent(answer.get("fraction") or "0")


LEFT_OUT = {
    "hint": gettext_lazy("hints for further tries"),
    "correctfeedback": gettext_lazy("feedback on right answers as a whole"),
    "partiallycorrectfeedback": gettext_lazy("feedback on partly right answers as a whole"),
    "incorrectfeedback": gettext_lazy("feedback on wrong answers as a whole"),
    "responsetemplate": gettext_lazy("the template for the answer"),
}


def files_of(element: Element) -> dict[str, bytes]:
    """The files that come with a text, by path and name. Raises InvalidInput."""
    files = {}
    for file in element.iterfind("file"):
        path = file.get("path") or "/"
        name = f"{path if path.endswith('/') else path + '/'}{file.get('name') or ''}"
        files[name] = decode_base64(file.text or "") if file.get("encoding", "base64") == "base64" else b""
    return files


# --- Kinds --------------------------------------------------------------------------------------
Content = tuple[str, dict[str, Any]]


def _choices(question: _Question) -> Content:
    choices = [
        {"text": question.line(answer), "worth": question.worth(answer), "feedback": question.rich("feedback", answer)}
        for answer in question.answers()
    ]
    content = {"choices": choices, "shuffle": question.flag("shuffleanswers", default=True)}
    return ("single" if question.flag("single", default=True) else "multiple"), content


def _all_or_nothing(question: _Question) -> Content:
    _kind, content = _choices(question)
    is_right = [float(choice["worth"]) > 0 for choice in content["choices"]]
    choices = [
        {"text": choice["text"], "feedback": choice["feedback"], "correct": right}
        for choice, right in zip(content["choices"], is_right, strict=True)
    ]
    return "multiple", content | {"choices": choices, "all_or_nothing": True}


def _truth(question: _Question) -> Content:
    answers = {text_of(answer).strip().lower(): answer for answer in question.answers()}
    right = [said for said, answer in answers.items() if float(question.worth(answer)) > 0]
    if set(answers) != {"true", "false"} or len(right) != 1:
        raise InvalidInput(_("It does not say whether true or false is right."))
    said = {name: question.rich("feedback", answer) for name, answer in answers.items()}
    return "true-false", {"answer": right[0] == "true", "answer_feedback": said}


def _short(question: _Question) -> Content:
    answers = []
    for answer in question.answers():
        text = text_of(answer)
        if "\\*" in text:
            raise InvalidInput(_("It asks for an asterisk, which stands for anything here."))
        answers.append({"text": text, "worth": question.worth(answer), "feedback": question.rich("feedback", answer)})
    return "short-text", {"answers": answers, "exact": question.flag("usecase")}


def _number(question: _Question) -> Content:
    answers = []
    for answer in sorted(question.answers(), key=lambda answer: text_of(answer).strip() == "*"):
        text = text_of(answer).strip()
        exact = {"number": plain_number(text), "tolerance": plain_number(_tolerance(answer))} if text != "*" else {}
        row = {"worth": question.worth(answer), "feedback": question.rich("feedback", answer)}
        answers.append((exact or ANY_NUMBER) | row)
    grading = question.setting("unitgradingtype", "0")
    units = _units(question)
    return "numeric", {
        "answers": answers,
        "units": units,
        "unit_asked": bool(units) and grading in ("1", "2"),
        "unit_penalty": plain_number(question.setting("unitpenalty", "0.5")),
    }


def _tolerance(answer: Element) -> str:
    return (answer.findtext("tolerance") or answer.get("tolerance") or "0").strip() or "0"


def _units(question: _Question) -> list[dict[str, Any]]:
    """Moodle says how many of a unit the first one is; Malaka, how many of the first it is."""
    units = []
    for unit in question.element.iterfind("units/unit"):
        multiplier = float(plain_number(unit.findtext("multiplier") or "1"))
        if not multiplier:
            raise InvalidInput(_("A unit has the multiplier 0."))
        name = question.reading.words((unit.findtext("unit_name") or "").strip(), PLAIN)
        units.append({"text": name, "factor": plain_number(repr(1 / multiplier))})
    return sorted(units, key=lambda unit: unit["factor"] != "1")


def _pairs(question: _Question) -> Content:
    pairs = []
    for pair in question.element.iterfind("subquestion"):
        match = question.reading.words(text_of(pair.find("answer")), TYPED)
        pairs.append({"text": question.line(pair), "match": match})
    return "matching", {"pairs": pairs}


def _order(question: _Question) -> Content:
    answers = sorted(question.answers(), key=lambda answer: float(question.worth(answer)))
    if question.setting("selecttype", "0").upper() not in ("0", "ALL"):
        question.reading.left_out.append(reason(_("that only some of its rows are asked for")))
    grading = question.setting("gradingtype", "RELATIVE_NEXT_EXCLUDE_LAST").upper()
    if grading not in ("1", "RELATIVE_NEXT_EXCLUDE_LAST", "-1", "ALL_OR_NOTHING"):
        question.reading.left_out.append(reason(_("its way of grading: what counts here is which row follows which")))
    items = [{"text": question.line(answer)} for answer in answers]
    return "ordering", {"items": items, "all_or_nothing": grading in ("-1", "ALL_OR_NOTHING")}


def _gaps(question: _Question) -> Content:
    """The text is read once the codes are out of it: their feedback may be in several languages."""
    question.reading.files = files_of(question.stem)
    text, gaps = read_gaps(text_of(question.stem), question.reading)
    return "cloze", {"text": question.rich("questiontext", instead=text), "gaps": gaps}


def _essay(question: _Question) -> Content:
    guide = question.rich("graderinfo")
    attachments = question.setting("attachments", "0")
    if question.setting("responseformat") == "noinline" and attachments != "0":
        endings = question.setting("filetypeslist").replace(",", " ").replace(";", " ").split()
        return "file", {"endings": sorted(endings) or None, "guide": guide}
    if attachments != "0":
        question.reading.left_out.append(reason(_("files that may be added to the answer")))
    if question.setting("minwordlimit", "0") not in ("", "0"):
        question.reading.left_out.append(reason(_("the fewest words that are asked for")))
    most = question.setting("maxwordlimit")
    return "essay", {
        "most_words": int(most) if most.isascii() and most.isdigit() and int(most) else None,
        "guide": guide,
    }


def _spot(question: _Question) -> Content:
    return "hot-spot", read_spot(question.element, question.reading, files_of(question.element))


KINDS: dict[str, Callable[[_Question], Content]] = {
    "multichoice": _choices,
    "multichoiceset": _all_or_nothing,
    "truefalse": _truth,
    "shortanswer": _short,
    "numerical": _number,
    "match": _pairs,
    "matching": _pairs,
    "ordering": _order,
    "cloze": _gaps,
    "multianswer": _gaps,
    "essay": _essay,
    "ddmarker": _spot,
}
