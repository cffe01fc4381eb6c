"""Tables of many rows, sent by programs."""

from typing import Any, Literal
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile

from accounts.bearer import ApiRequest
from accounts.models import User
from base.api import PROBLEMS
from base.downloads import file_response
from enrollment.imports.kinds.registry import KINDS
from enrollment.models import Import
from enrollment.schemas.imports import ImportOut
from enrollment.services.imports import start_import

router = Router(tags=["imports"])
KindName = Literal["residents", "wishes", "referrals", "civil-servants", "enrollments", "outcomes"]


@router.post("/imports", response={201: ImportOut, **PROBLEMS})
def post_import(
    request: ApiRequest,
    kind: Form[KindName],
    file: File[UploadedFile],
    dry_run: Form[bool] = True,
    all_or_none: Form[bool] = False,
) -> Any:
    """Send a table (XLSX, ODS, CSV) and have it checked; with `dry_run` false its good rows are written then.

    With `all_or_none` nothing is written where one is wrong, also where it has become so only since the check.

    The answer is a job: ask for it again until it is done.
    """
    if not KINDS[kind].may_send(request.user):
        raise PermissionDenied
    name = file.name or kind
    table = start_import(kind, file, name=name, by=request.user, apply=not dry_run, all_or_none=all_or_none)
    return Status(201, ImportOut.of(table))


@router.get("/imports/{import_id}", response={200: ImportOut, **PROBLEMS})
def get_import(request: ApiRequest, import_id: UUID) -> Any:
    """How far a table of one's own is, and the first thousand of its problems."""
    return ImportOut.of(_own(request.user, import_id))


@router.get("/imports/{import_id}/result", response={200: None, **PROBLEMS})
def get_import_result(request: ApiRequest, import_id: UUID) -> HttpResponseBase:
    """The wrong rows with the reasons, as a file in the form of the one that was sent."""
    table = _own(request.user, import_id)
    if not table.job.result:
        raise Http404
    return file_response(request, table.job.result)


def _own(user: User, import_id: UUID) -> Import:
    return get_object_or_404(Import.objects.visible_to(user).select_related("job"), uuid=import_id)
