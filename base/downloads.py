"""Files that people uploaded, handed out without ever running on our own origin."""

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import IO

from django.core.files.storage import FileSystemStorage
from django.db.models.fields.files import FieldFile
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header, http_date

CHUNK = 64 * 1024
ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
# What a browser shows by itself without running anything; all the rest is handed out to be saved.
PLAYED = {".mp4": "video/mp4", ".webm": "video/webm", ".mp3": "audio/mpeg", ".ogg": "audio/ogg"}


def file_response(request: HttpRequest, file: FieldFile) -> HttpResponseBase:
    """Answer with an uploaded file: sound and moving pictures in place and in byte ranges, the rest as an attachment.

    Where files lie in a store of their own, the answer is its signed address.
    """
    if not isinstance(file.storage, FileSystemStorage):
        return HttpResponseRedirect(file.url)
    name = PurePath(file.name or "")
    played = PLAYED.get(name.suffix.lower())
    kind = played or "application/octet-stream"
    changed = file.storage.get_modified_time(file.name or "")
    headers = {
        "Content-Disposition": content_disposition_header(not played, name.name) or "attachment",
        "Content-Security-Policy": "sandbox",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=3600",
        "Last-Modified": http_date(changed.timestamp()),
        "ETag": f'"{int(changed.timestamp())}-{file.size}"',
    }
    part = _wanted_part(request, headers, file.size)
    if part is None:
        whole = file.open("rb")
        return FileResponse(whole, as_attachment=not played, filename=name.name, content_type=kind, headers=headers)
    first, last = part
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{file.size}"})
    headers |= {"Content-Range": f"bytes {first}-{last}/{file.size}", "Content-Length": str(last - first + 1)}
    stream = file.storage.open(file.name or "")
    return StreamingHttpResponse(_part_of(stream, first, last), status=206, content_type=kind, headers=headers)


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


def _part_of(stream: IO[bytes], first: int, last: int) -> Iterator[bytes]:
    with stream:
        stream.seek(first)
        left = last - first + 1
        while left and (chunk := stream.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
