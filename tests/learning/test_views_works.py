from base64 import b64encode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from base.models import Upload
from courses.models import CourseVersion, Lesson
from enrollment.models import Enrollment
from learning.models import Submission, Work, WorkFile
from learning.services.works import add_file, hand_in, return_work
from tests.courses.factories import make_marked, make_module
from tests.learning.factories import lesson_of, make_assigned
from tests.personas import World

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7"
PATCH = "application/offset+octet-stream"


@pytest.fixture
def enrollment(client: Client, world: World, learner: User) -> Enrollment:
    client.force_login(learner)
    return make_assigned(user=learner, provider=world.centre)


@pytest.fixture
def task(enrollment: Enrollment) -> Lesson:
    return lesson_of(enrollment, "assignment")


def address(enrollment: Enrollment, name: str, *more: object) -> str:
    return reverse(f"learning:{name}", args=[enrollment.uuid, lesson_of(enrollment, "assignment").uuid, *more])


def test_text_and_files_are_handed_in_without_a_script(client: Client, enrollment: Enrollment) -> None:
    assert client.get(address(enrollment, "lesson")).status_code == 200
    files = [SimpleUploadedFile(name, PDF) for name in ("a.pdf", "b.pdf")]
    client.post(address(enrollment, "work"), {"text": "Mana", "files": files, "then": "submit"})
    submission = Submission.objects.get()
    assert (submission.text, submission.files.count()) == ("Mana", 2)
    shown = client.get(address(enrollment, "lesson")).content.decode()
    assert str(submission.uuid) in shown
    assert "<form id=" not in shown.split("player-lesson")[1]
    client.post(address(enrollment, "work"), {"text": "Boshqa", "then": "submit"})
    assert Submission.objects.get().text == "Mana"


