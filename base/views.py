"""The reader's notices."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from base.models import Notice
from base.notices import text_of
from base.paging import count_up_to, requested_page
from base.templatetags.components import STATES


@login_required
@require_safe
def notice_list_view(request: HttpRequest) -> HttpResponse:
    """One's notices, the latest first (index notice_of_user)."""
    own = _own(request)
    page = requested_page(request, own, order=("-created_at", "-id"))
    values = {
        "page": page,
        "notices": [_as_shown(notice) for notice in page.items],
        "unread": count_up_to(own.filter(read_at=None)),
    }
    return render(request, "base/notice_list.html", values)


@login_required
@require_safe
def notice_open_view(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Go to what a notice is about; it counts as read from then on."""
    notice = get_object_or_404(_own(request), uuid=uuid)
    _own(request).filter(pk=notice.pk, read_at=None).update(read_at=timezone.now())
    return redirect(notice.url or "notice_list")


@login_required
@require_POST
def notices_read_view(request: HttpRequest) -> HttpResponse:
    """Mark all of one's notices as read."""
    _own(request).filter(read_at=None).update(read_at=timezone.now())
    return redirect("notice_list")


def _own(request: HttpRequest) -> QuerySet[Notice]:
    assert request.user.is_authenticated, "behind login_required"
    return Notice.objects.filter(user=request.user)


def _as_shown(notice: Notice) -> dict[str, Any]:
    """A notice for components/notices.html; its look is that of the state that its kind ends in."""
    tone, icon = STATES.get(notice.kind.rpartition("-")[2], ("", ""))
    return {
        "title": text_of(notice.kind, notice.params),
        "at": notice.created_at,
        "url": reverse("notice_open", args=[notice.uuid]) if notice.url else "",
        "is_new": notice.read_at is None,
        "tone": tone,
        "icon": icon,
    }
