from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.test import AsyncRequestFactory, RequestFactory

from base.downloads import file_response
from courses.models import Lesson

CONTENT = bytes(range(100))


@pytest.fixture
def stored(tmp_path: Path) -> Any:
    storage = FileSystemStorage(location=tmp_path)

    def keep(name: str) -> FieldFile:
        file = Lesson(file=storage.save(name, ContentFile(CONTENT))).file
        file.storage = storage
        return file

    return keep


def ask(file: FieldFile, **headers: str) -> HttpResponseBase:
    return file_response(RequestFactory().get("/", headers=headers), file)


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_a_document_is_saved_not_shown(stored: Any) -> None:
    response = ask(stored("reja.pdf"))
    assert body(response) == CONTENT
    assert response["Content-Disposition"] == 'attachment; filename="reja.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-9", 0, 9),
        ("bytes=90-", 90, 99),
        ("bytes=-5", 95, 99),
        ("bytes=50-1000", 50, 99),
        ("bytes=-500", 0, 99),
    ],
)
def test_a_video_comes_in_parts(stored: Any, wanted: str, first: int, last: int) -> None:
    response = ask(stored("dars.mp4"), Range=wanted)
    assert response.status_code == 206
    assert body(response) == CONTENT[first : last + 1]
    assert response["Content-Range"] == f"bytes {first}-{last}/100"
    assert response["Content-Length"] == str(last - first + 1)
    assert response["Content-Type"] == "video/mp4"


@pytest.mark.parametrize("wanted", ["bytes=100-", "bytes=9-3", "bytes=-0"])
def test_a_part_that_is_not_there_is_416(stored: Any, wanted: str) -> None:
    response = ask(stored("dars.mp4"), Range=wanted)
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */100"


@pytest.mark.parametrize("wanted", ["bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,5-6"])
def test_a_range_that_is_not_understood_gives_the_whole(stored: Any, wanted: str) -> None:
    response = ask(stored("dars.mp4"), Range=wanted)
    assert response.status_code == 200
    assert body(response) == CONTENT


def test_a_file_that_changed_since_is_sent_whole(stored: Any) -> None:
    file = stored("dars.mp4")
    assert ask(file, Range="bytes=0-1", **{"If-Range": '"other"'}).status_code == 200
    assert ask(file, Range="bytes=0-1", **{"If-Range": ask(file)["ETag"]}).status_code == 206


def test_under_asgi_a_file_comes_in_chunks_too(stored: Any) -> None:
    response = file_response(AsyncRequestFactory().get("/", headers={"Range": "bytes=10-19"}), stored("dars.mp4"))
    assert isinstance(response, StreamingHttpResponse)
    assert response.is_async

    async def read() -> bytes:
        return b"".join([chunk async for chunk in response])

    assert async_to_sync(read)() == CONTENT[10:20]


def test_an_empty_file_is_an_empty_answer(stored: Any, tmp_path: Path) -> None:
    file = stored("dars.mp4")
    (tmp_path / file.name).write_bytes(b"")
    assert body(ask(file)) == b""


def test_a_file_that_is_gone_is_not_found(stored: Any) -> None:
    file = stored("dars.mp4")
    file.storage.delete(file.name)
    with pytest.raises(Http404):
        ask(file, Range="bytes=0-1")
