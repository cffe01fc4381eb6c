from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import Course, CourseVersion, Lesson
from courses.services.versions import new_draft, submit_for_review
from tests.accounts.factories import make_organization, make_profession, make_user
from tests.courses.factories import (
    make_course,
    make_lesson,
    make_module,
    make_published_course,
    make_question,
    make_quiz,
)
from tests.learning.factories import make_learning
from tests.pages import teach_url as at
from tests.personas import World

pytestmark = pytest.mark.django_db


def course_input(**changes: object) -> dict[str, object]:
    fields = {
        "title_uz": "Payvandlash asoslari",
        "title_ru": "Основы сварки",
        "summary_uz": "Qisqacha",
        "language": "uz",
        "issuing": "automatic",
        "hours": "72",
        "min_grade": "60",
        "min_attendance_percent": "80",
    }
    return fields | changes


WRITTEN = {"text_uz": "Rostmi?", "answer": "true", "points": "1", "difficulty": "2"}


def lesson_input(**changes: object) -> dict[str, object]:
    return {"title_uz": "Dars", "minutes": "45", "required": "on", "weight": "0"} | changes


def test_a_course_is_written_handed_in_and_published_without_javascript(
    browser: Client, world: World, centre_manager: User, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    made = browser.post(at("course_new"), course_input(organization=world.centre.pk))
    version = CourseVersion.objects.get()
    assert made.headers["Location"] == at("version", version.uuid)
    assert (version.hours, str(version.min_attendance), version.course.title["ru"]) == (72, "0.800", "Основы сварки")
    browser.post(at("module_new", version.uuid), {"title_uz": "Kirish"})
    module = version.modules.get()
    bodies = {"body_uz": "<p>Matn</p><script>alert(1)</script>", "title_uz": "Sahifa"}
    browser.post(at("lesson_new", module.uuid, "page"), lesson_input(**bodies))
    upload = SimpleUploadedFile("reja.pdf", b"%PDF-1.7")
    browser.post(at("lesson_new", module.uuid, "file"), lesson_input(file=upload))
    browser.post(at("lesson_new", module.uuid, "on-site"), lesson_input())
    browser.post(at("lesson_new", module.uuid, "quiz"), lesson_input(weight="1", pass_score="60", max_attempts="3"))
    assert [lesson.kind for lesson in version.lessons.all()] == ["page", "file", "on-site", "quiz"]
    assert version.lessons.all()[0].body == {"uz": "<p>Matn</p>"}
    quiz = version.lessons.get(kind="quiz")
    browser.post(at("question_new", quiz.uuid, "true-false"), WRITTEN)
    browser.post(at("version_move", version.uuid, "submit"))
    assert browser.post(at("version_move", version.uuid, "publish")).status_code == 403
    browser.force_login(centre_manager)
    browser.post(at("version_move", version.uuid, "publish"))
    assert Course.objects.get().current_version == version


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title_uz": "", "title_ru": ""}, "title_uz"),
        ({"hours": "0"}, "hours"),
        ({"min_grade": "101"}, "min_grade"),
        ({"profession": "yoʻq bunday kasb"}, "profession"),
    ],
)
def test_a_wrong_course_says_what_is_wrong(browser: Client, world: World, changes: dict[str, str], field: str) -> None:
    answer = browser.post(at("course_new"), course_input(organization=world.centre.pk, **changes))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Course.objects.exists()


def test_nobody_makes_a_course_elsewhere(browser: Client) -> None:
    other = make_organization()
    answer = browser.post(at("course_new"), course_input(organization=other.pk))
    assert answer.status_code == 422
    assert not Course.objects.exists()


def test_a_course_is_described_anew_with_its_occupation(browser: Client, version: CourseVersion) -> None:
    profession = make_profession(code="7212.1")
    make_profession(code="7212.2")
    page = at("course_edit", version.course.slug)
    assert browser.get(page).status_code == 200
    assert browser.post(page, course_input(profession="7212.1", self_paced="on")).status_code == 302
    course = Course.objects.get()
    assert (course.profession, course.self_paced, course.title["uz"]) == (profession, True, "Payvandlash asoslari")
    shown = browser.get(page).context["form"]["profession"].value()
    assert browser.post(page, course_input(profession=shown)).status_code == 302


def test_texts_in_languages_that_the_form_lacks_are_kept(browser: Client, world: World) -> None:
    course = make_course(provider=world.centre, title={"uz": "A", "kaa": "B"})
    browser.post(at("course_edit", course.slug), course_input(title_uz="C", title_ru=""))
    course.refresh_from_db()
    assert course.title == {"uz": "C", "kaa": "B"}


