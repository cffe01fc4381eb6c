"""Questions written as a table, in one that is read again unchanged."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from base.cells import guard, unguard
from base.errors import InvalidInput
from base.languages import LANGUAGE_CODES
from base.sheets import write_csv, write_workbook
from base.staging import MOST_IN_A_CELL
from courses.interop.cloze_codes import write_gap
from courses.interop.drafts import PICTURE, Draft, Item, Refusal
from courses.interop.folders import written_folder
from courses.interop.numbers import as_percent
from courses.interop.proving import proven
from courses.interop.sheet import KINDS, LABELS, TEXTS, TRUTHS, parse
from courses.interop.texts import written
from courses.interop.xml_questions import UNLAWFUL
from courses.questions.cloze import GAP

COLUMNS = [
    f"{name} {code}" if name in TEXTS else name
    for name in LABELS.labels
    for code in (LANGUAGE_CODES if name in TEXTS else ("",))
]


def write_xlsx(file: IO[bytes], drafts: Iterable[Draft], language: str, tell: Callable[[Item], None]) -> None:
    write_workbook(file, [heads()], _rows(drafts, language, tell))


def write_text(file: IO[bytes], drafts: Iterable[Draft], language: str, tell: Callable[[Item], None]) -> None:
    write_csv(file, [heads()], _rows(drafts, language, tell))


def heads() -> list[str]:
    """The headings, in the language in force."""
    names = (column.partition(" ") for column in COLUMNS)
    return [f"{LABELS.word(name)} ({code})" if code else LABELS.word(name) for name, _space, code in names]


def _rows(drafts: Iterable[Draft], language: str, tell: Callable[[Item], None]) -> Iterator[list[str]]:
    for draft in drafts:
        writing = _Writing(draft, language)
        try:
            proven(draft, writing.write, writing.read)
        except InvalidInput as error:
            tell(Refusal(draft.title, draft.kind, error.reason))
        else:
            yield from writing.rows
            tell(draft)


class _Writing:
    """The rows of one question, written with its note, and read again."""

    def __init__(self, draft: Draft, language: str) -> None:
        self.draft, self.language = draft, language
        self.rows: list[list[str]] = []

    def write(self, note: str) -> str:
        self.rows = [_line(row) for row in _written(self.draft, self.language, note)]
        return note

    def read(self, _note: str) -> Iterator[Item]:
        return parse([heads(), *map(_as_read, self.rows)], self.language)


def _line(row: Mapping[str, str]) -> list[str]:
    cells = [row.get(column, "").translate(UNLAWFUL).replace("\r", "\n") for column in COLUMNS]
    if any(len(cell) >= MOST_IN_A_CELL for cell in cells):
        raise InvalidInput(_("A cell is longer than %(most)d characters."), values={"most": MOST_IN_A_CELL - 1})
    return cells


def _as_read(cells: Sequence[str]) -> list[str]:
    """Cells as they come back from a spreadsheet."""
    return [unguard(guard(cell).strip()) for cell in cells]


def _written(draft: Draft, language: str, note: str) -> Iterator[dict[str, str]]:
    content = draft.content
    if draft.kind not in KINDS.labels or draft.pictures:
        raise InvalidInput(_("A table holds no pictures."))
    yield {
        "kind": KINDS.word(draft.kind),
        **_texts("text", _stem(draft, language)),
        **_texts("feedback", content["feedback"]),
        "points": content["points"],
        "difficulty": str(draft.difficulty),
        "folder": written_folder(draft.folder).removeprefix("$course$/top").removeprefix("/"),
        "tags": ", ".join(draft.tags),
        "note": note,
    }
    if draft.kind == "true-false":
        right = str(content["answer"]).lower()
        for name, said in content["answer_feedback"].items():
            yield {"text uz": TRUTHS.word(name), "share": "100" if name == right else "0"} | _texts("feedback", said)
    if content.get("guide"):
        yield _texts("text", content["guide"])
    for row in (row for name in ("choices", "answers", "pairs", "items") for row in content.get(name, ())):
        yield _row(row)


def _row(row: Mapping[str, Any]) -> dict[str, str]:
    text = row.get("text", "")
    return {
        **({"text uz": text} if isinstance(text, str) else _texts("text", text)),
        **({"text uz": row["number"], "tolerance": row["tolerance"]} if "number" in row else {}),
        **({"share": _share(row["worth"])} if "worth" in row else {}),
        **{f"match {code}": words for code, words in row.get("match", {}).items()},
        **_texts("feedback", row.get("feedback", {})),
    }


def _share(worth: str) -> str:
    """Per cent; a share so small that it would be taken for a fraction as one."""
    return as_percent(worth) if abs(Decimal(worth)) > Decimal("0.01") or not Decimal(worth) else worth


def _stem(draft: Draft, language: str) -> Mapping[str, str]:
    texts: Mapping[str, str] = draft.content["text"]
    if any(PICTURE.search(text) for text in texts.values()):
        raise InvalidInput(_("A table holds no pictures."))
    if draft.kind != "cloze":
        return texts
    code = language if language in texts else next(iter(texts))
    gaps = {gap["key"]: write_gap(gap, code) for gap in draft.content["gaps"]}
    return {code: GAP.sub(lambda found: gaps[found[1]], texts[code])}


def _texts(column: str, texts: Mapping[str, str]) -> dict[str, str]:
    return {f"{column} {code}": written({code: html}, code)[0] for code, html in texts.items()}
