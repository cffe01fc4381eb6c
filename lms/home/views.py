"""The page at `/`: the visitor's, or what wants doing now for whoever has signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from enrollment.queries.home import DOORS_OPEN, last_read_residents, own_referrals
from enrollment.queries.training import required_of
from enrollment.rules import can_read_residents
from learning.queries.player import learner_home
from lms.home.sections import sections_of

MOST_SHOWN = 6


@require_safe
def home_view(request: HttpRequest) -> HttpResponse:
    """Each role that one holds, one below the other; then one's own learning; then where one was."""
    user = request.user
    if not isinstance(user, User):
        return render(request, "lms/home_visitor.html")
    cards = learner_home(user)
    doors_open = timezone.now() + DOORS_OPEN
    values = {
        "sections": sections_of(user),
        "classes": [card for card in cards if card.is_active and card.class_at and card.class_at <= doors_open],
        "cards": cards[:MOST_SHOWN],
        "required": required_of(user)[:MOST_SHOWN],
        "own_referrals": own_referrals(user)[:MOST_SHOWN],
        "last_read": last_read_residents(user) if can_read_residents(user) else [],
    }
    return render(request, "lms/home.html", values)
