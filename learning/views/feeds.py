"""One's calendar on other devices: the page that makes its secret address, and what is read there."""

import hashlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from base.rates import TooOften, limit_rate
from learning.exports import calendar_file
from learning.models import CalendarFeed
from learning.queries.feeds import events_of
from learning.services.feeds import feed_by, make_feed, note_reading, revoke_feed

READS_A_MINUTE = 30  # of one address, behind which a whole office may be


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def feed_view(request: AuthenticatedRequest) -> HttpResponse:
    """Whether there is an address; a new one is shown once, in answer to making it."""
    address = ""
    if request.method == "POST":
        address = settings.SITE_URL + reverse("learning:calendar_file", args=[make_feed(request.user)])
    feed = CalendarFeed.objects.filter(user=request.user).first()
    return render(request, "learning/feed.html", {"feed": feed, "address": address})


@login_required
@require_POST
def revoke_feed_view(request: AuthenticatedRequest) -> HttpResponse:
    revoke_feed(request.user)
    messages.success(request, _("The address is no longer valid."))
    return redirect("learning:calendar_feed")


@require_safe
def calendar_view(request: HttpRequest, token: str) -> HttpResponseBase:
    """The calendar of whoever has the address, in that person's language; 304 where nothing changed."""
    try:
        limit_rate(request, "calendar-feed", per_minute=READS_A_MINUTE)
    except TooOften as error:
        return HttpResponse(str(error), status=error.status, headers={"Retry-After": str(error.retry_after)})
    feed = feed_by(token)
    if feed is None:
        raise Http404
    note_reading(feed)
    with translation.override(feed.user.language):
        body = calendar_file(events_of(feed.user), name=_("My learning"))
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "private, no-cache",
        "X-Robots-Tag": "noindex",
        "Content-Disposition": 'inline; filename="malaka.ics"',
    }
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)
    return get_conditional_response(request, etag=etag, response=answer) or answer
