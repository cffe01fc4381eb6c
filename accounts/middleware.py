"""What must happen before a signed-in person goes on: a password of one's own, and a second factor for staff."""

from collections.abc import Callable
from http import HTTPStatus

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User

# What stays open while a password or a second factor is being set up.
OPEN_PATHS = ("/i18n/", "/theme/", "/static/", "/healthz", "/readyz", "/metrics", "/api/")


def unmet_duty(user: User) -> tuple[str, str] | None:
    """What a user must do before anything else: the URL name of the page for it and a word to say."""
    if not user.has_usable_password():
        return "account_set_password", _("Choose a password of your own first.")
    if settings.STAFF_MFA == "required" and user.standing.roles and not is_mfa_enabled(user):
        return "mfa_activate_totp", _("Your role needs a second step at sign-in: set it up.")
    return None


class SignInMiddleware:
    """Leads a user without password to set one, and staff without a second factor to set that up.

    Whoever holds a membership is staff. MALAKA_STAFF_MFA=optional lets them go on without (the demo).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User) and request.method == "POST" and request.path_info == reverse("account_logout"):
            return self._let_go(request)
        if not isinstance(user, User) or request.path_info.startswith(OPEN_PATHS):
            return self.get_response(request)
        duty = unmet_duty(user)
        return self._lead(request, *duty) if duty else self.get_response(request)

    def _let_go(self, request: HttpRequest) -> HttpResponse:
        """Sign out, and leave nothing of the person on the device, except what is unsent and was to stay."""
        stays = request.POST.get("unsent") == "keep"
        response = self.get_response(request)
        if not (request.user.is_authenticated or stays):
            response["Clear-Site-Data"] = '"storage"'
        return response

    def _lead(self, request: HttpRequest, name: str, message: str) -> HttpResponse:
        """Let the pages that set it up through; from any other, go there."""
        allowed = {reverse(page) for page in (name, "account_logout", "account_reauthenticate", "mfa_reauthenticate")}
        if request.path_info in allowed:
            return self.get_response(request)
        if request.method != "GET":
            return HttpResponse(message, status=HTTPStatus.FORBIDDEN, content_type="text/plain; charset=utf-8")
        messages.warning(request, message)
        return redirect(name)
