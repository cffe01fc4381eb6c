"""The teaching content of the demo: JSON and HTML files under `content/`, read and checked.

A course is `content/<slug>/course.json`; the body of a lesson is `content/<slug>/<body>.<language>.html`. Every text
stands in each of `LANGUAGES`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"
LANGUAGES = ("uz", "ru", "en")
COURSES = ("tikuvchilik-asoslari", "elektron-hujjat-almashinuvi")
TAGS = frozenset(
    "h2 h3 p ul ol li strong em table thead tbody tr th td blockquote dl dt dd figure".split()  # noqa: SIM905
)
WITH_BODY = ("page", "live", "on-site")

Texts = Mapping[str, str]


class BadContent(ValueError):
    """A content file is not as it should be; the message says where and why."""


@dataclass(frozen=True)
class Choice:
    text: Texts
    correct: bool


@dataclass(frozen=True)
class Question:
    kind: str
    text: Texts
    points: int
    feedback: Texts
    choices: tuple[Choice, ...] = ()
    answer: bool | Decimal | None = None
    tolerance: Decimal = Decimal(0)
    unit: Texts | None = None
    accepted: tuple[str, ...] = ()

    @cached_property
    def definition(self) -> dict[str, Any]:
        """What the question bank stores for a question of this kind."""
        match self.kind:
            case "single" | "multiple":
                return {
                    "choices": [
                        {"key": key, "text": choice.text, "correct": choice.correct}
                        for key, choice in zip("abcdefgh", self.choices, strict=False)
                    ]
                }
            case "true-false":
                return {"answer": self.answer}
            case "numeric":
                return {"answer": str(self.answer), "tolerance": str(self.tolerance), "unit": self.unit or {}}
            case _:
                return {"accepted": list(self.accepted)}


@dataclass(frozen=True)
class Lesson:
    kind: str
    title: Texts
    required: bool
    minutes: int
    body: Texts
    handout: str = ""
    weight: int = 0
    pass_score: int | None = None
    max_attempts: int | None = None
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Module:
    title: Texts
    lessons: tuple[Lesson, ...]


@dataclass(frozen=True)
class Course:
    slug: str
    title: Texts
    summary: Texts
    language: str
    hours: int
    self_paced: bool
    profession: str | None
    provider: str
    min_grade: Decimal | None
    min_attendance: Decimal | None
    modules: tuple[Module, ...]

    @property
    def lessons(self) -> list[Lesson]:
        return [lesson for module in self.modules for lesson in module.lessons]


def read_json(name: str) -> Any:
    """The JSON of a content file; numbers with a fraction come as Decimal."""
    return json.loads((CONTENT / name).read_text(encoding="utf-8"), parse_float=Decimal)


def load_course(slug: str) -> Course:
    """Read a course; raises BadContent where something is missing or cannot be answered."""
    data = read_json(f"{slug}/course.json")
    completion = data["completion"]
    return Course(
        slug=data["slug"],
        title=_texts(data["title"], slug),
        summary=_texts(data["summary"], slug),
        language=data["language"],
        hours=data["hours"],
        self_paced=data["self_paced"],
        profession=data["profession"],
        provider=data["provider"],
        min_grade=_decimal(completion["min_grade"]),
        min_attendance=_decimal(completion["min_attendance"]),
        modules=tuple(
            Module(
                title=_texts(module["title"], slug),
                lessons=tuple(_lesson(slug, lesson) for lesson in module["lessons"]),
            )
            for module in data["modules"]
        ),
    )


def load_body(slug: str, stem: str) -> Texts:
    """The body of a lesson in each language; raises BadContent on a tag that is not in `TAGS`."""
    bodies = {}
    for language in LANGUAGES:
        path = CONTENT / slug / f"{stem}.{language}.html"
        if not path.exists():
            raise BadContent(f"{path.name}: missing")
        bodies[language] = path.read_text(encoding="utf-8")
        _TagCheck(path.name).check(bodies[language])
    return bodies


def words(html: str) -> int:
    """How many words a fragment of HTML has."""
    return len(re.sub(r"<[^>]*>", " ", html).split())


def _lesson(slug: str, data: Mapping[str, Any]) -> Lesson:
    title = _texts(data["title"], slug)
    where = f"{slug}, {title['en']}"
    kind = data["kind"]
    if (kind in WITH_BODY) != ("body" in data):
        raise BadContent(f"{where}: a lesson has a body if and only if it is one of {', '.join(WITH_BODY)}")
    if (kind == "file") != ("handout" in data) or (kind == "quiz") != bool(data.get("questions")):
        raise BadContent(f"{where}: a file needs a handout, a quiz questions, and no other lesson has them")
    return Lesson(
        kind=kind,
        title=title,
        required=data["required"],
        minutes=data["minutes"],
        body=load_body(slug, data["body"]) if "body" in data else {},
        handout=data.get("handout", ""),
        weight=data.get("weight", 0),
        pass_score=data.get("pass_score"),
        max_attempts=data.get("max_attempts"),
        questions=tuple(_question(item, where) for item in data.get("questions", ())),
    )


def _question(data: Mapping[str, Any], where: str) -> Question:
    answer = data.get("answer")
    question = Question(
        kind=data["kind"],
        text=_texts(data["text"], where),
        points=data["points"],
        feedback=_texts(data["feedback"], where),
        choices=tuple(Choice(_texts(item["text"], where), item["correct"]) for item in data.get("choices", ())),
        answer=answer if isinstance(answer, bool) else _decimal(answer),
        tolerance=_decimal(data.get("tolerance")) or Decimal(0),
        unit=_texts(data["unit"], where) if "unit" in data else None,
        accepted=tuple(data.get("accepted", ())),
    )
    if not _answerable(question):
        raise BadContent(f"{where}: nobody can answer “{question.text['en']}”")
    return question


def _answerable(question: Question) -> bool:
    right = sum(choice.correct for choice in question.choices)
    match question.kind:
        case "single":
            return right == 1 and len(question.choices) > 1
        case "multiple":
            return 0 < right < len(question.choices)
        case "true-false":
            return isinstance(question.answer, bool)
        case "numeric":
            return isinstance(question.answer, Decimal) and question.tolerance >= 0
        case "short-text":
            return any(text.strip() for text in question.accepted)
    return False


def _texts(data: Mapping[str, str], where: str) -> Texts:
    if set(data) != set(LANGUAGES) or not all(text.strip() for text in data.values()):
        raise BadContent(f"{where}: {dict(data)} must hold a text in each of {', '.join(LANGUAGES)}")
    return data


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


class _TagCheck(HTMLParser):
    """Refuses tags that are not allowed, attributes, and tags left open."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.open: list[str] = []

    def check(self, html: str) -> None:
        self.feed(html)
        self.close()
        if self.open:
            raise BadContent(f"{self.name}: <{self.open[-1]}> is never closed")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS or attrs:
            raise BadContent(f"{self.name}: {self.get_starttag_text()} is not allowed")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise BadContent(f"{self.name}: </{tag}> closes what is not open")
