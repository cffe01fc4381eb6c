"""Files that people uploaded: handed out without ever running on our own origin, and to programs that read paths."""

import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from asgiref.sync import sync_to_async
from django.core.files.storage import FileSystemStorage
from django.core.handlers.asgi import ASGIRequest
from django.db.models.fields.files import FieldFile
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header, http_date

CHUNK = 256 * 1024
ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
# What a browser shows by itself without running anything; all the rest is handed out to be saved.
PLAYED = {".mp4": "video/mp4", ".webm": "video/webm", ".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg"}
PLAYED |= {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}


def file_response(request: HttpRequest, file: FieldFile) -> HttpResponseBase:
    """Answer with an uploaded file: sound and pictures in place and in byte ranges, the rest as an attachment.

    Where files lie in a store of their own, the answer is its signed address. A file that is gone is not found.
    """
    if not isinstance(file.storage, FileSystemStorage):
        return HttpResponseRedirect(file.url)
    try:
        headers = _headers(file)
    except FileNotFoundError:
        raise Http404 from None
    part = _wanted_part(request, headers, file.size)
    first, last = part or (0, file.size - 1)
    if part:
        if first > last:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{file.size}"})
        headers["Content-Range"] = f"bytes {first}-{last}/{file.size}"
    headers["Content-Length"] = str(last - first + 1)
    chunks = _part_of(file, first, last)
    body = _unblocked(chunks) if isinstance(request, ASGIRequest) else chunks
    return StreamingHttpResponse(body, status=206 if part else 200, headers=headers)


def _headers(file: FieldFile) -> dict[str, str]:
    name = PurePath(file.name or "")
    played = PLAYED.get(name.suffix.lower())
    changed = file.storage.get_modified_time(file.name or "").timestamp()
    return {
        "Content-Type": played or "application/octet-stream",
        "Content-Disposition": content_disposition_header(not played, name.name) or "inline",
        "Content-Security-Policy": "sandbox",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        "Content-Encoding": "identity",  # a range counts the bytes of the file, not of its compression
        "Cache-Control": "private, max-age=3600",
        "Last-Modified": http_date(changed),
        "ETag": f'"{int(changed)}-{file.size}"',
    }


def _wanted_part(request: HttpRequest, headers: dict[str, str], size: int) -> tuple[int, int] | None:
    """The first and last byte asked for; None for the whole, an empty stretch where nothing lies there."""
    asked = ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    unchanged = request.headers.get("If-Range", headers["ETag"]) in (headers["ETag"], headers["Last-Modified"])
    if asked is None or asked[0] == "bytes=-" or not unchanged:
        return None
    first, last = asked.groups()
    if not first:
        return (max(size - int(last), 0), size - 1) if int(last) else (size, size - 1)
    return int(first), min(int(last), size - 1) if last else size - 1


def _part_of(file: FieldFile, first: int, last: int) -> Iterator[bytes]:
    with file.storage.open(file.name or "") as stream:
        stream.seek(first)
        left = last - first + 1
        while left > 0 and (chunk := stream.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk


async def _unblocked(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Read in a thread, a chunk at a time: under ASGI Django would else collect the whole file before it sends it."""
    read = sync_to_async(partial(next, chunks, b""), thread_sensitive=False)
    while chunk := await read():
        yield chunk


@contextmanager
def local_copy(file: FieldFile) -> Iterator[Path]:
    """A stored file as one of this machine, wherever it lies."""
    if isinstance(file.storage, FileSystemStorage):
        yield Path(file.path)
    else:
        with TemporaryDirectory() as folder:
            path = Path(folder, "file")
            with file.open("rb") as stored, path.open("wb") as here:
                shutil.copyfileobj(stored, here)
            yield path
