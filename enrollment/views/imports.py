"""Tables of many rows: sent, their columns named, looked at, and written."""

import io
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from base.downloads import file_response
from base.errors import DomainError
from base.forms import posted, show_refusal
from base.paging import count_up_to, requested_page
from base.services.jobs import create_job
from base.uploads import SizeLimit, is_too_large
from enrollment.forms.imports import ColumnsForm, TableForm
from enrollment.imports.answers import write_template
from enrollment.imports.kinds.registry import KINDS, kind_of, kinds_for
from enrollment.models import Import
from enrollment.services.imports import apply_import, name_columns, start_import

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@csrf_exempt
def import_list_view(request: HttpRequest) -> HttpResponse:
    """Send a table, and find those that one has sent; a file that is too large is not kept while it is read."""
    request.upload_handlers.insert(0, SizeLimit(request, settings.IMPORT_BYTES))
    answer: HttpResponse = _list_view(request)  # type: ignore[arg-type]  # it lets only the signed-in pass
    return answer


@csrf_protect
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def _list_view(request: AuthenticatedRequest) -> HttpResponse:
    kinds = kinds_for(request.user)
    if not kinds:
        raise PermissionDenied
    form = TableForm(
        posted(request),
        request.FILES or None,
        kinds=kinds,
        is_too_large=request.method == "POST" and is_too_large(request),
        initial={"kind": request.GET.get("kind")},
    )
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            table = start_import(form.cleaned_data["kind"], file, name=file.name, by=request.user)
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect("enrollment:import_detail", table.uuid)
    sent = Import.objects.visible_to(request.user).select_related("job")
    values = {
        "form": form,
        "page": requested_page(request, sent),
        "templates": [(name, Import.Kind(name).label) for name in kinds],
    }
    return render(request, "enrollment/import_list.html", values, status=422 if form.errors else 200)


@login_required
@require_safe
def import_template_view(request: AuthenticatedRequest, kind: str) -> HttpResponseBase:
    """A workbook to fill in, in the reader's language, with the choices that this user has."""
    if kind not in KINDS:
        raise Http404
    if not KINDS[kind].may_send(request.user):
        raise PermissionDenied
    file = io.BytesIO()
    write_template(file, KINDS[kind](request.user))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"malaka-{kind}.xlsx", content_type=XLSX)


@login_required
@require_POST
def export_view(request: AuthenticatedRequest, kind: str) -> HttpResponse:
    """Have a list written as a table that can be sent again; a job does it."""
    if kind not in KINDS:
        raise Http404
    if not KINDS[kind].may_send(request.user):
        raise PermissionDenied
    form = "csv" if request.POST.get("form") == "csv" else "xlsx"
    job = create_job("export", owner=request.user, params={"kind": kind, "form": form})
    return redirect("job_detail", job.uuid)


@login_required
@require_safe
def import_detail_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """How far a table is, what it says, and what is wrong with it."""
    table = _own(request, uuid)
    return _detail(request, table, _columns_form(table))


@login_required
@require_POST
def import_columns_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Say which heading is which column; the table is checked again."""
    table = _own(request, uuid)
    form = _columns_form(table, request.POST)
    if form.is_valid():
        try:
            name_columns(table, form.columns, by=request.user)
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect("enrollment:import_detail", uuid)
    return _detail(request, table, form, status=422)


@login_required
@require_POST
def import_apply_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Have the good rows of a checked table written; of one without wrong rows on demand all or none."""
    table = _own(request, uuid)
    try:
        apply_import(table, all_or_none="all_or_none" in request.POST, by=request.user)
    except DomainError as error:
        return _detail(request, table, _columns_form(table), refusal=str(error), status=409)
    return redirect("enrollment:import_detail", uuid)


@login_required
@require_safe
def import_result_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponseBase:
    """The wrong rows with the reasons."""
    table = _own(request, uuid)
    if not table.job.result:
        raise Http404
    return file_response(request, table.job.result)


def _own(request: AuthenticatedRequest, uuid: UUID) -> Import:
    return get_object_or_404(Import.objects.visible_to(request.user).select_related("job__owner"), uuid=uuid)


def _columns_form(table: Import, data: Any = None) -> ColumnsForm:
    labels = [(column.name, str(column.label)) for column in kind_of(table).columns]
    samples = table.job.checkpoint.get("samples", [])
    return ColumnsForm(data, heads=table.heads, columns=table.columns, samples=samples, labels=labels)


def _detail(
    request: AuthenticatedRequest, table: Import, form: ColumnsForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    kind = kind_of(table)
    labels = {column.name: str(column.label) for column in kind.columns}
    problems = table.problems.all()
    page = requested_page(request, problems, order=("row", "id"))
    values = {
        "table": table,
        "job": table.job,
        "form": form,
        "refusal": refusal,
        "page": page,
        "problems": [(problem, labels.get(problem.column, "")) for problem in page.items],
        "count": count_up_to(problems) if table.job.has_ended else None,
        "missing": [str(column.label) for column in kind.missing(table.columns)],
        "unread": [head for head, name in zip(table.heads, table.columns, strict=False) if head and not name],
        "verdicts": _verdicts(table),
    }
    return render(request, "enrollment/import_detail.html", values, status=status)


def _verdicts(table: Import) -> list[tuple[str, int]]:
    return [
        (_("New"), table.rows_new),
        (_("Changed"), table.rows_changed),
        (_("Known already, unchanged"), table.rows_unchanged),
        (_("Wrong"), table.rows_wrong),
    ]
