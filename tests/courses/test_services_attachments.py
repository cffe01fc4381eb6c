import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from base.errors import InvalidInput
from courses.models import Attachment, Lesson
from courses.services.attachments import MOST, TooManyAttachments, add_attachment, remove_attachment
from courses.services.versions import VersionFrozen, new_draft
from tests.courses.factories import make_attachment, make_course, make_lesson, make_module, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(settings: object, tmp_path: object) -> Lesson:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]  # pytest-django's
    return make_lesson(make_module(make_course().versions.get()))


def pdf(name: str = "jadval.pdf", data: bytes = b"%PDF-1.7") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_a_file_is_attached_once_and_goes_into_further_drafts(lesson: Lesson) -> None:
    assert add_attachment(lesson, file=pdf(), by=None) == add_attachment(lesson, file=pdf(), by=None)
    publish(lesson.version)
    draft = new_draft(lesson.version.course, by=None)
    copy = Attachment.objects.get(lesson__version=draft)
    assert (copy.name, copy.size, copy.file.name) == ("jadval.pdf", 8, lesson.attachments.get().file.name)
    remove_attachment(copy, by=None)
    remove_attachment(copy, by=None)
    assert lesson.attachments.get().file.read() == b"%PDF-1.7"


WRONG = [("x.exe", b"MZ"), ("x.html", b"<b>"), ("x.pdf", b"<html>"), ("x.svg", b"<svg>"), ("x", b""), ("..", b"a")]


@pytest.mark.parametrize("file", WRONG)
def test_files_of_other_kinds_are_refused(lesson: Lesson, file: tuple[str, bytes]) -> None:
    with pytest.raises(InvalidInput):
        add_attachment(lesson, file=ContentFile(file[1], file[0]), by=None)
    assert not Attachment.objects.exists()


def test_a_lesson_has_so_many_files_at_most(lesson: Lesson) -> None:
    for number in range(MOST):
        make_attachment(lesson, name=f"{number}.pdf")
    with pytest.raises(TooManyAttachments):
        add_attachment(lesson, file=pdf(), by=None)


def test_what_is_published_keeps_its_files(lesson: Lesson) -> None:
    attachment = add_attachment(lesson, file=pdf(), by=None)
    publish(lesson.version)
    with pytest.raises(VersionFrozen):
        remove_attachment(attachment, by=None)
    with pytest.raises(VersionFrozen):
        add_attachment(lesson, file=pdf("b.pdf"), by=None)
