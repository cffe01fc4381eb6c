"""GIFT, read: questions as plain text, each ended by an empty line.

What a backslash stands before is set aside first, so that all that follows looks at the signs that mean something.
Format: Moodle's documentation of GIFT.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput
from base.languages import LANGUAGE_CODES
from courses.interop.drafts import NAME_LENGTH, Draft, Item, Refusal, amend, clean_draft
from courses.interop.encodings import decode
from courses.interop.folders import read_folder
from courses.interop.numbers import ANY_NUMBER, percent, plain_number
from courses.interop.texts import HTML, MARKED_DOWN, PLAIN, TYPED, Reading
from courses.questions.pieces import MAX_ROWS

SIGNS = "\\:#={}~n"
ASIDE = {sign: chr(0xFDD0 + place) for place, sign in enumerate(SIGNS)}  # characters that no text has
ESCAPED = re.compile(r"\\([\\:#={}~n])")
BACK = str.maketrans({aside: "\n" if sign == "n" else sign for sign, aside in ASIDE.items()})
CATEGORY = re.compile(r"\s*\$CATEGORY:\s*(.*)")
NAMED = re.compile(r"\s*::(.*?)::", re.DOTALL)
FORMATTED = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
FORMATS = {"html": HTML, "moodle": TYPED, "plain": PLAIN, "markdown": MARKED_DOWN}
WEIGHT = re.compile(r"\s*%(-?[0-9.]{1,12})%")
TAGGED = re.compile(r"\[tag:([^\]]*)\]")
NOTED = re.compile(r"\[malaka:(.*)\]")
LANGUAGE = re.compile(r"language:\s*([a-z-]+)")
GAP_KINDS = ("single", "short-text", "numeric")
TRUTHS = {"T": True, "TRUE": True, "F": False, "FALSE": False}


@dataclass
class Block:
    """The lines of one question, and the comments above and among them."""

    lines: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    folder: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return ESCAPED.sub(lambda found: ASIDE[found[1]], "\n".join(self.lines))


@dataclass
class Piece:
    """An answer: the sign it begins with, what it is worth, its text, what is said of it."""

    sign: str
    worth: str | None
    text: str
    feedback: str

    @property
    def value(self) -> str:
        """What it is worth where nothing is said: all after `=`, nothing after `~`."""
        return self.worth if self.worth is not None else "1" if self.sign == "=" else "0"


def read(data: bytes, language: str) -> Iterator[Item]:
    """The questions of a file, one by one."""
    for block in _blocks(decode(data)):
        for comment in block.comments:
            if (said := LANGUAGE.fullmatch(comment.strip())) and said[1] in LANGUAGE_CODES:
                language = said[1]
        if block.lines:
            yield _item(block, language)


def _blocks(text: str) -> Iterator[Block]:
    block = Block()
    for line in [*text.split("\n"), ""]:
        category = CATEGORY.fullmatch(line)
        if category or not line.strip():
            yield block
            block = Block(folder=read_folder(category[1]) if category else block.folder)
        elif line.lstrip().startswith("//"):
            block.comments.append(line.strip()[2:])
        else:
            block.lines.append(line)


def _item(block: Block, language: str) -> Draft | Refusal:
    text = block.text
    named = NAMED.match(text)
    body = text[named.end() :] if named else text
    name = (_said(named[1]) if named else " ".join(_said(body.partition("{")[0]).split()))[:NAME_LENGTH]
    kind = "question" if answers_are(body) else "description"
    try:
        question = _Question(*_parts(body), language)
        kind = question.kind
        draft = clean_draft(
            kind,
            question.read(),
            folder=block.folder,
            tags=[tag for comment in block.comments for tag in TAGGED.findall(comment)],
            pictures=question.reading.pictures,
            left_out=tuple(question.reading.left_out),
            name=name if named else "",
        )
        notes = [found[1] for comment in block.comments if (found := NOTED.fullmatch(comment.strip()))]
        return amend(draft, notes[-1]) if notes else draft
    except InvalidInput as error:
        return Refusal(name, kind, error.reason)


def answers_are(body: str) -> bool:
    return "{" in body or "}" in body


def _parts(body: str) -> tuple[tuple[str, str], str]:
    """What stands before and after the answers, and these. Raises InvalidInput."""
    before, opened, rest = body.partition("{")
    answers, closed, after = rest.partition("}")
    if not answers_are(body):
        raise InvalidInput(_("It asks nothing: there are no answers in braces."))
    if not opened or not closed or "}" in before or "{" in answers:
        raise InvalidInput(_("Its answers begin with { or end with }, but not both, before the next empty line."))
    if answers_are(after):
        raise InvalidInput(
            _("It has answers at two places. An empty line ends a question; each has its answers at one place.")
        )
    return (before, after), answers.strip()


def _said(text: str) -> str:
    """A text with what was set aside."""
    return text.translate(BACK).strip()


class _Question:
    """One question whose text and answers were found."""

    def __init__(self, stem: tuple[str, str], answers: str, language: str) -> None:
        formatted = FORMATTED.match(stem[0])
        self.form = FORMATS[formatted[1].lower()] if formatted else TYPED
        self.before = stem[0][formatted.end() :] if formatted else stem[0]
        self.after = stem[1].rstrip()
        answers, _sign, self.general = answers.partition("####")
        self.answers = answers.strip()
        self.asked = self._asked()
        self.reading = Reading(language)

    @property
    def kind(self) -> str:
        """A missing word is a gap."""
        return "cloze" if self.after and self.asked in GAP_KINDS else self.asked

    def _asked(self) -> str:
        """What the signs among the answers say, in the order in which Moodle looks for them."""
        if not self.answers:
            return "essay"
        if self.answers.startswith("#"):
            return "numeric"
        if "~" in self.answers:
            return "single" if "=" in self.answers else "multiple"
        if "=" in self.answers and "->" in self.answers:
            return "matching"
        return "true-false" if self.answers.partition("#")[0].strip().upper() in TRUTHS else "short-text"

    def read(self) -> dict[str, Any]:
        """What it holds. Raises InvalidInput."""
        blank = "[[1]]" if self.kind == "cloze" else "_____"
        text = f"{self.before}{blank}{self.after}" if self.after else self.before
        texts = {"text": self.reading.rich(_said(text), self.form), "feedback": self.rich(self.general)}
        content = self._content()
        if self.kind == "cloze":
            content = {"gaps": [{"key": "1", "kind": self.asked, **content}]}
        return texts | content

    def _content(self) -> dict[str, Any]:
        match self.asked:
            case "numeric":
                return {"answers": self._numbers(self.pieces(self.answers[1:]))}
            case "single" | "multiple":
                return {"choices": [self._choice(piece) for piece in self.pieces(self.answers)]}
            case "matching":
                return {"pairs": self._pairs()}
            case "true-false":
                return self._truth(*self.answers.split("#"))
            case "short-text":
                return {"answers": [self._short(piece) for piece in self.pieces(self.answers)]}
        return {}

    def rich(self, text: str) -> dict[str, str]:
        return self.reading.rich(*self.formatted(text))

    def line(self, text: str) -> dict[str, str]:
        return self.reading.line(*self.formatted(text))

    def formatted(self, text: str) -> tuple[str, str]:
        """A text and its format: its own, else that of the question."""
        found = FORMATTED.match(text)
        return _said(text[found.end() :] if found else text), FORMATS[found[1].lower()] if found else self.form

    def pieces(self, text: str) -> list[Piece]:
        """The answers one by one; a first one without a sign is right."""
        pieces = []
        for part in _few([part for part in re.split(r"(?=[=~])", text) if part.strip()]):
            sign, rest = (part[0], part[1:]) if part[:1] in ("=", "~") else ("=", part)
            weight = WEIGHT.match(rest)
            said, _sign, feedback = rest[weight.end() if weight else 0 :].partition("#")
            pieces.append(Piece(sign, percent(weight[1]) if weight else None, said, feedback))
        return pieces

    def _choice(self, piece: Piece) -> dict[str, Any]:
        return {"text": self.line(piece.text), "worth": piece.value, "feedback": self.rich(piece.feedback)}

    def _short(self, piece: Piece) -> dict[str, Any]:
        return {"text": _said(piece.text), "worth": piece.value, "feedback": self.rich(piece.feedback)}

    def _pairs(self) -> list[dict[str, Any]]:
        pairs = []
        for part in _few([part for part in self.answers.split("=") if part.strip()]):
            text, arrow, match = part.partition("->")
            if not arrow:
                raise InvalidInput(_("A pair lacks its arrow (->)."))
            pairs.append({"text": self.line(text), "match": self.reading.words(*self.formatted(match))})
        return pairs

    def _truth(self, word: str, wrong: str = "", right: str = "", *_more: str) -> dict[str, Any]:
        """The first feedback is on the wrong answer, the second on the right one."""
        answer = TRUTHS[word.strip().upper()]
        said = {str(not answer).lower(): self.rich(wrong), str(answer).lower(): self.rich(right)}
        return {"answer": answer, "answer_feedback": said}

    def _numbers(self, pieces: list[Piece]) -> list[dict[str, Any]]:
        """Those that name a number, then what is said of all others."""
        rows = []
        for piece in sorted(pieces, key=lambda piece: piece.sign == "~" and piece.text.strip() in ("", "*")):
            said = _said(piece.text)
            others = piece.sign == "~" and said in ("", "*")
            numbers = ANY_NUMBER if others else _number_and_tolerance(said)
            if not others or piece.feedback.strip():
                rows.append({**numbers, "worth": piece.value, "feedback": self.rich(piece.feedback)})
        return rows


def _few(parts: list[str]) -> list[str]:
    """The answers, unless there are more than any question has. Raises InvalidInput."""
    if len(parts) > MAX_ROWS:
        raise InvalidInput(_("It has more than %(most)d answers."), values={"most": MAX_ROWS})
    return parts


def _number_and_tolerance(text: str) -> dict[str, str]:
    """`1..5` is 3 give or take 2; `3:2` the same; `3` is 3 alone."""
    try:
        if ".." in text:
            low, high = (Decimal(plain_number(part)) for part in text.split("..", 1))
            return {"number": plain_number(str((low + high) / 2)), "tolerance": plain_number(str((high - low) / 2))}
    except InvalidOperation as error:
        raise InvalidInput(_("“%(text)s” is no range of numbers."), values={"text": text[:50]}) from error
    number, _sign, tolerance = text.partition(":")
    return {"number": plain_number(number), "tolerance": plain_number(tolerance or "0")}
