"""What surrounds every request: where it came from, and the promises of the REST interface."""

import hashlib
from collections.abc import Callable

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from base import origin
from base.models import IdempotentAnswer
from base.problems import CONTENT_TYPE, problem

GetResponse = Callable[[HttpRequest], HttpResponse]
API_PREFIX = "/api/"


class OriginMiddleware:
    """Remembers the caller's address for the audit rows of this request.

    Behind a proxy of ours (MALAKA_BEHIND_PROXY) that is the last address of X-Forwarded-For, which the proxy wrote;
    what stands before it came from the caller and proves nothing.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.BEHIND_PROXY:
            forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
            request.META["REMOTE_ADDR"] = forwarded or request.META.get("REMOTE_ADDR", "")
        token = origin.address.set(request.META.get("REMOTE_ADDR") or None)
        try:
            return self.get_response(request)
        finally:
            origin.address.reset(token)


class ApiMiddleware:
    """Under /api/: every error is a problem, NUL characters are refused, and a POST with a key is done once."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(API_PREFIX):
            return self.get_response(request)
        if _is_multipart(request) and int(request.headers.get("Content-Length") or 0) > settings.IMPORT_BYTES:
            return problem(422, code="too-large", detail=f"A file has at most {settings.IMPORT_BYTES} bytes.")
        if _has_nul(request):
            return problem(422, code="nul-character", detail="The text holds a NUL character.")
        key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
        response = answer_once(request, key, self.get_response) if key else self.get_response(request)
        if response.status_code >= 400 and response["Content-Type"] != CONTENT_TYPE:
            headers = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
            return problem(response.status_code, headers=headers)
        return response


def _has_nul(request: HttpRequest) -> bool:
    if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
        return True
    return not _is_multipart(request) and b"\\u0000" in request.body


def _is_multipart(request: HttpRequest) -> bool:
    """Whether the request brings a file, which is not to be read into memory."""
    return request.method == "POST" and request.content_type == "multipart/form-data"


def answer_once(request: HttpRequest, key: str, get_response: GetResponse) -> HttpResponse:
    """Do the work of a request and keep its answer in one transaction; give a known key its first answer again.

    A second request with the same key waits for the first. Keys count per caller, for 24 hours.
    """
    if len(key) > 255:
        return problem(422, code="idempotency-key-too-long", detail="An Idempotency-Key has at most 255 characters.")
    caller = _sha256(request.headers.get("Authorization", "").encode())
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        try:
            with transaction.atomic():
                kept = IdempotentAnswer.objects.create(caller=caller, key=key, fingerprint=fingerprint)
        except IntegrityError:
            return _first_answer(IdempotentAnswer.objects.get(caller=caller, key=key), fingerprint)
        response = get_response(request)
        if response.status_code in (401, 429) or response.status_code >= 500:
            transaction.set_rollback(True)
        else:
            kept.status, kept.body = response.status_code, response.content
            kept.content_type = response["Content-Type"]
            kept.save(update_fields=["status", "body", "content_type"])
    return response


def _fingerprint(request: HttpRequest) -> str:
    """SHA-256 of path and body; of a request with files, of what its fields and files hold."""
    digest = hashlib.sha256(f"{request.get_full_path()}\n".encode())
    if not _is_multipart(request):
        digest.update(request.body)
        return digest.hexdigest()
    for name, values in sorted(request.POST.lists()):
        digest.update(f"{name}={values}\n".encode())
    for name, file in sorted(request.FILES.items()):
        digest.update(f"{name}={getattr(file, 'name', '')}\n".encode())
        for chunk in file.chunks():  # type: ignore[union-attr]  # one file for each name
            digest.update(chunk)
        file.seek(0)  # type: ignore[union-attr]  # likewise
    return digest.hexdigest()


def _first_answer(kept: IdempotentAnswer, fingerprint: str) -> HttpResponse:
    if kept.fingerprint != fingerprint:
        return problem(422, code="idempotency-key-reused", detail="This Idempotency-Key came with another body before.")
    return HttpResponse(bytes(kept.body), status=kept.status or 200, content_type=kept.content_type)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
