"""Moodle XML, written: all kinds but those that Moodle has no word for; the rest of them stands in `<malaka>`."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput
from courses.html import plain_text
from courses.interop.cloze_codes import write_gap
from courses.interop.drafts import NAME_LENGTH, PICTURE, Draft
from courses.interop.folders import written_folder
from courses.interop.numbers import ANY_NUMBER, as_percent
from courses.interop.spots import write_spot
from courses.interop.texts import marked, picture_name, pictures_in
from courses.interop.xml_questions import UNLAWFUL
from courses.questions.cloze import GAP

FOOT = "</quiz>\n"


def head(language: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz xml:lang="{language}">\n'


def category(draft: Draft) -> str:
    path = _words(written_folder(draft.folder))
    return f'<question type="category"><category><text>{path}</text></category></question>\n'


def write_one(draft: Draft, language: str, note: str) -> str:
    """A question as its element."""
    return _Writing(draft, language).element(note)


def _words(text: str) -> str:
    """A text as it stands in an element."""
    lawful = text.translate(UNLAWFUL)
    if "<" in lawful or "&" in lawful:
        return f"<![CDATA[{lawful.replace(']]>', ']]]]><![CDATA[>')}]]>"
    return escape(lawful)


class _Writing:
    def __init__(self, draft: Draft, language: str) -> None:
        self.draft, self.content, self.language = draft, draft.content, language

    def element(self, note: str) -> str:
        kind, inner = KINDS[self.draft.kind](self)
        name = plain_text(next(iter(self.content["text"].values())))[:NAME_LENGTH]
        tags = "".join(f"<tag><text>{_words(tag)}</text></tag>" for tag in self.draft.tags)
        return (
            f'<question type="{kind}">\n<name><text>{_words(name)}</text></name>\n'
            f"{self.rich('questiontext', self.stem())}{self.rich('generalfeedback', self.content['feedback'])}"
            f"<defaultgrade>{self.content['points']}</defaultgrade>\n"
            f"{inner}{f'<tags>{tags}</tags>' if tags else ''}"
            f"{f'<malaka>{_words(note)}</malaka>' if note else ''}</question>\n"
        )

    def stem(self) -> Mapping[str, str]:
        """The text of the question, with the codes of gaps; of these only one language can stand in a file."""
        texts: Mapping[str, str] = self.content["text"]
        if self.draft.kind != "cloze":
            return texts
        code = self.language if self.language in texts else next(iter(texts))
        gaps = {gap["key"]: write_gap(gap, self.language) for gap in self.content["gaps"]}
        return {code: GAP.sub(lambda found: gaps[found[1]], texts[code])}

    def rich(self, tag: str, texts: Mapping[str, str], attributes: str = "", inner: str = "") -> str:
        """An element of a text with its pictures, and what else stands in it."""
        html = marked(texts, self.language)
        held = [uuid for uuid in pictures_in(html) if uuid in self.draft.pictures]
        html = PICTURE.sub(lambda found: self.file_address(found) if found[1] in held else found[0], html)
        files = "".join(
            f'<file name="{picture_name(uuid, data)}" path="/" encoding="base64">{b64encode(data).decode()}</file>'
            for uuid, data in ((uuid, self.draft.pictures[uuid]) for uuid in held)
        )
        return f'<{tag} format="html"{attributes}><text>{_words(html)}</text>{files}{inner}</{tag}>\n'

    def file_address(self, found: Any) -> str:
        return f"@@PLUGINFILE@@/{picture_name(found[1], self.draft.pictures[found[1]])}"

    def answer(self, row: Mapping[str, Any], text: Mapping[str, str]) -> str:
        share = f' fraction="{as_percent(row["worth"])}"'
        return self.rich("answer", text, share, self.rich("feedback", row["feedback"]))

    def bare_answer(self, worth: str, text: str, feedback: Mapping[str, str], inner: str = "") -> str:
        said = self.rich("feedback", feedback)
        return f'<answer fraction="{as_percent(worth)}"><text>{_words(text)}</text>{said}{inner}</answer>\n'


# --- Kinds --------------------------------------------------------------------------------------
Inner = tuple[str, str]


def _flag(name: str, value: bool) -> str:
    return f"<{name}>{'true' if value else 'false'}</{name}>\n"


def _choices(question: _Writing) -> Inner:
    content = question.content
    answers = "".join(question.answer(choice, choice["text"]) for choice in content["choices"])
    single = _flag("single", question.draft.kind == "single") + _flag("shuffleanswers", content["shuffle"])
    return "multichoice", f"{single}<answernumbering>abc</answernumbering>\n{answers}"


def _truth(question: _Writing) -> Inner:
    said = question.content["answer_feedback"]
    right = str(question.content["answer"]).lower()
    return "truefalse", "".join(
        question.bare_answer("1" if name == right else "0", name, said[name]) for name in ("true", "false")
    )


def _short(question: _Writing) -> Inner:
    answers = question.content["answers"]
    rows = "".join(question.bare_answer(row["worth"], row["text"], row["feedback"]) for row in answers)
    return "shortanswer", f"<usecase>{int(question.content['exact'])}</usecase>\n{rows}"


def _number(question: _Writing) -> Inner:
    content = question.content
    rows = "".join(_number_row(question, row) for row in content["answers"])
    units = "".join(_unit(question, unit) for unit in content["units"])
    grading = (
        f"<unitgradingtype>{int(content['unit_asked'])}</unitgradingtype>\n"
        f"<unitpenalty>{content['unit_penalty']}</unitpenalty>\n"
        f"<showunits>{0 if units else 3}</showunits>\n<unitsleft>0</unitsleft>\n"
    )
    return "numerical", f"{rows}{f'<units>{units}</units>' if units else ''}{grading}"


def _number_row(question: _Writing, row: Mapping[str, Any]) -> str:
    if {name: row[name] for name in ANY_NUMBER} == ANY_NUMBER:
        return question.bare_answer(row["worth"], "*", row["feedback"], "<tolerance>0</tolerance>")
    tolerance = f"<tolerance>{row['tolerance']}</tolerance>"
    return question.bare_answer(row["worth"], row["number"], row["feedback"], tolerance)


def _unit(question: _Writing, unit: Mapping[str, Any]) -> str:
    multiplier = f"{round(1 / Decimal(unit['factor']), 15):f}"
    name = _words(marked(unit["text"], question.language))
    return f"<unit><multiplier>{multiplier}</multiplier><unit_name>{name}</unit_name></unit>"


def _pairs(question: _Writing) -> Inner:
    rows = []
    for pair in question.content["pairs"]:
        match = _words(marked(pair["match"], question.language))
        rows.append(question.rich("subquestion", pair["text"], inner=f"<answer><text>{match}</text></answer>"))
    return "matching", f"{_flag('shuffleanswers', True)}{''.join(rows)}"


def _order(question: _Writing) -> Inner:
    rows = "".join(
        question.rich("answer", item["text"], f' fraction="{place}"')
        for place, item in enumerate(question.content["items"], start=1)
    )
    grading = "ALL_OR_NOTHING" if question.content["all_or_nothing"] else "RELATIVE_NEXT_EXCLUDE_LAST"
    return "ordering", (
        "<layouttype>VERTICAL</layouttype>\n<selecttype>ALL</selecttype>\n<selectcount>0</selectcount>\n"
        f"<gradingtype>{grading}</gradingtype>\n{rows}"
    )


def _gaps(question: _Writing) -> Inner:
    return "cloze", ""


def _essay(question: _Writing) -> Inner:
    most = question.content["most_words"]
    limit = f"<maxwordlimit>{most}</maxwordlimit>\n" if most else ""
    guide = question.rich("graderinfo", question.content["guide"])
    return "essay", f"<responseformat>editor</responseformat>\n<attachments>0</attachments>\n{limit}{guide}"


def _file(question: _Writing) -> Inner:
    endings = ",".join(question.content["endings"])
    return "essay", (
        "<responseformat>noinline</responseformat>\n<responserequired>0</responserequired>\n"
        "<attachments>1</attachments>\n<attachmentsrequired>1</attachmentsrequired>\n"
        f"<filetypeslist>{endings}</filetypeslist>\n{question.rich('graderinfo', question.content['guide'])}"
    )


def _spot(question: _Writing) -> Inner:
    data = question.draft.pictures.get(question.content["image"]["uuid"])
    if data is None:
        raise InvalidInput(_("The picture is not in the file."))
    text = f"<text>{_words(marked(question.content['alt'], question.language))}</text>"
    return "ddmarker", write_spot(question.content, data, text)


KINDS: dict[str, Callable[[_Writing], Inner]] = {
    "single": _choices,
    "multiple": _choices,
    "true-false": _truth,
    "short-text": _short,
    "numeric": _number,
    "matching": _pairs,
    "ordering": _order,
    "cloze": _gaps,
    "essay": _essay,
    "file": _file,
    "hot-spot": _spot,
}
