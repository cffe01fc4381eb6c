"""Films and other files of authors that come in parts, before the form that names them."""

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from base.models import Upload
from base.services.uploads import add_part, start_upload
from courses.models import Lesson, Module, Video
from tests.courses.factories import FILM, make_course, make_lesson, make_module
from tests.pages import teach_url as at
from tests.personas import World

pytestmark = pytest.mark.django_db
BEGIN = reverse("learning:teach_upload", args=["video"])
FIELDS = {"title_uz": "Igna", "minutes": "5", "required": "on"}


@pytest.fixture
def browser(client: Client, instructor: User, settings: Any, tmp_path: Path) -> Client:
    settings.MEDIA_ROOT = tmp_path
    client.force_login(instructor)
    return client


@pytest.fixture
def module(world: World) -> Module:
    return make_module(make_course(provider=world.centre).versions.get())


def begin(browser: Client, name: str, size: int, address: str = BEGIN) -> Any:
    metadata = f"filename {b64encode(name.encode()).decode()}"
    return browser.post(address, headers={"Upload-Length": str(size), "Upload-Metadata": metadata})


def arrived(owner: User, *, target: str = "teach:video", name: str = "igna.mp4", data: bytes = FILM) -> Upload:
    upload = start_upload(owner, target=target, name=name, size=len(data))
    half = len(data) // 2
    for offset, part in ((0, data[:half]), (half, data[half:])):
        add_part(upload, offset=offset, data=part)
    return upload


def test_refused_before_a_byte_is_sent(browser: Client) -> None:
    assert begin(browser, "igna.mp4", 10**9).status_code == 201
    for name, size in (("igna.exe", 10), ("igna.mp4", 2 * 2**30), ("igna.mp4", 0), ("", 10)):
        assert begin(browser, name, size).status_code == 422
    attachments = reverse("learning:teach_upload", args=["attachment"])
    assert begin(browser, "igna.mp4", 10, attachments).status_code == 422
    assert begin(browser, "igna.pdf", 101 * 2**20, attachments).status_code == 422
    assert Upload.objects.count() == 1


def test_form_names_the_film_that_came_before(browser: Client, instructor: User, module: Module) -> None:
    upload = arrived(instructor)
    address = reverse("learning:teach_lesson_new", args=[module.uuid, "video"])
    assert 'data-upload-url="/teach/uploads/video/"' in browser.get(address).content.decode()
    again = browser.post(address, {"minutes": "5", "file_upload": str(upload.uuid)})
    assert (again.status_code, str(upload.uuid) in again.content.decode()) == (422, True)
    assert browser.post(address, FIELDS | {"file_upload": str(upload.uuid)}).status_code == 302
    video = Video.objects.get()
    assert (Lesson.objects.get().video, video.size, video.file.read()) == (video, len(FILM), FILM)
    assert not Upload.objects.exists()
    lesson = Lesson.objects.get()
    gone = browser.post(at("lesson", lesson.uuid), FIELDS | {"file_upload": str(upload.uuid), "seen": "1"})
    assert gone.status_code == 422


def test_only_ones_own_whole_and_for_this(browser: Client, instructor: User, module: Module, learner: User) -> None:
    lesson = make_lesson(module, "video", file=None)
    half = start_upload(instructor, target="teach:video", name="igna.mp4", size=10)
    wrong = (
        str(arrived(learner).uuid),
        str(arrived(instructor, target="teach:file").uuid),
        str(half.uuid),
        str(arrived(instructor, data=b"MZ no film at all").uuid),
        "x",
        "' OR 1=1",
    )
    for upload in wrong:
        answer = browser.post(at("lesson", lesson.uuid), FIELDS | {"file_upload": upload})
        assert answer.status_code == 422, upload
    lesson.refresh_from_db()
    assert lesson.video is None
    assert Upload.objects.count() == 4


def test_attachment_comes_in_parts(browser: Client, instructor: User, module: Module) -> None:
    lesson = make_lesson(module, "page")
    upload = arrived(instructor, target="teach:attachment", name="../igna.pdf", data=b"%PDF-1.7 igna")
    assert browser.post(at("lesson_attach", lesson.uuid), {}).status_code == 422
    assert browser.post(at("lesson_attach", lesson.uuid), {"file_upload": str(upload.uuid)}).status_code == 302
    attachment = lesson.attachments.get()
    assert (attachment.name, attachment.file.read()) == ("igna.pdf", b"%PDF-1.7 igna")
    assert not Upload.objects.exists()
