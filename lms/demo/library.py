"""The teaching content of the demo: JSON and HTML files under `content/`, read and checked.

A course is `content/<slug>/course.json`; the body of a lesson is `content/<slug>/<body>.<language>.html`. Every text
stands in each of `LANGUAGES`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from base.errors import InvalidInput
from base.languages import Texts
from courses.html import clean_html
from courses.questions import clean_content

CONTENT = Path(__file__).parent / "content"
LANGUAGES = ("uz", "ru", "en")
COURSES = ("tikuvchilik-asoslari", "elektron-hujjat-almashinuvi")
INTRODUCTION = "malaka-bilan-tanishuv"  # short: to start with
WITH_BODY = ("page", "live", "on-site")


class BadContent(ValueError):
    """A content file is not as it should be; the message says where and why."""


@dataclass(frozen=True)
class Question:
    """A question; `picture` is the name of the one that it shows, which has its place in the bank only."""

    kind: str
    content: Mapping[str, Any]
    folder: str = ""
    difficulty: int = 2
    tags: tuple[str, ...] = ()
    picture: str = ""


@dataclass(frozen=True)
class Draw:
    """So many questions by chance."""

    count: int
    tag: str
    difficulty: int | None


@dataclass(frozen=True)
class Lesson:
    kind: str
    title: Texts
    required: bool
    minutes: int
    body: Texts
    handout: str
    weight: int
    category: str
    pass_score: int | None
    max_attempts: int | None
    questions: tuple[Question, ...]
    draws: tuple[Draw, ...]


@dataclass(frozen=True)
class Module:
    title: Texts
    lessons: tuple[Lesson, ...]


@dataclass(frozen=True)
class Category:
    """Graded lessons that count together; lessons name its key."""

    key: str
    title: Texts
    weight: int


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
    categories: tuple[Category, ...]
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
        categories=tuple(
            Category(one["key"], _texts(one["title"], slug), one["weight"]) for one in data.get("categories", ())
        ),
        modules=tuple(_module(slug, module) for module in data["modules"]),
    )


def load_bank(owner: str) -> list[Question]:
    """The questions of a provider's bank; raises BadContent where one cannot be asked."""
    return [_question(item, "bank") for item in read_json("bank.json")[owner]]


def load_body(slug: str, stem: str) -> Texts:
    """The body of a lesson in each language; raises BadContent where a lesson may not hold what it holds."""
    bodies = {}
    for language in LANGUAGES:
        path = CONTENT / slug / f"{stem}.{language}.html"
        if not path.exists():
            raise BadContent(f"{path.name}: missing")
        bodies[language] = path.read_text(encoding="utf-8").strip()
        if clean_html(bodies[language]) != bodies[language]:
            raise BadContent(f"{path.name}: holds what is not allowed in a lesson")
    return bodies


def words(html: str) -> int:
    """How many words a fragment of HTML has."""
    return len(re.sub(r"<[^>]*>", " ", html).split())


def _module(slug: str, data: Mapping[str, Any]) -> Module:
    lessons = tuple(_lesson(slug, lesson) for lesson in data["lessons"])
    return Module(title=_texts(data["title"], slug), lessons=lessons)


def _lesson(slug: str, data: Mapping[str, Any]) -> Lesson:
    title = _texts(data["title"], slug)
    where = f"{slug}, {title['en']}"
    kind = data["kind"]
    if (kind in WITH_BODY) != ("body" in data):
        raise BadContent(f"{where}: a lesson has a body if and only if it is one of {', '.join(WITH_BODY)}")
    if (kind == "file") != ("handout" in data) or (kind == "quiz") != bool(data.get("questions") or data.get("draws")):
        raise BadContent(f"{where}: a file needs a handout, a quiz questions, and no other lesson has them")
    return Lesson(
        kind=kind,
        title=title,
        required=data["required"],
        minutes=data["minutes"],
        body=load_body(slug, data["body"]) if "body" in data else {},
        handout=data.get("handout", ""),
        weight=data.get("weight", 0),
        category=data.get("category", ""),
        pass_score=data.get("pass_score"),
        max_attempts=data.get("max_attempts"),
        questions=tuple(_question(item, where) for item in data.get("questions", ())),
        draws=tuple(Draw(draw["count"], draw["tag"], draw.get("difficulty")) for draw in data.get("draws", ())),
    )


def _question(data: Mapping[str, Any], where: str) -> Question:
    text = _texts(data["text"], where)
    _texts(data["feedback"], where)
    for rows in ("choices", "units", "pairs", "items"):
        for row in data.get(rows, ()):
            for name in {"text", "match"} & set(row):
                _texts(row[name], where)
    picture = data.get("picture", "")
    if picture:
        data = {**data, "image": {"uuid": str(UUID(int=0)), "width": 1, "height": 1}}  # known once it is in a bank
    try:
        content = clean_content(data["kind"], data)
    except InvalidInput as error:
        raise BadContent(f"{where}, “{text['en']}”: {error}") from error
    place = (data.get("folder", ""), data.get("difficulty", 2), tuple(data.get("tags", ())))
    return Question(data["kind"], content, *place, picture=picture)


def _texts(data: Mapping[str, str], where: str) -> Texts:
    if set(data) != set(LANGUAGES) or not all(text.strip() for text in data.values()):
        raise BadContent(f"{where}: {dict(data)} must hold a text in each of {', '.join(LANGUAGES)}")
    return data


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)
