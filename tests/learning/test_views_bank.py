from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import BankPicture, Question, QuestionCategory
from courses.questions import KINDS, grade_response, right_response
from courses.services.bank import add_category, retire_question, save_question
from learning.asking import answers_by_field
from learning.forms.questions.written import read_gap, written_gap
from tests.courses.factories import RIGHT, content_of, make_course, make_module, make_question, make_quiz, publish
from tests.personas import World

pytestmark = pytest.mark.django_db

WRITTEN: dict[str, dict[str, str]] = {
    "single": {"choices-1-text_uz": "Ha", "choices-1-correct": "on", "choices-2-text_uz": "Yoʻq"},
    "multiple": {"choices-1-text_uz": "A", "choices-1-correct": "on", "choices-4-text_uz": "B"},
    "true-false": {"answer": "false", "said_true_uz": "Yoʻq, aksincha."},
    "numeric": {"answers-1-number": "12,5", "answers-1-tolerance": "0,1", "units-1-text_uz": "sm"},
    "short-text": {"answers-1-text": "chok", "answers-2-text": "baxya", "answers-2-worth": "50"},
    "matching": {
        "pairs-1-text_uz": "Igna",
        "pairs-1-match_uz": "tikadi",
        "pairs-2-text_uz": "Qaychi",
        "pairs-2-match_uz": "qirqadi",
    },
    "ordering": {"items-1-text_uz": "Bichish", "items-2-text_uz": "Tikish"},
    "cloze": {
        "text_uz": "[[1]] va [[2]]",
        "gaps-1-kind": "short-text",
        "gaps-1-answers": "ip\n50% kalava # Ha, ammo aniqroq",
        "gaps-2-kind": "single",
        "gaps-2-answers": "mato | ткань\nsuv",
    },
    "essay": {"most_words": "200", "guide_uz": "Uch sabab"},
    "file": {"endings": ".pdf"},
}


def picture_file() -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new("RGB", (40, 30)).save(drawn, "PNG")
    return SimpleUploadedFile("rasm.png", drawn.getvalue(), "image/png")


@pytest.fixture
def author(client: Client, instructor: User) -> Client:
    client.force_login(instructor)
    return client


def at(name: str, *args: Any) -> str:
    return reverse(f"learning:bank_{name}", args=args)


def written(kind: str, **more: Any) -> dict[str, Any]:
    place = {"points": "2", "difficulty": "3", "tags": "tikuv, chok"}
    return {"text_uz": "Savol?", "feedback_uz": "Chunki shunday."} | place | WRITTEN[kind] | more


def shown_in(form: Any) -> dict[str, Any]:
    """What a browser would send of a form that it was shown."""
    return {bound.html_name: bound.value() for bound in form if bound.value() not in (None, "", False, [])}


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_question_of_every_kind_is_written_and_changed(author: Client, kind: str) -> None:
    assert author.get(at("question_new", kind)).status_code == 200
    made = author.post(at("question_new", kind), written(kind))
    assert made.status_code == 302, made.context["form"].errors
    question = Question.objects.get()
    before = question.newest.content
    assert (question.difficulty, before["points"], question.tags.count()) == (3, "2", 2)
    page = author.get(at("question_edit", question.uuid))
    assert "Chunki shunday." in page.content.decode()
    assert "&lt;p&gt;Chunki" not in page.content.decode()
    again = author.post(at("question_edit", question.uuid), shown_in(page.context["form"]))
    assert again.status_code == 302, again.context["form"].errors
    question.refresh_from_db()
    assert question.newest.content == before
    sent = shown_in(page.context["form"]) | {"feedback_uz": "Boshqacha."}
    assert author.post(at("question_edit", question.uuid), sent).status_code == 302
    question.refresh_from_db()
    assert question.newest.content == before | {"feedback": {"uz": "<p>Boshqacha.</p>"}}


