"""The gradebook of a group taken away as a table, and sent back with other results."""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from base.errors import DomainError
from base.forms import posted, show_refusal
from base.services.jobs import create_job
from base.uploads import SizeLimit, is_too_large
from enrollment.forms.gradebook import ResultsForm
from enrollment.models import Import
from enrollment.services.imports import start_import
from enrollment.views.gradebook import find_cohort


@login_required
@require_POST
def export_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Have the gradebook written as a table; a job does it."""
    cohort = find_cohort(request, uuid)
    form = "csv" if request.POST.get("form") == "csv" else "xlsx"
    params = {"cohort": str(cohort.uuid), "form": form, "language": get_language()}
    return redirect("job_detail", create_job("gradebook", owner=request.user, params=params).uuid)


@csrf_exempt
def send_view(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send the table back; a file that is too large is not kept while it is read."""
    request.upload_handlers.insert(0, SizeLimit(request, settings.IMPORT_BYTES))
    answer: HttpResponse = _send_view(request, uuid)  # type: ignore[arg-type]  # it lets only the signed-in pass
    return answer


@csrf_protect
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def _send_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """It is checked first; what differs from what counts is written when the sender says so."""
    cohort = find_cohort(request, uuid)
    too_large = request.method == "POST" and is_too_large(request)
    form = ResultsForm(posted(request), request.FILES or None, is_too_large=too_large)
    if form.is_valid():
        file, params = form.cleaned_data["file"], {"cohort": str(cohort.uuid), "reason": form.cleaned_data["reason"]}
        try:
            table = start_import(Import.Kind.GRADES, file, name=file.name, by=request.user, params=params)
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect("enrollment:import_detail", table.uuid)
    values = {"cohort": cohort, "form": form}
    return render(request, "enrollment/gradebook_send.html", values, status=422 if form.errors else 200)
