from decimal import Decimal

import pytest

from base.errors import InvalidInput
from courses.models import Question
from courses.services.questions import (
    ForeignQuestion,
    NotQuiz,
    add_item,
    add_question,
    move_item,
    remove_item,
    save_item,
    save_question,
)
from courses.services.versions import VersionFrozen, new_draft
from tests.accounts.factories import make_organization
from tests.courses.factories import (
    TRUE_FALSE,
    make_course,
    make_lesson,
    make_module,
    make_published_course,
    make_question,
    make_quiz,
    publish,
)

pytestmark = pytest.mark.django_db


def test_add_question_twice_is_one() -> None:
    bank = make_organization()
    first = make_question(bank, text={"uz": "Nima?"})
    assert make_question(bank, text={"uz": "Nima?"}) == first
    assert make_question(bank, "multiple", text={"uz": "Nima?"}) != first
    assert make_question(make_organization(), text={"uz": "Nima?"}) != first


def test_add_question_refuses_an_unknown_kind_and_no_text() -> None:
    bank = make_organization()
    with pytest.raises(InvalidInput):
        add_question(bank, kind="essay", text={"uz": "A"}, definition={}, by=None)
    with pytest.raises(InvalidInput):
        make_question(bank, text={"uz": "  "})


def test_an_unused_question_is_changed_in_place() -> None:
    question = make_question(make_organization(), "true-false")
    saved = save_question(question, text={"uz": "Rostmi?"}, definition={"answer": False}, by=None)
    assert saved == question
    assert saved.definition == {"answer": False}


def test_a_frozen_question_stays_and_the_next_takes_its_place_in_drafts() -> None:
    course = make_course()
    quiz = make_quiz(make_module(course.versions.get()), kinds=("true-false",))
    publish(course.versions.get())
    draft_quiz = new_draft(course, by=None).lessons.get()
    old = quiz.items.get().question

    def change(answer: bool) -> Question:
        return save_question(old, text=old.text, definition={"answer": answer}, by=None)

    assert change(True) == old
    newer = change(False)
    assert newer.previous == old
    assert change(False) == newer
    old.refresh_from_db()
    assert old.definition == TRUE_FALSE
    assert quiz.items.get().question == old
    assert draft_quiz.items.get().question == newer
    assert list(Question.objects.newest()) == [newer]


def test_items_keep_their_order() -> None:
    quiz = make_quiz(make_module(make_course().versions.get()), kinds=("single", "multiple", "numeric"))
    first, second, third = quiz.items.all()
    move_item(third, up=True, by=None)
    move_item(first, up=True, by=None)
    assert list(quiz.items.all()) == [first, third, second]
    remove_item(third, by=None)
    remove_item(third, by=None)
    assert list(quiz.items.all()) == [first, second]
    assert add_item(quiz, question=first.question, by=None) == first
    assert save_item(first, points=Decimal("2.5"), by=None).points == Decimal("2.5")


def test_add_item_refusals() -> None:
    module = make_module(make_course().versions.get())
    quiz, question = make_quiz(module, kinds=()), make_question(module.version.course.provider)
    with pytest.raises(NotQuiz):
        add_item(make_lesson(module), question=question, by=None)
    with pytest.raises(ForeignQuestion):
        add_item(quiz, question=make_question(make_organization()), by=None)
    with pytest.raises(InvalidInput):
        add_item(quiz, question=question, points=0, by=None)


def test_items_of_a_published_quiz_stay() -> None:
    quiz = make_published_course(kinds=("quiz",)).versions.get().lessons.get()
    item = quiz.items.all()[0]
    for change in (
        lambda: remove_item(item, by=None),
        lambda: move_item(item, up=False, by=None),
        lambda: save_item(item, points=3, by=None),
        lambda: add_item(quiz, question=item.question, by=None),
    ):
        with pytest.raises(VersionFrozen):
            change()