def test_a_hot_spot_is_made_in_two_steps(author: Client) -> None:
    sent = {
        "text_uz": "Igna qayerda?",
        "alt_uz": "Mashina",
        "columns": "4",
        "rows": "3",
        "points": "1",
        "difficulty": "2",
    }
    step = author.post(at("question_new", "hot-spot"), sent | {"picture": picture_file(), "more": "picture"})
    assert step.status_code == 200
    picture = BankPicture.objects.get()
    assert len(step.context["form"].grid()) == 12
    assert str(picture.uuid) in step.content.decode()
    sent |= {"image": str(picture.uuid)}
    refused = author.post(at("question_new", "hot-spot"), sent)
    assert refused.status_code == 422
    assert author.post(at("question_new", "hot-spot"), sent | {"cells": ["2-1", "3-1"]}).status_code == 302
    question = Question.objects.get()
    assert question.newest.content["cells"] == ["2-1", "3-1"]
    page = author.get(at("question_edit", question.uuid))
    assert "checked" in page.content.decode()


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("single", {"choices-1-text_uz": "Ha", "choices-2-text_uz": "Yoʻq"}),
        ("single", {"choices-1-text_uz": "Ha", "choices-1-worth": "yarim"}),
        ("true-false", {}),
        ("numeric", {"answers-1-number": "oʻn"}),
        ("short-text", {"answers-1-text": "?!"}),
        ("cloze", {"gaps-1-kind": "numeric", "gaps-1-answers": "x"}),
        ("hot-spot", {"columns": "99", "rows": "x"}),
        ("file", {"endings": ".exe"}),
    ],
)
def test_a_wrong_question_says_what_is_wrong_and_keeps_what_was_typed(
    author: Client, kind: str, fields: dict[str, str]
) -> None:
    sent = {"text_uz": "Savol matni?", "points": "1", "difficulty": "2"} | fields
    answer = author.post(at("question_new", kind), sent)
    assert answer.status_code == 422
    assert "Savol matni?" in answer.content.decode()
    assert "error-summary" in answer.content.decode()
    assert not Question.objects.exists()


def test_more_rows_without_a_script(author: Client) -> None:
    sent = written("single", more="choices")
    page = author.post(at("question_new", "single"), sent)
    assert page.status_code == 200
    form = page.context["form"]
    assert len(form._numbers(form.row_sets[0])) == 7
    assert form["choices-1-text_uz"].value() == "Ha"
    assert "error-summary" not in page.content.decode()
    assert not Question.objects.exists()


def test_a_picture_stands_in_the_question_with_what_it_shows(author: Client) -> None:
    sent = written("true-false", picture=picture_file())
    assert author.post(at("question_new", "true-false"), sent).status_code == 422
    sent = written("true-false", picture=picture_file(), picture_alt='Igna "7"')
    assert author.post(at("question_new", "true-false"), sent).status_code == 302
    picture = BankPicture.objects.get()
    text = Question.objects.get().newest.content["text"]["uz"]
    assert at("picture", picture.uuid) in text
    assert "Igna" in text
    shown = author.get(at("picture", picture.uuid))
    assert shown["Content-Type"] == "image/png"
    assert shown["X-Content-Type-Options"] == "nosniff"


def test_two_authors_at_one_question(author: Client, world: World) -> None:
    question = make_question(world.centre, "true-false")
    page = author.get(at("question_edit", question.uuid))
    save_question(question, content=content_of("true-false"), by=None)
    answer = author.post(
        at("question_edit", question.uuid), shown_in(page.context["form"]) | {"text_uz": "Mening soʻzim"}
    )
    assert answer.status_code == 422
    assert "Mening soʻzim" in answer.content.decode()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind in RIGHT])
def test_a_question_is_tried_out_and_graded_at_once(author: Client, world: World, kind: str) -> None:
    question = make_question(world.centre, kind)
    assert author.get(at("question", question.uuid)).status_code == 200
    sent = answers_by_field("q", right_response(kind, question.newest.content))
    if kind == "ordering":
        sent = {f"q.{key}": value for key, value in RIGHT[kind].items()}
    answer = author.post(at("question", question.uuid), sent)
    assert answer.status_code == 200
    assert answer.context["asked"].state == "right"


def test_an_answer_that_cannot_be_read_is_said_where_it_is_tried(author: Client, world: World) -> None:
    question = make_question(world.centre, "numeric")
    answer = author.post(at("question", question.uuid), {"q": "oʻn ikki"})
    assert answer.status_code == 422
    assert "oʻn ikki" in answer.content.decode()


