from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import User
from courses.models import Lesson, Question
from courses.services.bank import add_category
from tests.courses.factories import make_course, make_module, make_question, make_quiz
from tests.pages import teach_url as at
from tests.personas import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(client: Client, instructor: User) -> Client:
    client.force_login(instructor)
    return client


@pytest.fixture
def quiz(world: World) -> Lesson:
    return make_quiz(make_module(make_course(provider=world.centre).versions.get()), kinds=())


def test_a_question_written_for_a_quiz_is_in_the_bank_and_in_the_quiz(author: Client, quiz: Lesson) -> None:
    place = at("question_new", quiz.uuid, "true-false")
    assert author.get(place).status_code == 200
    sent = {"text_uz": "Rostmi?", "answer": "true", "points": "3", "difficulty": "2"}
    assert author.post(place, sent).status_code == 302
    assert quiz.items.get().question == Question.objects.get()
    assert quiz.items.get().points == 3
    assert author.get(at("question_new", quiz.uuid, "riddle")).status_code == 404


def test_questions_are_chosen_from_the_bank(author: Client, quiz: Lesson, world: World) -> None:
    question, other = make_question(world.centre), make_question(world.centre, "numeric")
    page = author.get(at("bank", quiz.uuid) + "?kind=numeric")
    assert page.context["page"].items == [other]
    assert author.post(at("item_add", quiz.uuid, question.uuid)).status_code == 302
    assert quiz.items.get().question == question
    assert author.post(at("item", quiz.uuid, quiz.items.get().pk), {"points": "0"}).status_code == 422
    assert author.post(at("item", quiz.uuid, quiz.items.get().pk), {"points": "4"}).status_code == 302
    assert quiz.items.get().points == 4


def test_a_draw_and_sections(author: Client, quiz: Lesson, world: World) -> None:
    folder = add_category(world.centre, name="Choklar", by=None)
    make_question(world.centre, category=folder, tags=["a"])
    tag = world.centre.question_tags.get()
    assert author.get(at("draw_new", quiz.uuid)).status_code == 200
    assert author.post(at("draw_new", quiz.uuid), {"count": "0", "points": "1"}).status_code == 422
    sent = {"count": "1", "points": "2", "category": folder.pk, "tag": tag.pk, "difficulty": "2"}
    assert author.post(at("draw_new", quiz.uuid), sent).status_code == 302
    item = quiz.items.get()
    assert (item.count, item.category, item.tag, item.difficulty, item.points) == (1, folder, tag, 2, Decimal(2))
    assert author.post(at("section_new", quiz.uuid), {"title_uz": "Amaliyot", "shuffle": "on"}).status_code == 302
    part = quiz.sections.get(shuffle=True)
    page = author.get(at("item", quiz.uuid, item.pk))
    assert page.context["form"]["category"].value() == folder.pk
    assert author.post(at("item", quiz.uuid, item.pk), sent | {"count": "3", "section": part.pk}).status_code == 302
    item.refresh_from_db()
    assert (item.count, item.section) == (3, part)
    author.post(at("section", quiz.uuid, part.pk), {"title_uz": "Nazorat"})
    author.post(at("section_change", quiz.uuid, part.pk, "up"))
    author.post(at("section_change", quiz.uuid, part.pk, "remove"))
    part.refresh_from_db()
    assert (part.title, part.shuffle, part.position) == ({"uz": "Nazorat"}, False, 1)
    assert author.get(at("lesson", quiz.uuid)).status_code == 200


def test_a_preview_draws_from_the_bank(author: Client, quiz: Lesson, world: World) -> None:
    for _n in range(3):
        make_question(world.centre)
    author.post(at("draw_new", quiz.uuid), {"count": "2", "points": "1"})
    page = author.get(at("preview", quiz.version.uuid, quiz.uuid))
    assert [len(sheet.questions) for sheet in page.context["sheets"]] == [2]
