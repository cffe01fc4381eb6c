"""Files on their way in."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

FORM_BYTES = 64 * 1024  # what a form has besides its file


class SizeLimit(FileUploadHandler):
    """Reads the files of a request that is too large without keeping them; `is_too_large(request)` says so afterwards.

    It has to be put first among `request.upload_handlers` before anything reads the request.
    """

    def __init__(self, request: HttpRequest, most: int) -> None:
        super().__init__(request)
        self.most = most
        self.exceeded = False

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:  # noqa: N803  # Django's name
        self.exceeded = content_length > self.most + FORM_BYTES

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.exceeded:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def is_too_large(request: HttpRequest) -> bool:
    """Whether a SizeLimit has left the files of this request out; its body must have been read."""
    return any(isinstance(handler, SizeLimit) and handler.exceeded for handler in request.upload_handlers)
