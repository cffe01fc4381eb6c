"""The reader's notices, jobs and files on their way in."""

from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from base.downloads import file_response
from base.errors import DomainError, IllegalMove, InvalidInput
from base.jobs import KINDS
from base.models import Job, Notice, Upload
from base.notices import text_of
from base.paging import count_up_to, requested_page
from base.services.jobs import cancel_job, queue_again
from base.services.notices import mark_read
from base.services.uploads import MOST_IN_A_PART, add_part, drop_upload, start_upload
from base.templatetags.marks import STATES


@require_safe
def offline_view(request: HttpRequest) -> HttpResponse:
    """What the service worker shows for a page that it has not kept."""
    return render(request, "offline.html")


@require_safe
def worker_view(request: HttpRequest) -> HttpResponseBase:
    """The service worker; it stands at the root, since it reaches only what lies below its own address."""
    path = finders.find("worker.js")
    if path is None:
        raise Http404
    response = HttpResponse(Path(str(path)).read_bytes(), content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@login_required
@require_safe
def notice_list_view(request: HttpRequest) -> HttpResponse:
    """One's notices, the latest first (index notice_of_user)."""
    own = _own(request)
    page = requested_page(request, own, order=("-created_at", "-id"))
    values = {
        "page": page,
        "notices": [_as_shown(notice) for notice in page.items],
        "unread": count_up_to(own.filter(read_at=None)),
    }
    return render(request, "base/notice_list.html", values)


@login_required
@require_safe
def notice_open_view(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Go to what a notice is about; it counts as read from then on."""
    notice = get_object_or_404(_own(request), uuid=uuid)
    mark_read(_own(request).filter(pk=notice.pk))
    return redirect(notice.url or "notice_list")


@login_required
@require_POST
def notices_read_view(request: HttpRequest) -> HttpResponse:
    """Mark all of one's notices as read."""
    mark_read(_own(request))
    return redirect("notice_list")


@login_required
@require_safe
def job_list_view(request: HttpRequest) -> HttpResponse:
    """One's own slow work, the latest first (index job_of_owner)."""
    page = requested_page(request, Job.objects.visible_to(request.user))
    rows = [{"job": job, "label": KINDS[job.kind].label, "url": page_of(job)} for job in page.items]
    return render(request, "base/job_list.html", {"page": page, "rows": rows})


@login_required
@require_safe
def job_detail_view(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How far a job is; one with a page of its own is shown there."""
    job = _own_job(request, uuid)
    if KINDS[job.kind].page != "job_detail":
        return redirect(page_of(job))
    return render(request, "base/job_detail.html", {"job": job, "label": KINDS[job.kind].label})


@login_required
@require_POST
def job_cancel_view(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Stop a job; what it has done stays done."""
    job = _own_job(request, uuid)
    with suppress(IllegalMove):  # it has ended meanwhile, as its page says
        cancel_job(job)
    return redirect(page_of(job))


@login_required
@require_POST
def job_retry_view(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Go on with a job that was stopped or broke off."""
    job = _own_job(request, uuid)
    if job.status in (Job.Status.FAILED, Job.Status.CANCELLED):
        queue_again(job, keep_checkpoint=True)
    return redirect(page_of(job))


@login_required
@require_safe
def job_result_view(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """The file that came of a job."""
    job = _own_job(request, uuid)
    if not job.result:
        raise Http404
    return file_response(request, job.result)


def page_of(job: Job) -> str:
    """The address of a job's page; a page of its own is found by the uuid of the job."""
    return reverse(KINDS[job.kind].page, args=[job.uuid])


def _own_job(request: HttpRequest, uuid: UUID) -> Job:
    return get_object_or_404(Job.objects.visible_to(request.user), uuid=uuid)


def _own(request: HttpRequest) -> QuerySet[Notice]:
    assert request.user.is_authenticated, "behind login_required"
    return Notice.objects.filter(user=request.user)


def _as_shown(notice: Notice) -> dict[str, Any]:
    """A notice for components/notices.html; its look is that of the state that its kind ends in."""
    tone, icon = STATES.get(notice.kind.rpartition("-")[2], ("", ""))
    return {
        "title": text_of(notice.kind, notice.params),
        "at": notice.created_at,
        "url": reverse("notice_open", args=[notice.uuid]) if notice.url else "",
        "is_new": notice.read_at is None,
        "tone": tone,
        "icon": icon,
    }


# --- Files that come in parts: the core of tus 1.0, https://tus.io/protocols/resumable-upload ---------------------
TUS = "1.0.0"


def begin_upload(request: HttpRequest, *, target: str, check: Callable[[str, int], None]) -> HttpResponse:
    """Answer POST at the address of whatever takes the file; `check` raises InvalidInput on a name or size.

    The size comes as Upload-Length, the name as `filename` in Upload-Metadata.
    """
    length, name = request.headers.get("Upload-Length", ""), _file_name(request.headers.get("Upload-Metadata", ""))
    try:
        size = int(length) if length.isascii() and length.isdigit() and len(length) < 16 else 0
        if size and name:
            check(name, size)
        upload = start_upload(request.user, target=target, name=name, size=size)
    except DomainError as error:
        return _tus(HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8"))
    answer = _tus(HttpResponse(status=201))
    answer["Location"] = reverse("upload", args=[upload.uuid])
    return answer


@login_required
@require_http_methods(["GET", "HEAD", "PATCH", "DELETE"])
def upload_view(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How far one's own upload is; its next part; or that it is given up."""
    upload = get_object_or_404(Upload.objects.visible_to(request.user), uuid=uuid)
    try:
        if request.method == "DELETE":
            with transaction.atomic():
                drop_upload(upload)
        elif request.method == "PATCH":
            upload = _next_part(request, upload)
    except DomainError as error:
        return _tus(HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8"), upload)
    return _tus(HttpResponse(status=204), upload)


def _next_part(request: HttpRequest, upload: Upload) -> Upload:
    offset, length = (request.headers.get(name, "") for name in ("Upload-Offset", "Content-Length"))
    if request.content_type != "application/offset+octet-stream":
        raise InvalidInput(code="wrong-content-type")
    if not all(one.isascii() and one.isdigit() and len(one) < 16 for one in (offset, length)):
        raise InvalidInput(code="wrong-header")
    if int(length) > MOST_IN_A_PART:
        raise InvalidInput(code="part-too-large")
    return add_part(upload, offset=int(offset), data=request.body)


def _file_name(metadata: str) -> str:
    """The name in `filename cGFwZXIucGRm,type …`; empty where it cannot be read."""
    pairs = dict(pair.strip().partition(" ")[::2] for pair in metadata.split(","))
    try:
        name = b64decode(pairs.get("filename", ""), validate=True).decode()
    except ValueError:
        return ""
    return PurePath(name.replace("\\", "/")).name


def _tus(answer: HttpResponse, upload: Upload | None = None) -> HttpResponse:
    answer["Tus-Resumable"], answer["Cache-Control"] = TUS, "no-store"
    if upload:
        answer["Upload-Offset"], answer["Upload-Length"] = str(upload.offset), str(upload.size)
    return answer
