"""Aiken: a question, its choices by letter, and a line `ANSWER: B`. It holds choices alone, and is only read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any

from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput, Reason, reason
from courses.interop.drafts import NAME_LENGTH, Draft, Item, Refusal, clean_draft
from courses.interop.encodings import decode

CHOICE = re.compile(r"\s*([A-ZАВСЕ])\s*[.)]\s*(.*)", re.IGNORECASE)
ANSWER = re.compile(r"\s*(?:ANSWER|JAVOB|ОТВЕТ)\s*:\s*(.*)", re.IGNORECASE)
ANSWER_LINE = re.compile(rf"^{ANSWER.pattern}$", re.IGNORECASE | re.MULTILINE)
ALIKE = str.maketrans("АВСЕ", "ABCE")  # Cyrillic letters that look Latin


@dataclass
class Found:
    """A question as far as its lines were read."""

    text: list[str] = field(default_factory=list)
    choices: list[list[str]] = field(default_factory=list)

    def takes(self, letter: str) -> bool:
        """Whether a line that begins with this letter is the next choice; the question itself may begin so too."""
        return bool(self.text) and letter == chr(ord("A") + len(self.choices))


def read(data: bytes, language: str) -> Iterator[Item]:
    """The questions of a file, one by one."""
    found = Found()
    for line in decode(data).split("\n"):
        answer, choice = ANSWER.fullmatch(line), CHOICE.fullmatch(line)
        letter = choice[1].upper().translate(ALIKE) if choice else ""
        if answer:
            yield _question(found, answer[1], language)
            found = Found()
        elif choice and found.takes(letter):
            found.choices.append([choice[2]])
        elif choice and letter == "A" and len(found.choices) > 1:
            begun = Found(found.choices[-1][1:] or [""], [[choice[2]]])  # the one before has no answer
            del found.choices[-1][1:]
            yield _refusal(found, reason(_("It has no line ANSWER: with the letter of the right choice.")))
            found = begun
        elif line.strip():
            (found.choices[-1] if found.choices else found.text).append(line.strip())
    if found.text:
        yield _refusal(found, reason(_("It has no line ANSWER: with the letter of the right choice.")))


def _question(found: Found, answer: str, language: str) -> Draft | Refusal:
    letters = set(re.findall(r"[A-Z]", answer.upper().translate(ALIKE)))
    known = {chr(ord("A") + place) for place in range(len(found.choices))}
    if not letters or not letters <= known:
        words = _("ANSWER: names “%(letters)s”, which is no choice.")
        return _refusal(found, reason(words, letters=answer.strip()[:50]))
    try:
        return clean_draft(*_content(found, letters, language), name=_name(found))
    except InvalidInput as error:
        return _refusal(found, error.reason)


def _content(found: Found, letters: set[str], language: str) -> tuple[str, dict[str, Any]]:
    choices = [
        {"text": {language: escape(" ".join(lines), quote=False)}, "correct": chr(ord("A") + place) in letters}
        for place, lines in enumerate(found.choices)
    ]
    text = "".join(f"<p>{escape(line, quote=False)}</p>" for line in found.text)
    return "single" if len(letters) == 1 else "multiple", {"text": {language: text}, "choices": choices}


def _name(found: Found) -> str:
    return " ".join(found.text)[:NAME_LENGTH]


def _refusal(found: Found, why: Reason) -> Refusal:
    return Refusal(_name(found), "single", why)
