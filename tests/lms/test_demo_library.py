"""The demo's teaching content is whole, in three languages, and can be answered."""

import re
from datetime import date
from pathlib import Path

import pytest

from courses.questions import KINDS
from lms.demo import library
from lms.demo.library import (
    CONTENT,
    COURSES,
    LANGUAGES,
    BadContent,
    Course,
    load_bank,
    load_body,
    load_course,
    read_json,
    words,
)

FLOOR = 240  # words of a page lesson, in the tersest language
ACADEMIC_HOUR = 45  # minutes
APOSTROPHES = re.compile(r"[a-z]['’‘`´][a-z ]", re.IGNORECASE)


@pytest.fixture(params=COURSES)
def course(request: pytest.FixtureRequest) -> Course:
    return load_course(request.param)


def test_course_hours_are_the_sum_of_its_lessons(course: Course) -> None:
    assert sum(lesson.minutes for lesson in course.lessons) == course.hours * ACADEMIC_HOUR


def test_course_teaches_at_some_length(course: Course) -> None:
    pages = [lesson for lesson in course.lessons if lesson.kind == "page"]
    assert len(pages) >= 8
    assert [
        (page.title["en"], language) for page in pages for language in LANGUAGES if words(page.body[language]) < FLOOR
    ] == []


def test_course_uses_each_of_its_body_files(course: Course) -> None:
    stems = [
        lesson["body"]
        for module in read_json(f"{course.slug}/course.json")["modules"]
        for lesson in module["lessons"]
        if "body" in lesson
    ]
    files = {path.name for path in (CONTENT / course.slug).glob("*.html")}
    assert files == {f"{stem}.{language}.html" for stem in stems for language in LANGUAGES}


def test_quizzes_are_graded_and_hold_every_kind_of_question(course: Course) -> None:
    quizzes = [lesson for lesson in course.lessons if lesson.kind == "quiz"]
    assert len(quizzes) == 3
    assert all(quiz.weight and quiz.pass_score and quiz.max_attempts and quiz.required for quiz in quizzes)
    kinds = {question.kind for quiz in quizzes for question in quiz.questions}
    assert kinds == {"single", "multiple", "true-false", "numeric", "short-text"}


@pytest.mark.parametrize("owner", ["mono-centre", "academy"])
def test_the_banks_hold_every_kind_of_question(owner: str) -> None:
    assert {question.kind for question in load_bank(owner)} == set(KINDS)


def test_a_self_paced_course_can_be_finished_on_line() -> None:
    courses = [load_course(slug) for slug in COURSES]
    assert {course.self_paced for course in courses} == {True, False}
    for course in courses:
        attended = {lesson.kind for lesson in course.lessons} & {"live", "on-site"}
        assert bool(attended) != course.self_paced
        assert (course.min_attendance is not None) != course.self_paced


@pytest.mark.parametrize("path", sorted(CONTENT.rglob("*.json")), ids=lambda path: path.name)
def test_uzbek_is_written_with_its_own_letters(path: Path) -> None:
    assert APOSTROPHES.findall(re.sub(r'"en": ".*?"', "", path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", sorted(CONTENT.rglob("*.uz.html")), ids=lambda path: path.name)
def test_uzbek_bodies_are_written_with_their_own_letters(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert APOSTROPHES.findall(text) == []
    assert re.findall(r"[oOgG]ʼ|[^oOgG]ʻ", text) == []


@pytest.mark.parametrize(
    "html", ["<p>a</p><script>b</script>", '<p style="color: red">a</p>', "<ul><li>a</ul>", "<p>a"]
)
def test_load_body_refuses_bad_html(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, html: str) -> None:
    monkeypatch.setattr(library, "CONTENT", tmp_path)
    for language in LANGUAGES:
        (tmp_path / f"01-a.{language}.html").write_text(html, encoding="utf-8")
    with pytest.raises(BadContent, match=r"01-a\.uz\.html: holds what is not allowed"):
        load_body(".", "01-a")


def test_load_body_refuses_a_missing_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "CONTENT", tmp_path)
    (tmp_path / "01-a.uz.html").write_text("<p>a</p>", encoding="utf-8")
    with pytest.raises(BadContent, match=r"01-a\.ru\.html: missing"):
        load_body(".", "01-a")


def test_people_live_in_the_households_of_the_list() -> None:
    people = read_json("people.json")
    homes = {home["id"] for home in people["households"]}
    residents = people["residents"]
    assert len(residents) == 40
    assert len(people["civil_servants"]) == 12
    assert {resident["household"] for resident in residents} == homes
    assert all(date.fromisoformat(resident["birth_date"]).year < 2009 for resident in residents)
    names = [(resident["surname"], resident["given_name"]) for resident in residents]
    assert len(set(names)) == len(names)


def test_civil_servants_work_at_the_organizations_of_the_list() -> None:
    codes = {organization["code"] for organization in read_json("organizations.json")}
    assert {person["organization"] for person in read_json("people.json")["civil_servants"]} <= codes


def test_the_live_class_is_told_in_order_by_people_of_the_list() -> None:
    live = read_json("tikuvchilik-asoslari/live.json")
    known = {"instructor", *(resident["id"] for resident in read_json("people.json")["residents"])}
    assert {message["who"] for message in live["messages"]} <= {visit["who"] for visit in live["present"]} <= known
    times = [message["at"] for message in live["messages"]]
    assert times == sorted(times)
    assert times[-1] <= live["minutes"]
    assert {message["kind"] for message in live["messages"]} == {"chat", "hand"}
