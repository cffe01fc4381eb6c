"""Pages of certificates: anybody verifies, the holder keeps, the issuer confirms, revokes and replaces."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from base.errors import DomainError
from base.forms import posted
from base.pages import ask
from base.paging import count_up_to, requested_page
from base.problems import problem
from base.rates import TooOften, limit_rate
from certificates import queries, rules
from certificates.forms import IssuedFilterForm, ReasonForm, VerifyForm
from certificates.models import Credential
from certificates.queries import LOOKUPS_A_MINUTE, NUMBERS_A_MINUTE
from certificates.schemas import as_json
from certificates.services.credentials import issue_credential, replace_credential, revoke_credential
from certificates.services.papers import read_pdf


# --- The public -------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
def verify_view(request: HttpRequest) -> HttpResponse:
    """Ask for a code or a number, and lead to the certificate."""
    form = VerifyForm(request.POST or None)
    status = 422 if request.method == "POST" else 200
    if form.is_valid():
        try:
            limit_rate(request, "verify-number", per_minute=NUMBERS_A_MINUTE)
        except TooOften as error:
            form.add_error(None, str(error))
            status = error.status
        else:
            typed = form.cleaned_data
            if credential := queries.find_credential(typed["code"], surname=typed["surname"]):
                return redirect("certificates:credential_verify", credential.code)
            form.add_error("code", _("No certificate has this code, or this number and surname. Compare each letter."))
    return render(request, "certificates/verify.html", {"form": form}, status=status)


@require_safe
def credential_verify_view(request: HttpRequest, code: str) -> HttpResponse:
    """What stands on the paper with this code, and whether it holds; for people or, if asked so, for programs."""
    as_program = request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    try:
        limit_rate(request, "verify", per_minute=LOOKUPS_A_MINUTE)
    except TooOften as error:
        return problem(429, detail=str(error), headers={"Retry-After": str(error.retry_after)})
    credential = queries.find_credential(code)
    response: HttpResponse
    if as_program:
        response = JsonResponse(as_json(credential)) if credential else problem(404)
    elif credential:
        response = _show(request, credential)
    else:
        values = {"form": VerifyForm(), "unknown": code}
        response = render(request, "certificates/verify.html", values, status=404)
    patch_vary_headers(response, ["Accept"])
    return _unindexed(response)


@require_safe
def credential_pdf_view(request: HttpRequest, code: str) -> HttpResponse:
    """The certificate itself; one that was revoked is no longer given out."""
    credential = queries.find_credential(code)
    if credential is None:
        raise Http404
    if credential.is_revoked:
        return _unindexed(_show(request, credential, status=410))
    headers = {
        "Content-Disposition": f'inline; filename="{credential.number}.pdf"',
        "Cache-Control": "private, no-cache",
    }
    return _unindexed(HttpResponse(read_pdf(credential), content_type="application/pdf", headers=headers))


def _show(request: HttpRequest, credential: Credential, *, status: int = 200) -> HttpResponse:
    values = {"credential": credential, "words": credential.words}
    return render(request, "certificates/credential.html", values, status=status)


def _unindexed(response: HttpResponse) -> HttpResponse:
    """Keep search engines from collecting names."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


# --- The holder -------------------------------------------------------------------------------
@login_required
@require_safe
def credential_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """One's own certificates."""
    page = requested_page(request, queries.credentials_of(request.user))
    return render(request, "certificates/credential_list.html", {"page": page})


# --- The issuer -------------------------------------------------------------------------------
@login_required
@require_safe
def completion_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """Completions that wait for the centre's confirmation."""
    if not request.user.standing.has(*rules.CONFIRMERS):
        raise PermissionDenied
    completions = queries.completions_to_confirm(request.user)
    page = requested_page(request, completions, order=queries.TO_CONFIRM)
    values = {"page": page, "count": count_up_to(queries.enrollments_to_confirm(request.user))}
    return render(request, "certificates/completion_list.html", values)


@login_required
@require_POST
def completion_confirm_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Confirm one; confirming again is no harm."""
    completion = get_object_or_404(queries.completions_visible_to(request.user), uuid=uuid)
    if not rules.can_confirm(request.user, completion):
        raise PermissionDenied
    try:
        credential = issue_credential(completion, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Certificate %(number)s is issued.") % {"number": credential.number})
    return redirect("certificates:completion_list")


@login_required
@require_safe
def issued_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """What the organizations that one works for have issued."""
    if not request.user.standing.has(*rules.READERS):
        raise PermissionDenied
    form = IssuedFilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    credentials = queries.credentials_issued_by(request.user, **asked)
    values = {
        "page": requested_page(request, credentials),
        "count": count_up_to(credentials),
        "form": form,
        "can_confirm": request.user.standing.has(*rules.CONFIRMERS),
    }
    return render(request, "certificates/issued_list.html", values)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def credential_revoke_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    credential = _managed(request, uuid)
    words = {"number": credential.number, "holder": credential.words.holder}
    return _ask_reason(
        request,
        partial(revoke_credential, credential, by=request.user),
        title=_("Revoke certificate %(number)s?") % words,
        text=_("Whoever checks the certificate of %(holder)s will see that it is void, and why.") % words,
        submit=_("Revoke the certificate"),
        danger=True,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def credential_replace_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    credential = _managed(request, uuid)
    words = {"number": credential.number, "holder": credential.completion.enrollment.person.name}
    return _ask_reason(
        request,
        partial(replace_credential, credential, by=request.user),
        title=_("Replace certificate %(number)s?") % words,
        text=_("It is revoked, and a new one is issued with the data as they are now, to %(holder)s.") % words,
        submit=_("Revoke and issue a new one"),
    )


def _managed(request: AuthenticatedRequest, uuid: UUID) -> Credential:
    visible = Credential.objects.visible_to(request.user).with_enrollment()
    credential = get_object_or_404(visible.select_related("completion__enrollment__person"), uuid=uuid)
    if not rules.can_revoke(request.user, credential):
        raise PermissionDenied
    return credential


def _ask_reason(request: AuthenticatedRequest, act: Callable[..., Credential], **words: Any) -> HttpResponse:
    """A question with a reason; once it is answered, the certificate as it then is."""
    return ask(
        request,
        ReasonForm(posted(request)),
        act,
        back=reverse("certificates:issued_list"),
        then=lambda credential: reverse("certificates:credential_verify", args=[credential.code]),
        **words,
    )
