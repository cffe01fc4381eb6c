"""A question as somebody sees it: what is asked, what was answered, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from html import escape

from django.http import QueryDict
from django.utils.formats import get_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from base.languages import Texts, localized, nearest_language
from courses.html import plain_text, shown_html
from courses.questions import cloze, grade_response, hot_spot, matching, right_response
from courses.questions.pieces import Content, Grade, Response, shuffled

# The template of learning/questions/ by which a kind is asked and shown.
LAYOUTS = {
    "single": "choices",
    "multiple": "choices",
    "true-false": "choices",
    "numeric": "line",
    "short-text": "line",
    "matching": "rows",
    "ordering": "rows",
    "cloze": "cloze",
    "hot-spot": "hot_spot",
    "essay": "essay",
    "file": "file",
}


def sent_for(data: QueryDict, name: str) -> dict[str, list[str]]:
    """What a form sent for the question called `name`: fields `name` and `name.part`, by part."""
    found = {"": data.getlist(name)} if name in data else {}
    begin = f"{name}."
    return found | {field.removeprefix(begin): data.getlist(field) for field in data if field.startswith(begin)}


@dataclass(frozen=True)
class Option:
    """One thing to choose; `label` is HTML."""

    value: str
    label: SafeString
    is_picked: bool = False
    is_right: bool = False


@dataclass(frozen=True)
class Part:
    """One field of a question that has several; `before` is the HTML that stands before it.

    `options` is empty where something is written; `shown` and `right` are what was answered and what would be right.
    """

    name: str
    before: SafeString
    options: list[Option]
    shown: str = ""
    right: str = ""
    is_right: bool = False
    is_number: bool = False


@dataclass(frozen=True)
class Asked:
    """A question with the answer that counts; `given` is the grade that was written down, if any."""

    name: str
    number: int
    kind: str
    content: Content
    points: Decimal
    response: Response = ""
    seed: str = ""
    given: Decimal | None = None
    error: str = ""
    file_name: str = ""
    saved_at: datetime | None = None
    sequence: int = 0
    comment: str = ""

    # --- What is asked ---
    @property
    def layout(self) -> str:
        return f"learning/questions/{LAYOUTS[self.kind]}.html"

    @property
    def text(self) -> SafeString:
        return _html(self.content["text"])

    @property
    def language(self) -> str:
        return nearest_language(self.content["text"])

    @property
    def guide(self) -> SafeString:
        """How a person grades it."""
        return _html(self.content.get("guide") or {})

    @property
    def is_one_line(self) -> bool:
        return self.kind in ("numeric", "short-text")

    @property
    def unit(self) -> str:
        """The unit that stands beside the field."""
        units = self.content.get("units") or []
        return localized(units[0]["text"]) if units and not self.content["unit_asked"] else ""

    @property
    def asks_unit(self) -> bool:
        return self.kind == "numeric" and bool(self.content["unit_asked"])

    @cached_property
    def choices(self) -> list[Option]:
        right = right_response(self.kind, self.content)
        if self.kind == "true-false":
            pairs = [("true", mark_safe(escape(_("True")))), ("false", mark_safe(escape(_("False"))))]  # noqa: S308  # escaped here
        else:
            pairs = [(choice["key"], _html(choice["text"])) for choice in self.content["choices"]]
            if self.content["shuffle"] and self.seed:
                order = shuffled([key for key, _label in pairs], seed=self.seed)
                pairs.sort(key=lambda pair: order.index(pair[0]))
        picked = self.response if isinstance(self.response, list) else [self.response]
        return [
            Option(key, label, key in picked, key in right if isinstance(right, list) else key == right)
            for key, label in pairs
        ]

    @cached_property
    def parts(self) -> list[Part]:
        """The fields of a question with several."""
        match self.kind:
            case "matching":
                return self._matching_parts()
            case "ordering":
                return self._ordering_parts()
        return self._gaps()

    def _matching_parts(self) -> list[Part]:
        known, right = matching.matches(self.content), right_response(self.kind, self.content)
        assert isinstance(right, dict)
        keys = shuffled(known, seed=self.seed)
        parts = []
        for pair in matching.asked(self.content):
            picked = self._answer_to(pair["key"])
            options = [Option(key, _text(localized(known[key])), key == picked) for key in keys]
            parts.append(
                Part(
                    f"{self.name}.{pair['key']}",
                    _html(pair["text"]),
                    options,
                    shown=localized(known[picked]) if picked else "",
                    right=localized(known[right[pair["key"]]]),
                    is_right=picked == right[pair["key"]],
                )
            )
        return parts

    def _ordering_parts(self) -> list[Part]:
        right = [item["key"] for item in self.content["items"]]
        texts = {item["key"]: _html(item["text"]) for item in self.content["items"]}
        given = list(self.response)
        parts = []
        for key in shuffled(right, seed=self.seed):
            place = str(given.index(key) + 1) if key in given else ""
            options = [Option(str(n), _text(str(n)), str(n) == place) for n in range(1, len(right) + 1)]
            own = str(right.index(key) + 1)
            parts.append(Part(f"{self.name}.{key}", texts[key], options, place, own, place == own))
        return parts

    def _gaps(self) -> list[Part]:
        gaps = {gap["key"]: gap for gap in self.content["gaps"]}
        grades = cloze.grades_by_gap(self.content, self.response if not self.error else {})
        parts = []
        for before, key in cloze.pieces(str(self.text)):
            gap = gaps.get(key)
            if gap is None:
                parts.append(Part("", mark_safe(before), []))  # noqa: S308  # cleaned when it was saved
                continue
            inner = Asked(f"{self.name}.{key}", 0, gap["kind"], gap, Decimal(1), self._answer_to(key), self.seed + key)
            options = inner.choices if gap["kind"] == "single" else []
            parts.append(
                Part(
                    inner.name,
                    mark_safe(before),  # noqa: S308  # cleaned when it was saved
                    options,
                    shown=inner.shown,
                    right=inner.right_answer,
                    is_right=grades[key].worth == 1,
                    is_number=gap["kind"] == "numeric",
                )
            )
        return parts

    @cached_property
    def grid(self) -> list[Option]:
        """The cells of a picture, row by row."""
        cells = [
            f"{column}-{row}"
            for row in range(1, self.content["rows"] + 1)
            for column in range(1, self.content["columns"] + 1)
        ]
        right = self.content["cells"]
        return [Option(cell, _text(hot_spot.cell_name(cell)), cell == self.response, cell in right) for cell in cells]

    @property
    def alt(self) -> str:
        return localized(self.content["alt"])

    def _answer_to(self, part: str) -> str:
        return self.response.get(part, "") if isinstance(self.response, dict) else ""

    # --- What was answered ---
    @property
    def shown(self) -> str:
        """A written answer as its reader writes it."""
        if self.kind == "numeric" and not self.error:
            return _as_written(str(self.response))
        if self.kind == "single":
            return next((plain_text(option.label) for option in self.choices if option.is_picked), "")
        return str(self.response)

    @property
    def right_answer(self) -> str:
        """The answer to a question that is written, not picked."""
        right = right_response(self.kind, self.content)
        if self.kind == "single":
            return next(plain_text(option.label) for option in self.choices if option.is_right)
        return _as_written(str(right)) if self.kind == "numeric" else str(right)

    # --- What came of it ---
    @cached_property
    def grade(self) -> Grade:
        graded = grade_response(self.kind, self.content, self.response)
        return graded if self.given is None else Grade(self.given, graded.feedback)

    @property
    def state(self) -> str:
        """One of waiting, right, part, wrong, unanswered."""
        if not self.response:
            return "unanswered"
        if self.grade.worth is None:
            return "waiting"
        return "right" if self.grade.worth == 1 else "part" if self.grade.worth > 0 else "wrong"

    @property
    def reached(self) -> Decimal | None:
        return None if self.grade.worth is None else self.points * self.grade.worth

    @property
    def said(self) -> list[SafeString]:
        """What is said of the answer that was given, then of the question."""
        return [_html(texts) for texts in (*self.grade.feedback, self.content["feedback"]) if texts]


def _html(texts: Texts) -> SafeString:
    return mark_safe(shown_html(localized(texts)))  # noqa: S308  # cleaned when it was saved


def _text(text: str) -> SafeString:
    return mark_safe(escape(text))  # noqa: S308  # escaped here


def _as_written(number: str) -> str:
    return number.replace(".", get_format("DECIMAL_SEPARATOR"))


def answers_by_field(name: str, response: Response) -> Mapping[str, str | list[str]]:
    """A response as a form would send it."""
    if isinstance(response, dict):
        return {f"{name}.{part}": value for part, value in response.items()}
    return {name: response}
