"""Question files: sent and looked at before they are taken, written, and what was lost on the way."""

import csv
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from accounts.models import Organization
from base.cells import guard
from base.downloads import file_response
from base.errors import DomainError
from base.forms import show_refusal
from base.pages import press
from base.paging import count_up_to, requested_page
from base.uploads import SizeLimit, is_too_large
from courses.interop import FORMATS
from courses.interop.drafts import MOST_BYTES
from courses.interop.samples import sample
from courses.models import QuestionFile
from courses.queries import BankFilter
from courses.services.question_files import order_questions, send_questions, take_questions
from learning.forms.question_files import QuestionFileForm, QuestionOrderForm
from learning.views.teach_bank import chosen_bank, own_banks


@csrf_exempt
def question_files_view(request: HttpRequest) -> HttpResponse:
    """Send a file of questions, or have one written; those that one has. A file too large is not kept while read."""
    request.upload_handlers.insert(0, SizeLimit(request, MOST_BYTES))
    answer: HttpResponse = _files_view(request)  # type: ignore[arg-type]  # it lets only the signed-in pass
    return answer


@csrf_protect
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def _files_view(request: AuthenticatedRequest) -> HttpResponse:
    organization = chosen_bank(request)
    is_posted = request.method == "POST"
    form = QuestionFileForm(
        request.POST if is_posted else None,
        request.FILES or None,
        is_too_large=is_posted and is_too_large(request),
        auto_id="sent_%s",
    )
    if form.is_valid():
        given = form.cleaned_data
        try:
            sent = send_questions(
                organization,
                given["file"],
                name=given["file"].name,
                by=request.user,
                form=given["format"],
                language=given["language"],
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect("learning:question_file", sent.uuid)
    return _page(request, organization, form, QuestionOrderForm(_asked(request), organizations=[organization.pk]))


def _asked(request: HttpRequest) -> dict[str, str]:
    """The filters that the list of the bank had, and the first format."""
    return {"format": next(iter(FORMATS)), **{name: str(value) for name, value in request.GET.items()}}


def _page(
    request: AuthenticatedRequest, organization: Organization, form: QuestionFileForm, order: QuestionOrderForm
) -> HttpResponse:
    files = QuestionFile.objects.visible_to(request.user).select_related("job", "organization")
    context = {
        "form": form,
        "order": order,
        "organization": organization,
        "banks": own_banks(request),
        "page": requested_page(request, files),
        "samples": [(name, one.label) for name, one in FORMATS.items()],
        "here": f"{reverse('learning:question_files')}?organization={organization.uuid}",
        "order_url": f"{reverse('learning:question_order')}?organization={organization.uuid}",
    }
    is_wrong = form.errors or (request.method == "POST" and order.errors)
    return render(request, "teach/question_files.html", context, status=422 if is_wrong else 200)


@login_required
@require_POST
def question_order_view(request: AuthenticatedRequest) -> HttpResponse:
    """Have questions of a bank written as a file; a job does it."""
    organization = chosen_bank(request)
    order = QuestionOrderForm(request.POST, organizations=[organization.pk])
    if not order.is_valid():
        return _page(request, organization, QuestionFileForm(auto_id="sent_%s"), order)
    given = {name: value for name, value in order.cleaned_data.items() if value and name != "format"}
    asked = BankFilter(**given)
    written = order_questions(organization, form=order.cleaned_data["format"], asked=asked, by=request.user)
    return redirect("learning:question_file", written.uuid)


@login_required
@require_safe
def question_sample_view(request: AuthenticatedRequest, form: str) -> HttpResponse:
    """A small file of a format, to begin with."""
    own_banks(request)
    if form not in FORMATS:
        raise Http404
    name, content = sample(form)
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/octet-stream", headers=disposition)


@login_required
@require_safe
def question_file_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """How far a file is, what is in it, and what is not taken and why."""
    file = _own(request, uuid)
    losses = file.losses.all()
    page = requested_page(request, losses, order=("id",))
    context = {
        "file": file,
        "job": file.job,
        "page": page,
        "count": count_up_to(losses) if file.job.has_ended else None,
        "figures": _figures(file),
        "format": FORMATS[file.format].label if file.format else "",
    }
    return render(request, "teach/question_file.html", context)


def _figures(file: QuestionFile) -> list[tuple[str, int]]:
    found = (_("In the file") if file.is_sent else _("In the bank"), file.taken + file.refused)
    if not file.is_sent:
        return [found, (_("Written"), file.taken), (_("Left out"), file.refused)]
    new = _("To be taken") if file.step == QuestionFile.Step.CHECK else pgettext("questions", "Taken")
    return [found, (new, file.new), (_("In the bank already"), file.known), (_("Not taken"), file.refused)]


@login_required
@require_POST
def question_file_take_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Have the questions of a checked file taken into the bank."""
    file = _own(request, uuid)
    back = reverse("learning:question_file", args=[uuid])
    return press(
        request, lambda: take_questions(file, by=request.user), done=_("The questions are being taken."), back=back
    )


@login_required
@require_safe
def question_file_losses_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """What was not taken, and why, as a table."""
    file = _own(request, uuid)
    headers = {"Content-Disposition": f'attachment; filename="malaka-{file.uuid}.csv"'}
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8", headers=headers)
    table = csv.writer(response, delimiter=";")
    table.writerow([_("Number"), _("Question"), _("Kind"), _("Not taken"), _("Why")])
    for loss in file.losses.iterator():
        cells = [str(loss.number), loss.name, loss.kind, "+" if loss.is_refused else "", str(loss)]
        table.writerow(map(guard, cells))
    return response


@login_required
@require_safe
def question_file_result_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponseBase:
    """The file that was written."""
    file = _own(request, uuid)
    if not file.job.result:
        raise Http404
    return file_response(request, file.job.result)


def _own(request: AuthenticatedRequest, uuid: UUID) -> QuestionFile:
    rows = QuestionFile.objects.visible_to(request.user).select_related("job", "organization")
    return get_object_or_404(rows, uuid=uuid)
