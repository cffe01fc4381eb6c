"""Files that arrive in parts, so that a cut network costs one part: begun, continued where the server says, taken."""

import io
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from base.errors import DomainError, InvalidInput
from base.models import Upload, UploadPart

MOST_IN_A_PART = 2 * 2**20
MOST_AT_ONCE = 20
MOST_BYTES_AT_ONCE = 2 * 2**30
KEPT = timedelta(days=1)
SWEPT = 200


class TooManyUploads(DomainError):
    code = "too-many-uploads"
    status = 429
    message = _("Too many files are on their way: wait until some have arrived.")


class WrongOffset(DomainError):
    code = "wrong-offset"
    message = _("This part of the file does not go on where the part before ended.")


class NotWhole(DomainError):
    code = "upload-not-whole"
    message = _("This file has not arrived as a whole yet.")


@transaction.atomic
def start_upload(owner: Any, *, target: str, name: str, size: int) -> Upload:
    """Say that a file comes in parts. Raises TooManyUploads, InvalidInput.

    Whoever calls has checked whether `target` takes a file of this name and size.
    """
    if size < 1 or not name:
        raise InvalidInput(_("The file is empty."), field="file")
    get_user_model().objects.select_for_update(no_key=True).get(pk=owner.pk)
    open_ones = Upload.objects.visible_to(owner)
    coming = open_ones.aggregate(total=Sum("size"))["total"] or 0
    if open_ones.count() >= MOST_AT_ONCE or coming + size > MOST_BYTES_AT_ONCE:
        raise TooManyUploads
    upload = Upload(owner=owner, target=target, name=name[-255:].replace("\0", ""), size=size)
    upload.expires_at = timezone.now() + KEPT
    upload.save()
    return upload


@transaction.atomic
def add_part(upload: Upload, *, offset: int, data: bytes) -> Upload:
    """Keep the next stretch of a file. Raises WrongOffset unless it begins where the last one ended, InvalidInput."""
    upload = Upload.objects.select_for_update(no_key=True).get(pk=upload.pk)
    if offset != upload.offset:
        raise WrongOffset
    if len(data) > MOST_IN_A_PART or offset + len(data) > upload.size:
        raise InvalidInput(_("More arrived than was said."), field="file")
    if data:
        part = UploadPart(upload=upload, offset=offset, size=len(data))
        part.file.save(f"{upload.uuid}-{offset}", ContentFile(data), save=False)
        part.save()
        upload.offset += len(data)
    upload.expires_at = timezone.now() + KEPT
    upload.save(update_fields=["offset", "expires_at", "updated_at"])
    return upload


def take_upload(upload: Upload) -> "File[bytes]":
    """A file that has arrived, to be read and stored elsewhere; drop the upload in the same transaction.

    The caller's transaction locks it, so that it is taken once. Raises NotWhole.
    """
    upload = Upload.objects.select_for_update(no_key=True).get(pk=upload.pk)
    if not upload.is_whole:
        raise NotWhole
    whole: File[bytes] = File(io.BufferedReader(_Joined(list(upload.parts.all())), 2**18), name=upload.name)
    whole.size = upload.size
    return whole


def drop_upload(upload: Upload) -> None:
    """Forget an upload; its parts are removed after the commit. A second time changes nothing."""
    names = list(upload.parts.values_list("file", flat=True))
    Upload.objects.filter(pk=upload.pk).delete()
    transaction.on_commit(partial(_remove, names))


def sweep_uploads() -> int:
    """Drop what was begun and not gone on with; returns how many."""
    expired = list(Upload.objects.filter(expires_at__lte=timezone.now()).order_by("expires_at")[:SWEPT])
    for upload in expired:
        with transaction.atomic():
            drop_upload(upload)
    return len(expired)


def _remove(names: Sequence[str]) -> None:
    for name in names:
        default_storage.delete(name)


class _Joined(io.RawIOBase):
    """The parts of an upload, read as one file; one of them is open at a time."""

    def __init__(self, parts: Sequence[UploadPart]) -> None:
        super().__init__()
        self.parts = parts
        self.size = sum(part.size for part in parts)
        self.at = 0
        self.here: UploadPart | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence])
        return self.at

    def tell(self) -> int:
        return self.at

    def readinto(self, buffer: Any) -> int:
        part = next((one for one in self.parts if one.offset <= self.at < one.offset + one.size), None)
        if part is None:
            return 0
        if part is not self.here:
            if self.here:
                self.here.file.close()
            part.file.open("rb")
            self.here = part
        part.file.seek(self.at - part.offset)
        data = part.file.read(len(buffer))
        buffer[: len(data)] = data
        self.at += len(data)
        return len(data)
