"""Which texts of a course lack a translation, and which translations are older than what they translate.

Beside each text stands, by language, the mark of the source that it translates; where the source says something else by
now, the translation is late.
"""

from collections.abc import Mapping
from hashlib import sha256

from base.languages import Texts, nearest_language

Marks = dict[str, dict[str, str]]
MISSING, LATE, DONE = "missing", "late", "done"


def mark_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def source_of(texts: Texts, language: str) -> str:
    """The language that the others are translated from: that of the course, else one that there is."""
    return language if texts.get(language) else nearest_language(texts, language)


def marked(marks: Mapping[str, str], before: Texts, after: Texts, *, language: str) -> dict[str, str]:
    """The marks of one text after a change: what was written anew translates the source as it is now, the rest not."""
    source = source_of(after, language)
    said = after.get(source, "")
    found = {code: mark for code, mark in marks.items() if after.get(code) and code != source}
    for code, text in after.items():
        if code == source:
            continue
        if text != before.get(code):
            found[code] = mark_of(said)
        elif said != before.get(source, "") and code not in found:
            found[code] = mark_of(before.get(source, ""))
    return found


def marks_after(
    marks: Mapping[str, Mapping[str, str]], before: Mapping[str, Texts], after: Mapping[str, Texts], *, language: str
) -> Marks:
    """The marks of all texts of a row after a change, from its texts by name before and after."""
    return {name: marked(marks.get(name, {}), before[name], after[name], language=language) for name in after}


def state_of(texts: Texts, marks: Mapping[str, str], *, source: str, target: str) -> str:
    """How a translation stands; one from before there were marks is taken for good."""
    if not texts.get(target):
        return MISSING if texts.get(source) else DONE
    return LATE if marks.get(target, mark_of(texts.get(source, ""))) != mark_of(texts.get(source, "")) else DONE
