from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from base.errors import DomainError, InvalidInput
from base.models import Upload, UploadPart
from base.services import uploads
from base.services.uploads import (
    MOST_AT_ONCE,
    NotWhole,
    TooManyUploads,
    WrongOffset,
    add_part,
    drop_upload,
    start_upload,
    sweep_uploads,
    take_upload,
)

pytestmark = pytest.mark.django_db
PATCH = "application/offset+octet-stream"


def send(client: Client, upload: Upload, offset: int, data: bytes, content_type: str = PATCH) -> tuple[int, str | None]:
    url = reverse("upload", args=[upload.uuid])
    answer = client.patch(url, data, content_type=content_type, headers={"Upload-Offset": str(offset)})
    return answer.status_code, answer.headers.get("Upload-Offset")


def test_parts_arrive_in_order_and_are_read_as_one(learner: User) -> None:
    upload = start_upload(learner, target="x", name="a.bin", size=10)
    with pytest.raises(NotWhole):
        take_upload(upload)
    for offset, data in ((0, b"0123"), (4, b"45"), (6, b"6789")):
        add_part(upload, offset=offset, data=data)
    whole = take_upload(upload)
    assert (whole.read(5), whole.size) == (b"01234", 10)
    whole.seek(3)
    assert b"".join(whole.chunks(4)) == b"0123456789"
    names = [str(part.file.name) for part in upload.parts.all()]
    assert all(default_storage.exists(name) for name in names)


def test_dropping_removes_the_parts_and_a_second_time_nothing(
    learner: User, django_capture_on_commit_callbacks: pytest.FixtureRequest
) -> None:
    upload = add_part(start_upload(learner, target="x", name="a", size=3), offset=0, data=b"abc")
    name = str(upload.parts.get().file.name)
    for _n in range(2):
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # a function
            drop_upload(upload)
    assert not default_storage.exists(name)
    assert not UploadPart.objects.exists()


def test_a_part_that_does_not_go_on_or_is_too_much_is_refused(learner: User) -> None:
    upload = start_upload(learner, target="x", name="a", size=4)
    with pytest.raises(WrongOffset):
        add_part(upload, offset=2, data=b"ab")
    with pytest.raises(InvalidInput):
        add_part(upload, offset=0, data=b"abcde")
    add_part(upload, offset=0, data=b"ab")
    with pytest.raises(WrongOffset):
        add_part(upload, offset=0, data=b"ab")


def test_nobody_has_too_many_on_their_way(learner: User, instructor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(MOST_AT_ONCE):
        start_upload(learner, target="x", name=f"{n}", size=1)
    with pytest.raises(TooManyUploads):
        start_upload(learner, target="x", name="one", size=1)
    monkeypatch.setattr(uploads, "MOST_BYTES_AT_ONCE", 10)
    start_upload(instructor, target="x", name="a", size=6)
    with pytest.raises(TooManyUploads):
        start_upload(instructor, target="x", name="b", size=6)
    Upload.objects.update(expires_at=timezone.now())
    start_upload(instructor, target="x", name="b", size=6)


def test_what_never_arrives_is_swept_and_what_comes_is_not(learner: User) -> None:
    left, coming = (start_upload(learner, target="x", name=name, size=4) for name in "ab")
    add_part(left, offset=0, data=b"ab")
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    add_part(coming, offset=0, data=b"ab")
    assert (sweep_uploads(), sweep_uploads()) == (1, 0)
    assert Upload.objects.get() == coming


def test_the_page_says_how_far_it_is_and_takes_the_next_part(client: Client, learner: User, instructor: User) -> None:
    upload = start_upload(learner, target="x", name="a", size=4)
    url = reverse("upload", args=[upload.uuid])
    client.force_login(learner)
    assert send(client, upload, 0, b"ab") == (204, "2")
    assert send(client, upload, 0, b"ab") == (409, "2")
    assert send(client, upload, 2, b"cde")[0] == 422
    assert send(client, upload, 2, b"cd", "text/plain")[0] == 422
    asked = client.head(url)
    told = [asked.headers[name] for name in ("Upload-Offset", "Upload-Length", "Tus-Resumable", "Cache-Control")]
    assert told == ["2", "4", "1.0.0", "no-store"]
    assert client.patch(url, b"cd", content_type=PATCH, headers={"Upload-Offset": "²"}).status_code == 422
    client.force_login(instructor)
    assert send(client, upload, 2, b"cd")[0] == 404
    client.force_login(learner)
    assert client.delete(url).status_code == 204
    assert client.head(url).status_code == 404


def test_a_part_larger_than_a_part_is_refused(client: Client, learner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from base import views

    monkeypatch.setattr(views, "MOST_IN_A_PART", 3)
    client.force_login(learner)
    upload = start_upload(learner, target="x", name="a", size=9)
    assert send(client, upload, 0, b"abcd")[0] == 422


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ("filename " + b64encode("Ish №1.pdf".encode()).decode(), "Ish №1.pdf"),
        ("type dGV4dA==,filename " + b64encode(b"../../etc/passwd").decode(), "passwd"),
        ("filename " + b64encode(rb"C:\a\b.pdf").decode(), "b.pdf"),
        ("filename !!", ""),
        ("filename /w==", ""),
        ("", ""),
    ],
)
def test_the_name_is_read_and_has_no_folder(metadata: str, name: str) -> None:
    from base.views import _file_name

    assert _file_name(metadata) == name


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_equal_parts_at_once_one_is_kept(learner: User) -> None:
    upload = start_upload(learner, target="x", name="a", size=8)

    def put(_n: int) -> str:
        try:
            with transaction.atomic():
                add_part(upload, offset=0, data=b"abcd")
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return "kept"

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(put, range(4)))
    assert answers == ["kept", *["wrong-offset"] * 3]
    assert upload.parts.get().size == 4