def test_modules_and_lessons_are_moved_by_buttons(browser: Client, version: CourseVersion) -> None:
    first, second = make_module(version), make_module(version)
    one, two = make_lesson(first), make_lesson(first)
    browser.post(at("lesson_move", two.uuid, "up"))
    assert list(first.lessons.all()) == [two, one]
    browser.post(at("module_change", second.uuid, "up"))
    assert list(version.modules.all()) == [second, first]
    browser.post(at("module_change", first.uuid, "remove"))
    assert version.modules.count() == 2
    browser.post(at("module_change", second.uuid, "remove"))
    browser.post(at("module", first.uuid), {"title_uz": "Yangi nom"})
    assert version.modules.get().title == {"uz": "Yangi nom"}


def test_a_lesson_is_removed_after_a_question(browser: Client, version: CourseVersion) -> None:
    lesson = make_lesson(make_module(version))
    assert lesson.name in browser.get(at("lesson_remove", lesson.uuid)).content.decode()
    assert Lesson.objects.exists()
    browser.post(at("lesson_remove", lesson.uuid))
    assert not Lesson.objects.exists()


def test_a_bad_file_is_refused_at_its_field(browser: Client, version: CourseVersion) -> None:
    module = make_module(version)
    upload = SimpleUploadedFile("reja.html", b"<script>alert(1)</script>")
    answer = browser.post(at("lesson_new", module.uuid, "file"), lesson_input(file=upload))
    assert answer.status_code == 422
    assert "file" in answer.context["form"].errors


def test_questions_come_from_the_bank_and_are_put_in_order(
    browser: Client, version: CourseVersion, world: World
) -> None:
    quiz = make_quiz(make_module(version), kinds=("single",))
    kept, foreign = make_question(world.centre), make_question(make_organization())
    page = browser.get(at("bank", quiz.uuid)).content.decode()
    assert str(kept) in page
    assert str(foreign) not in page
    browser.post(at("item_add", quiz.uuid, kept.uuid))
    assert browser.post(at("item_add", quiz.uuid, foreign.uuid)).status_code == 404
    first, second = quiz.items.all()
    browser.post(at("item_change", quiz.uuid, second.pk, "up"))
    browser.post(at("item_change", quiz.uuid, first.pk, "remove"))
    assert list(quiz.items.all()) == [second]


@pytest.mark.parametrize("cursor", ["x", "bm8", "9" * 500])
def test_a_place_in_the_bank_that_is_not_there(browser: Client, version: CourseVersion, cursor: str) -> None:
    quiz = make_quiz(make_module(version), kinds=())
    assert browser.get(at("bank", quiz.uuid), {"after": cursor}).status_code == 404


def test_what_is_missing_is_listed_and_told_again_on_handing_in(browser: Client, version: CourseVersion) -> None:
    page = browser.get(at("version", version.uuid))
    assert page.context["missing"]
    answer = browser.post(at("version_move", version.uuid, "submit"), follow=True)
    assert [str(message) for message in answer.context["messages"]] == [" ".join(page.context["missing"])]


def test_a_published_version_shows_its_lessons_and_changes_nothing(browser: Client, world: World) -> None:
    course = make_published_course(provider=world.centre)
    version = course.versions.get()
    lesson = version.lessons.get(kind="page")
    assert browser.get(at("version", version.uuid)).status_code == 200
    assert browser.get(at("lesson", lesson.uuid)).status_code == 200
    answer = browser.post(at("lesson", lesson.uuid), lesson_input(title_uz="Boshqa"))
    assert answer.status_code == 422
    lesson.refresh_from_db()
    assert lesson.title["uz"] != "Boshqa"
    browser.post(at("draft_new", course.slug))
    assert course.versions.filter(status="draft").count() == 1


def test_only_who_leads_retires_a_course(browser: Client, world: World, centre_manager: User) -> None:
    course = make_published_course(provider=world.centre)
    assert browser.post(at("course_retire", course.slug)).status_code == 403
    browser.force_login(centre_manager)
    assert browser.get(at("course_retire", course.slug)).status_code == 200
    browser.post(at("course_retire", course.slug))
    course.refresh_from_db()
    assert course.retired_at


def test_who_leads_takes_a_version_back_to_draft(browser: Client, version: CourseVersion) -> None:
    make_lesson(make_module(version))
    submit_for_review(version, by=None)
    browser.post(at("version_move", version.uuid, "return"))
    version.refresh_from_db()
    assert version.status == "draft"


