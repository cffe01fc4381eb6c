"""GIFT, written: the kinds that it knows; what it has no word for stands in a comment that others skip."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput
from courses.html import plain_text
from courses.interop.drafts import NAME_LENGTH, PICTURE, Draft
from courses.interop.folders import written_folder
from courses.interop.numbers import ANY_NUMBER, as_percent
from courses.interop.texts import data_address, marked, written
from courses.questions.cloze import GAP

FOOT = ""
ESCAPES = str.maketrans({sign: f"\\{sign}" for sign in "\\:#={}~"} | {"\n": "\\n"})


def write_one(draft: Draft, language: str, note: str) -> str:
    """A question with all it needs above it. Raises InvalidInput for a kind that GIFT does not know."""
    return _Writing(draft, language).text(note)


def head(language: str) -> str:
    return f"// language: {language}\n\n"


def category(draft: Draft) -> str:
    return f"$CATEGORY: {written_folder(draft.folder)}\n\n"


class _Writing:
    def __init__(self, draft: Draft, language: str) -> None:
        self.draft, self.content, self.language = draft, draft.content, language

    def text(self, note: str) -> str:
        tags = " ".join(f"[tag:{tag}]" for tag in self.draft.tags)
        above = [f"// {tags}"] if tags else []
        if note:
            above.append(f"// [malaka:{note}]")
        title = next(iter(self.content["text"].values()))
        name = plain_text(title)[:NAME_LENGTH].strip().translate(ESCAPES)
        return "\n".join([*above, f"::{name}::{self._body()}"]) + "\n\n"

    def _body(self) -> str:
        general = self.said("####", self.content["feedback"])
        if self.draft.kind == "cloze":
            return self._missing_word(general)
        return f"{self.rich(self.content['text'])} {{{self.answers(self.draft.kind, self.content)}{general}}}"

    def _missing_word(self, general: str) -> str:
        gaps, texts = self.content["gaps"], self.content["text"]
        if len(gaps) > 1:
            raise InvalidInput(
                _("GIFT has one gap in a question; this one has %(count)d."), values={"count": len(gaps)}
            )
        code = self.language if self.language in texts else next(iter(texts))
        before, after = GAP.sub("\0", self.with_pictures(texts[code])).split("\0")
        answers = f"{{{self.answers(gaps[0]['kind'], gaps[0])}{general}}}"
        return f"[html]{before.translate(ESCAPES)}{answers}{after.translate(ESCAPES)}"

    def answers(self, kind: str, content: Mapping[str, Any]) -> str:
        match kind:
            case "single" | "multiple":
                return "".join(self.choice(choice, kind == "single") for choice in content["choices"])
            case "numeric":
                return "#" + "".join(self.number(answer) for answer in content["answers"])
            case "short-text":
                return "".join(self.short(answer) for answer in content["answers"])
            case "matching":
                return "".join(f"={self.rich(pair['text'])}->{self.words(pair['match'])}" for pair in content["pairs"])
            case "true-false":
                return self.truth(content)
            case "essay":
                return ""
        raise InvalidInput(_("GIFT has no questions of this kind."))

    def choice(self, choice: Mapping[str, Any], is_single: bool) -> str:
        text = self.rich(choice["text"])
        sign, unsaid = ("=", "1") if is_single and choice["worth"] == "1" else ("~", "0")
        return f"{self.weight(sign, choice['worth'], unsaid, text)}{text}{self.said('#', choice['feedback'])}\n"

    def number(self, answer: Mapping[str, Any]) -> str:
        numbers = {name: answer[name] for name in ANY_NUMBER}
        feedback = self.said("#", answer["feedback"])
        if numbers == ANY_NUMBER and answer["worth"] == "0" and feedback:
            return f"~{feedback}\n"
        return f"{self.weight('=', answer['worth'], '1')}{answer['number']}:{answer['tolerance']}{feedback}\n"

    def short(self, answer: Mapping[str, Any]) -> str:
        text = answer["text"].translate(ESCAPES)
        return f"{self.weight('=', answer['worth'], '1', text)}{text}{self.said('#', answer['feedback'])}\n"

    def truth(self, content: Mapping[str, Any]) -> str:
        said, answer = content["answer_feedback"], content["answer"]
        wrong, right = said[str(not answer).lower()], said[str(answer).lower()]
        both = f"#{self.rich(wrong)}#{self.rich(right)}" if right else self.said("#", wrong)
        return f"{'TRUE' if answer else 'FALSE'}{both}"

    def weight(self, sign: str, worth: str, unsaid: str, text: str = "") -> str:
        """The sign, with the share in per cent unless that goes without saying."""
        goes_without = Decimal(worth) == Decimal(unsaid) and not text.startswith("%")
        return sign if goes_without else f"{sign}%{as_percent(worth)}%"

    def said(self, sign: str, texts: Mapping[str, str]) -> str:
        return f"{sign}{self.rich(texts)}" if texts else ""

    def rich(self, texts: Mapping[str, str]) -> str:
        text, is_html = written(texts, self.language)
        if "->" in text:
            text, is_html = marked(texts, self.language), True
        return f"{self.form(text, is_html)}{self.with_pictures(text).translate(ESCAPES)}"

    def words(self, texts: Mapping[str, str]) -> str:
        text, _is_html = written(texts, self.language)
        return text.translate(ESCAPES)

    def form(self, text: str, is_html: bool) -> str:
        return "[html]" if is_html else "[moodle]" if text.startswith("[") or "\n" in text else ""

    def with_pictures(self, html: str) -> str:
        """HTML with the pictures themselves in their addresses."""
        pictures = self.draft.pictures
        return PICTURE.sub(lambda found: data_address(pictures[found[1]]) if found[1] in pictures else found[0], html)