def test_the_text_is_kept_as_it_is_typed(client: Client, enrollment: Enrollment, learner: User) -> None:
    kept = client.post(address(enrollment, "work_draft"), {"text": "Boshla"})
    assert (kept.status_code, kept.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert "Boshla" in client.get(address(enrollment, "lesson")).content.decode()
    hand_in(enrollment, lesson_of(enrollment, "assignment"), by=learner)
    assert client.post(address(enrollment, "work_draft"), {"text": "Kech"}).status_code == 409


def test_a_file_comes_in_parts_and_stands_in_the_list(client: Client, enrollment: Enrollment) -> None:
    name = "filename " + b64encode("ish №1.pdf".encode()).decode()
    headers = {"Upload-Length": "8", "Upload-Metadata": name}
    begun = client.post(address(enrollment, "work_upload"), headers=headers)
    assert begun.status_code == 201
    for offset in (0, 4):
        sent = {"Upload-Offset": str(offset)}
        client.patch(begun.headers["Location"], PDF[offset : offset + 4], content_type=PATCH, headers=sent)
    upload = Upload.objects.get()
    listed = client.post(address(enrollment, "work_file_add"), {"upload": str(upload.uuid)})
    assert "ish №1.pdf" in listed.content.decode()
    file = WorkFile.objects.get()
    assert not Upload.objects.exists()
    sent_back = client.get(address(enrollment, "work_file", file.uuid))
    assert b"".join(sent_back.streaming_content) == PDF  # type: ignore[attr-defined]  # a stream
    client.post(address(enrollment, "work_file_remove", file.uuid), {"text": "Saqlansin"})
    assert (WorkFile.objects.count(), Work.objects.get().text) == (0, "Saqlansin")


@pytest.mark.parametrize(("name", "length"), [(b"a.exe", "8"), (b"a.pdf", "999999999999"), (b"a.pdf", "x"), (b"", "8")])
def test_what_is_not_taken_is_refused_before_it_is_sent(
    client: Client, enrollment: Enrollment, name: bytes, length: str
) -> None:
    headers = {"Upload-Length": length, "Upload-Metadata": f"filename {b64encode(name).decode()}"}
    assert client.post(address(enrollment, "work_upload"), headers=headers).status_code == 422
    assert not Upload.objects.exists()


def test_an_upload_for_something_else_is_not_taken(client: Client, enrollment: Enrollment, learner: User) -> None:
    from base.services.uploads import add_part, start_upload

    other = add_part(start_upload(learner, target="film:x", name="a.pdf", size=8), offset=0, data=PDF)
    client.post(address(enrollment, "work_file_add"), {"upload": str(other.uuid)})
    client.post(address(enrollment, "work_file_add"), {"upload": "x"})
    assert not WorkFile.objects.exists()


def test_nobody_else_sees_work(client: Client, enrollment: Enrollment, task: Lesson, outsider: User) -> None:
    file = add_file(enrollment, task, file=SimpleUploadedFile("a.pdf", PDF))
    client.force_login(outsider)
    for url in (address(enrollment, "lesson"), address(enrollment, "work_file", file.uuid)):
        assert client.get(url).status_code == 404
    assert client.post(address(enrollment, "work"), {"text": "x"}).status_code == 404


def test_the_page_takes_the_same_queries_however_much_there_is(
    client: Client,
    enrollment: Enrollment,
    task: Lesson,
    learner: User,
    instructor: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client.get(address(enrollment, "lesson"))
    for n in range(3):
        add_file(enrollment, task, file=SimpleUploadedFile(f"{n}.pdf", PDF))
        return_work(hand_in(enrollment, task, by=learner).work, words="Yana", by=instructor)
        if n != 1:
            with django_assert_num_queries(QUERIES):
                client.get(address(enrollment, "lesson"))


QUERIES = 28


def test_an_author_writes_rules_and_criteria(client: Client, instructor: User, version: CourseVersion) -> None:
    client.force_login(instructor)
    task = make_marked(make_module(version))
    rules = reverse("learning:teach_assignment_rules", args=[task.uuid])
    page = client.get(rules).context["form"]
    typed = {name: page[name].value() for name in page.fields if page[name].value() not in (None, False)}
    assert client.post(rules, typed | {"late": "reduced", "due_days": "3", "anonymous": "on"}).status_code == 302
    task.refresh_from_db()
    assert (task.assignment_rules.late, task.assignment_rules.anonymous) == ("reduced", True)
    new = reverse("learning:teach_criterion_new", args=[task.uuid])
    assert client.post(new, {"title_uz": "Toza", "levels_uz": "Yoʻq\r\nHa", "points": "0;1;2"}).status_code == 422
    assert client.post(new, {"title_uz": "Toza", "levels_uz": "Yoʻq\r\nHa", "points": "0;1"}).status_code == 302
    third = task.criteria.all()[2]
    change = [task.uuid, third.uuid]
    client.post(reverse("learning:teach_criterion", args=change), {"title_uz": "Toza chok", "points": "3"})
    client.post(reverse("learning:teach_criterion_change", args=[*change, "up"]))
    assert [one.title["uz"] for one in task.criteria.all()] == ["Chok tekis", "Toza chok", "Oʻlcham toʻgʻri"]
    shown = client.get(reverse("learning:teach_lesson", args=[task.uuid])).content.decode()
    assert "Toza chok" in shown
    preview = client.get(reverse("learning:teach_preview", args=[version.uuid, task.uuid]))
    assert "Toza chok" in preview.content.decode()


def test_at_the_bench_only_two_things_are_asked(client: Client, instructor: User, version: CourseVersion) -> None:
    client.force_login(instructor)
    bench = make_marked(make_module(version), "practical", checklist=True)
    rules = reverse("learning:teach_assignment_rules", args=[bench.uuid])
    assert list(client.get(rules).context["form"].fields) == ["double", "tolerance"]
    client.post(rules, {"double": "on", "tolerance": "5"})
    bench.refresh_from_db()
    assert (bench.assignment_rules.double, bench.assignment_rules.tolerance) == (True, 5)