@pytest.mark.parametrize("kind", ["page", "quiz", "on-site", "live"])
def test_an_author_sees_a_lesson_as_a_learner_does(browser: Client, version: CourseVersion, kind: str) -> None:
    module = make_module(version)
    lesson = make_quiz(module) if kind == "quiz" else make_lesson(module, kind)
    begin = browser.get(at("preview_begin", version.uuid))
    assert begin.headers["Location"] == at("preview", version.uuid, lesson.uuid)
    assert lesson.name in browser.get(begin.headers["Location"]).content.decode()


def test_a_file_is_previewed_by_its_author(
    browser: Client, version: CourseVersion, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    upload = SimpleUploadedFile("reja.pdf", b"%PDF-1.7")
    lesson = make_lesson(make_module(version), "file", file=upload)
    assert browser.get(at("preview", version.uuid, lesson.uuid)).status_code == 200
    assert browser.get(at("lesson_file", lesson.uuid)).getvalue() == b"%PDF-1.7"


def test_others_find_no_draft_and_may_not_write_what_is_published(client: Client, world: World, outsider: User) -> None:
    published = make_published_course(provider=world.centre)
    draft = new_draft(published, by=None)
    lesson = draft.lessons.get(kind="quiz")
    hidden = make_course(provider=world.centre)
    for user in (outsider, make_user()):
        client.force_login(user)
        assert client.get(at("course", published.slug)).status_code == 403
        assert client.get(at("course", hidden.slug)).status_code == 404
        for address in (
            at("version", draft.uuid),
            at("preview_begin", draft.uuid),
            at("module", draft.modules.get().uuid),
            at("lesson", lesson.uuid),
            at("bank", lesson.uuid),
            at("question_new", lesson.uuid, "single"),
        ):
            assert client.get(address).status_code == 404
        assert client.post(at("version_move", draft.uuid, "submit")).status_code == 404
        assert client.post(at("lesson_remove", lesson.uuid)).status_code == 404
    client.force_login(make_user())
    assert client.get(at("home")).status_code == 403
    assert client.get(at("course_new")).status_code == 403


@pytest.mark.parametrize("n", [1, 3])
def test_home_takes_the_same_queries_however_much_one_teaches(
    browser: Client, instructor: User, world: World, n: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _one in range(n):
        enrollment = make_learning(course=make_published_course(provider=world.centre))
        enrollment.cohort.instructors.add(instructor)
        new_draft(enrollment.cohort.course, by=None)
    browser.get(at("home"))
    with django_assert_num_queries(7):
        page = browser.get(at("home"))
    assert [group.learners for group in page.context["groups"]] == [1] * n


@pytest.mark.parametrize("n", [1, 3])
def test_an_outline_takes_the_same_queries_however_long(
    browser: Client, version: CourseVersion, n: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _one in range(n):
        make_lesson(make_module(version))
    browser.get(at("version", version.uuid))
    with django_assert_num_queries(12):
        browser.get(at("version", version.uuid))


def test_modules_and_lessons_are_put_into_chosen_places(browser: Client, version: CourseVersion) -> None:
    first, second = make_module(version), make_module(version)
    one, two, three = make_lesson(first), make_lesson(first), make_lesson(second)
    page = browser.get(at("lesson_place", one.uuid)).content.decode()
    assert all(f'value="{place}"' in page for place in (f"m-{first.uuid}", f"l-{two.uuid}", f"l-{three.uuid}"))
    answer = browser.post(at("lesson_place", one.uuid), {"place": f"l-{three.uuid}"}, follow=True)
    assert list(second.lessons.all()) == [three, one]
    assert f"“{one.name}”" in str(next(iter(answer.context["messages"])))
    browser.post(at("lesson_place", three.uuid), {"place": f"m-{first.uuid}"})
    assert list(first.lessons.all()) == [three, two]
    assert browser.get(at("module_place", first.uuid)).status_code == 200
    browser.post(at("module_place", first.uuid), {"place": f"m-{second.uuid}"})
    assert list(version.modules.all()) == [second, first]
    browser.post(at("module_place", first.uuid), {"place": "first"})
    assert list(version.modules.all()) == [first, second]


@pytest.mark.parametrize("place", ["", "first", "l-x", "m-00000000-0000-4000-8000-000000000000"])
def test_a_place_that_there_is_not_changes_nothing(browser: Client, version: CourseVersion, place: str) -> None:
    lesson = make_lesson(make_module(version))
    assert browser.post(at("lesson_place", lesson.uuid), {"place": place}).status_code == 422
    submit_for_review(version, by=None)
    answer = browser.post(at("lesson_place", lesson.uuid), {"place": f"m-{lesson.module.uuid}"}, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
