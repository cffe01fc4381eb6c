"""Signing in by activation code; one's own settings."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.forms import ActivationForm, ContactForm, TokenForm
from accounts.http import AuthenticatedRequest
from accounts.models import ApiToken
from accounts.services.activation import use_activation_code
from accounts.services.tokens import create_token, revoke_token
from base.errors import DomainError
from base.rates import limit_rate


@never_cache
@sensitive_post_parameters("code")
def activate_view(request: HttpRequest) -> HttpResponse:
    """Sign in by activation code; the next page asks for a password."""
    form = ActivationForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            limit_rate(request, "activation", per_minute=10)
            user = use_activation_code(form.cleaned_data["code"])
        except DomainError as error:
            form.add_error("code", str(error))
            status = error.status
        else:
            login(request, user)
            return redirect("account_set_password")
    return render(request, "accounts/activate.html", {"form": form}, status=status)


@never_cache
@login_required
@sensitive_post_parameters()
def settings_view(request: AuthenticatedRequest) -> HttpResponse:
    """One's own details, roles, ways to sign in and API tokens."""
    person = request.user.person
    form = ContactForm(request.POST or None, instance=person)
    if person and request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your contact details are saved."))
        return redirect("accounts:settings")
    return _settings_page(request, form, TokenForm())


@require_POST
@login_required
def token_create_view(request: AuthenticatedRequest) -> HttpResponse:
    """Make an API token and show it, this once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _settings_page(request, ContactForm(instance=request.user.person), form, status=422)
    token = create_token(request.user, **form.cleaned_data, by=request.user)
    return _settings_page(request, ContactForm(instance=request.user.person), TokenForm(), token=token)


@require_POST
@login_required
def token_revoke_view(request: AuthenticatedRequest, uuid: str) -> HttpResponse:
    """End one of one's own tokens."""
    revoke_token(get_object_or_404(ApiToken, user=request.user, uuid=uuid), by=request.user)
    messages.success(request, _("The token does not work any more."))
    return redirect("accounts:settings")


def _settings_page(
    request: AuthenticatedRequest,
    contact_form: ContactForm,
    token_form: TokenForm,
    *,
    token: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "contact_form": contact_form,
        "token_form": token_form,
        "new_token": token,
        "tokens": request.user.api_tokens.filter(revoked_at=None).order_by("-id")[:50],
        "memberships": request.user.memberships.current().select_related(
            "organization", "mahalla__district__region", "district__region", "region"
        ),
    }
    return render(request, "accounts/settings.html", context, status=422 if contact_form.errors else status)