def test_history_and_use_are_told(author: Client, world: World) -> None:
    course = make_course(provider=world.centre)
    quiz = make_quiz(make_module(course.versions.get()), kinds=("true-false",))
    question = Question.objects.get()
    publish(course.versions.get())
    save_question(question, content=content_of("true-false", text={"uz": "Yangi matn"}), by=None)
    page = author.get(at("question", question.uuid))
    assert [version.number for version in page.context["versions"]] == [2, 1]
    assert [use.lesson for use in page.context["uses"]] == [quiz]
    old = author.get(at("question", question.uuid) + "?version=1").content.decode()
    assert "Yangi matn" not in old
    for wrong in ("3", "x", "٣", "9" * 30):
        assert author.get(at("question", question.uuid) + f"?version={wrong}").status_code == 404


def test_questions_are_copied_retired_brought_back_and_moved(author: Client, world: World) -> None:
    question = make_question(world.centre)
    assert author.post(at("question_duplicate", question.uuid)).status_code == 302
    assert Question.objects.count() == 2
    author.post(at("question_change", question.uuid, "retire"))
    assert len(author.get(at("list")).context["page"].items) == 1
    assert len(author.get(at("list") + "?retired=1").context["page"].items) == 1
    author.post(at("question_change", question.uuid, "restore"))
    assert author.post(at("question_change", question.uuid, "burn")).status_code == 404
    folder = add_category(world.centre, name="A", by=None)
    numbers = [str(pk) for pk in Question.objects.values_list("pk", flat=True)]
    author.post(at("move"), {"question": [*numbers, "x", "9" * 30], "category": str(folder.pk)})
    assert folder.questions.count() == 2


def test_folders_are_made_renamed_and_removed(author: Client, world: World) -> None:
    author.post(at("folders"), {"name": "Choklar"})
    top = QuestionCategory.objects.get()
    author.post(at("folders"), {"name": "Ichki", "category": str(top.pk)})
    inner = top.children.get()
    author.post(at("folder", inner.uuid), {"name": "Ichki choklar"})
    inner.refresh_from_db()
    assert inner.name == "Ichki choklar"
    author.post(at("folder_remove", top.uuid))
    assert QuestionCategory.objects.count() == 2
    author.post(at("folder_remove", inner.uuid))
    author.post(at("folder_remove", top.uuid))
    assert not QuestionCategory.objects.exists()
    assert author.post(at("folders"), {"name": ""}).status_code == 422


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_however_long(
    author: Client, world: World, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    folder = add_category(world.centre, name="A", by=None)
    for _n in range(rows):
        make_question(world.centre, category=folder, tags=["a"])
    author.get(at("list"))
    with django_assert_num_queries(11):
        assert len(author.get(at("list")).context["page"].items) == rows


@pytest.mark.parametrize("query", ["?kind=x", "?category=x", "?tag=9", "?difficulty=7", "?q=%00", "?organization=x"])
def test_what_is_asked_in_vain_breaks_nothing(author: Client, query: str) -> None:
    assert author.get(at("list") + query).status_code == 200


def test_filters_find(author: Client, world: World) -> None:
    found = make_question(world.centre, "numeric", difficulty=3, tags=["tikuv"])
    make_question(world.centre)
    retire_question(make_question(world.centre, "numeric"), by=None)
    for query in ("?kind=numeric", "?difficulty=3", f"?tag={found.tags.get().pk}"):
        assert author.get(at("list") + query).context["page"].items == [found]


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("short-text", "ip\n50% kalava # Ha, ammo aniqroq"),
        ("single", "mato | ткань | cloth\nsuv\n50% gazlama"),
        ("numeric", "12,5 ± 0,1\n50% 13 # yaqin"),
    ],
)
def test_the_answers_of_a_gap_are_read_as_they_are_written(kind: str, lines: str) -> None:
    gap = {"key": "1", "kind": kind} | read_gap(kind, lines)
    content = KINDS["cloze"].clean({"text": {"uz": "[[1]]"}, "gaps": [gap]})
    assert written_gap(content["gaps"][0]) == lines
    assert grade_response("cloze", content, right_response("cloze", content)).worth == 1
