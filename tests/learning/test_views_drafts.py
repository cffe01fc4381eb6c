import pytest
from django.test import Client

from accounts.models import User
from courses.models import CourseVersion, Lesson, LessonDraft
from courses.services.outline import save_lesson
from tests.accounts.factories import make_user
from tests.courses.factories import make_lesson, make_module
from tests.pages import teach_url as at

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(version: CourseVersion) -> Lesson:
    return make_lesson(make_module(version), title={"uz": "Dars"}, body={"uz": "<p>Bir ikki uch.</p>"})


def typed(**changes: object) -> dict[str, object]:
    return {
        "title_uz": "Dars",
        "body_uz": "<p>Bir ikki uch.</p>",
        "minutes": "30",
        "required": "on",
        "seen": "1",
    } | changes


def test_what_is_typed_is_there_when_one_comes_back(browser: Client, lesson: Lesson) -> None:
    url = at("lesson", lesson.uuid)
    told = browser.post(at("lesson_draft", lesson.uuid), typed(title_uz="Yangi\0 nom", minutes="x", required=""))
    assert (told.status_code, told.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    page = browser.get(url)
    shown = {name: page.context["form"][name].value() for name in ("title_uz", "minutes", "required", "seen")}
    assert shown == {"title_uz": "Yangi nom", "minutes": "x", "required": "", "seen": 1}
    assert not page.context["is_late"]
    assert Lesson.objects.get().name == "Dars"
    browser.post(at("lesson_draft", lesson.uuid), {"drop": "1"})
    assert browser.get(url).context["form"]["title_uz"].value() == "Dars"


def test_a_lesson_that_is_not_there_yet_is_kept_too(browser: Client, version: CourseVersion) -> None:
    url = at("lesson_new", make_module(version).uuid, "page")
    browser.post(f"{url}draft/", typed(title_uz="Hali yoʻq"))
    assert browser.get(url).context["form"]["title_uz"].value() == "Hali yoʻq"
    browser.post(url, typed(title_uz="Endi bor"))
    assert not LessonDraft.objects.exists()
    assert browser.get(url).context["form"]["title_uz"].value() == ""


def test_saving_leads_to_the_preview_where_that_was_asked(browser: Client, lesson: Lesson) -> None:
    answer = browser.post(at("lesson", lesson.uuid), typed(title_uz="B", preview="1"))
    assert answer.headers["Location"] == at("preview", lesson.version.uuid, lesson.uuid)


def test_the_second_author_keeps_the_words_and_sees_the_differences(browser: Client, lesson: Lesson) -> None:
    url = at("lesson", lesson.uuid)
    save_lesson(lesson, body={"uz": "<p>Bir toʻrt uch.</p>"}, minutes=45, by=make_user())
    answer = browser.post(url, typed(title_uz="Mening nomim"))
    assert answer.status_code == 422
    assert answer.context["form"]["title_uz"].value() == "Mening nomim"
    page = answer.content.decode()
    assert "<del>toʻrt</del> <ins>ikki</ins>" in page
    assert "<del>45</del> <ins>30</ins>" in page
    assert Lesson.objects.get().minutes == 45
    assert answer.context["form"]["seen"].value() == "2"
    assert browser.post(url, typed(title_uz="Mening nomim", seen="2")).status_code == 302
    assert Lesson.objects.get().name == "Mening nomim"


def test_whoever_comes_back_late_is_told_at_once(browser: Client, lesson: Lesson) -> None:
    browser.post(at("lesson_draft", lesson.uuid), typed(title_uz="Eski"))
    save_lesson(lesson, title={"uz": "Yangi"}, by=make_user())
    page = browser.get(at("lesson", lesson.uuid))
    assert page.context["is_late"]
    assert "<del>Yangi</del> <ins>Eski</ins>" in page.content.decode()
    assert page.context["form"]["seen"].value() == 2


def test_one_sees_who_else_is_writing(browser: Client, lesson: Lesson, centre_manager: User) -> None:
    browser.post(at("lesson_draft", lesson.uuid), typed())
    browser.force_login(centre_manager)
    page = browser.get(at("lesson", lesson.uuid))
    assert page.context["kept"] is None
    assert [draft.author.username for draft in page.context["others"]] == ["instructor"]


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30, "0"])
def test_a_revision_that_is_none_never_breaks(browser: Client, lesson: Lesson, seen: str) -> None:
    assert browser.post(at("lesson_draft", lesson.uuid), typed(seen=seen)).status_code == 200
    assert browser.post(at("lesson", lesson.uuid), typed(title_uz="B", seen=seen)).status_code in (302, 422)
