"""Questions of the bank for a class."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from base.errors import DomainError
from base.paging import requested_page
from courses.models import AUTHOR_ROLES
from courses.queries import bank
from live import rules
from live.forms import QuizFilterForm, QuizForm
from live.services.polls import QUIZ_KINDS, prepare_quiz
from live.views.room import find_session


@login_required
@require_http_methods(["GET", "POST"])
def questions_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Choose questions of one's banks for a class, one after the other."""
    session = find_session(request.user, uuid)
    if not rules.can_host(request.user, session):
        raise PermissionDenied
    chosen = QuizForm(request.POST or None)
    if chosen.is_valid():
        try:
            prepare_quiz(session, by=request.user, **chosen.cleaned_data)
            messages.success(request, _("The question is in the class now, under Polls."))
        except DomainError as error:
            messages.error(request, str(error))
        return redirect(request.get_full_path())
    banks = request.user.standing.organizations(*AUTHOR_ROLES)
    form = QuizFilterForm(request.GET, organizations=banks)
    rows = bank(banks, form.asked()).filter(kind__in=QUIZ_KINDS).select_related("current")
    return render(
        request, "live/questions.html", {"session": session, "form": form, "page": requested_page(request, rows)}
    )
