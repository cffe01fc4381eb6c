"""What a resident does with the own application: taking it back while nobody has confirmed it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import AuthenticatedRequest
from enrollment.models import Referral
from enrollment.services.referrals import withdraw_referral

Status = Referral.Status


@login_required
@require_POST
def application_withdraw_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Take one's own application back; a second time is no harm."""
    own = Referral.objects.filter(person=request.user.person_id or 0, door=Referral.Door.SELF)
    referral = get_object_or_404(own, uuid=uuid)
    if referral.status in (Status.DRAFT, Status.WITHDRAWN):
        withdraw_referral(referral, reason="changed-mind", by=request.user)
        messages.success(request, _("Your application is taken back. You can apply again at any time."))
    else:
        messages.error(request, _("It was confirmed already. Ask the assistant of your mahalla to take it back."))
    return redirect("home")
