from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from base.services.jobs import run_job
from courses.interop import FORMATS, read_questions
from courses.interop.drafts import Draft, Refusal
from courses.models import Question, QuestionFile
from tests.courses.factories import make_question
from tests.courses.interop.reading import FILES
from tests.personas import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(client: Client, instructor: User) -> Client:
    client.force_login(instructor)
    return client


def at(name: str, *args: Any) -> str:
    return reverse(f"learning:question_{name}", args=args)


def upload(author: Client, name: str = "every_corner.gift", **more: str) -> Any:
    file = SimpleUploadedFile(name, (FILES / name).read_bytes())
    return author.post(at("files"), {"file": file, "format": "", "language": "uz"} | more)


def test_a_file_is_sent_checked_looked_at_and_taken(author: Client, world: World) -> None:
    answer = upload(author)
    sent = QuestionFile.objects.get()
    assert answer["Location"] == at("file", sent.uuid)
    assert (sent.organization, sent.name) == (world.centre, "every_corner.gift")
    assert author.get(answer["Location"]).status_code == 200
    run_job(sent.job_id)
    page = author.get(answer["Location"])
    assert [value for _label, value in page.context["figures"]] == [23, 16, 0, 7]
    assert "Yopilmagan" in page.text
    assert not Question.objects.exists()
    assert author.post(at("file_take", sent.uuid))["Location"] == answer["Location"]
    run_job(sent.job_id)
    page = author.get(answer["Location"])
    assert Question.objects.filter(organization=world.centre).count() == 16
    assert reverse("learning:bank_list") in page.text
    assert "every_corner.gift" in author.get(at("files")).text


def test_the_refused_ones_are_a_list_to_take(author: Client) -> None:
    upload(author)
    sent = QuestionFile.objects.get()
    run_job(sent.job_id)
    answer = author.get(at("file_losses", sent.uuid))
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + sent.losses.count()
    assert any("Yopilmagan" in line for line in lines)
    assert answer["Content-Disposition"].startswith("attachment")


def test_taking_before_the_check_is_refused(author: Client) -> None:
    upload(author)
    sent = QuestionFile.objects.get()
    assert author.post(at("file_take", sent.uuid), follow=True).context["messages"]
    run_job(sent.job_id)
    assert not Question.objects.exists()


@pytest.mark.parametrize("more", [{"format": "qti"}, {"language": "xx"}])
def test_a_form_that_is_wrong_says_so(author: Client, more: dict[str, str]) -> None:
    assert upload(author, **more).status_code == 422
    assert author.post(at("files"), {"format": "", "language": "uz"}).status_code == 422
    assert author.post(at("order"), {"format": "aiken"}).status_code == 422
    assert not QuestionFile.objects.exists()


def test_the_questions_of_a_filter_are_written(author: Client, world: World) -> None:
    make_question(world.centre, "numeric")
    make_question(world.centre, "hot-spot")
    make_question(world.other_centre, "single")
    answer = author.post(at("order"), {"format": "gift", "kind": ""})
    written = QuestionFile.objects.get()
    assert answer["Location"] == at("file", written.uuid)
    run_job(written.job_id)
    page = author.get(answer["Location"])
    assert [value for _label, value in page.context["figures"]] == [2, 1, 1]
    result = author.get(at("file_result", written.uuid))
    assert "attachment" in result["Content-Disposition"]
    (item,) = read_questions(result.getvalue(), name="a.gift")
    assert isinstance(item, Draft)
    assert item.kind == "numeric"
    only = author.post(at("order"), {"format": "moodle-xml", "kind": "hot-spot", "q": "savol"})
    assert only.status_code == 302
    run_job(QuestionFile.objects.latest("pk").job_id)
    assert QuestionFile.objects.latest("pk").taken == 1


@pytest.mark.parametrize("form", FORMATS)
def test_a_sample_of_each_format_can_be_sent(author: Client, form: str) -> None:
    answer = author.get(at("sample", form))
    found = list(read_questions(answer.content, name=answer["Content-Disposition"].split('"')[1]))
    assert len(found) >= 2
    assert not [item for item in found if isinstance(item, Refusal)]


def test_there_is_no_sample_of_an_unknown_format(author: Client) -> None:
    assert author.get(at("sample", "qti")).status_code == 404
    assert author.get(at("file_result", "00000000-0000-4000-8000-000000000000")).status_code == 404


def test_lists_take_the_same_queries_for_more_rows(
    author: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 3):
        while QuestionFile.objects.count() < count:
            upload(author)
        for file in QuestionFile.objects.all():
            run_job(file.job_id)
        with django_assert_num_queries(LIST_QUERIES):
            author.get(at("files"))
        with django_assert_num_queries(FILE_QUERIES):
            author.get(at("file", QuestionFile.objects.latest("pk").uuid))


LIST_QUERIES = 9
FILE_QUERIES = 8
