"""The groups of a class as somebody sees them."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.http import AuthenticatedRequest
from accounts.models import User
from live import rules
from live.models import Breakout, Division, LiveSession
from live.queries.breakouts import GroupRow, group_messages, groups_of, open_division
from live.queries.room import hosts, people_here
from live.schemas import user_data
from live.views.panels import message_data

MESSAGES = 100  # of one group
COUNT = 4  # groups, where nothing else was typed


@login_required
@require_GET
def groups_now_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """The parts of the page about groups, as they stand now. Asked for by live.ts when that changes."""
    sessions = LiveSession.objects.visible_to(request.user).select_related("cohort")
    session = get_object_or_404(sessions, uuid=uuid)
    if rules.waits(request.user, session):
        raise PermissionDenied
    context = {"session": session, "can_teach": rules.can_host(request.user, session)}
    context |= groups_context(session, request.user, request.GET.get("group", ""))
    return render(request, "live/_groups_parts.html", context)


def groups_context(session: LiveSession, user: User, looked_at: str = "") -> dict[str, Any]:
    """What the parts about groups show to somebody who, leading the class, looks into the group `looked_at`.

    A class that never was divided costs no query.
    """
    division = open_division(session)
    told: dict[str, Any] = {"division": division, "how": Division.How, "group_count": COUNT}
    if division is None:
        return told
    leads = rules.can_host(user, session)
    rows = groups_of(division, user)
    own = next((row for row in rows if row.is_mine), None)
    looked = next((row for row in rows if leads and str(row.breakout.uuid) == looked_at), own)
    return told | {
        "group_rows": rows,
        "own_group": own,
        "looked": looked,
        "can_choose": division.how == Division.How.CHOICE and not leads,
        "unplaced": _unplaced(session, rows) if leads else [],
        "group_chat": _chat(looked.breakout, user, leads=leads) if looked else [],
        "group_key": uuid4(),
    }


def _unplaced(session: LiveSession, rows: list[GroupRow]) -> list[dict[str, Any]]:
    """The learners who are here and in no group."""
    elsewhere = {user.pk for row in rows for user in row.people} | {user.pk for user in hosts(session)}
    here = [stay for stay in people_here(session.pk) if stay.enrollment_id and stay.user_id not in elsewhere]
    return [user_data(stay.user) for stay in here if stay.user]


def _chat(breakout: Breakout, user: User, *, leads: bool) -> list[dict[str, Any]]:
    before = breakout.division.session.last_seq + 1
    said = group_messages(breakout, reader=user, leads=leads, before=before, limit=MESSAGES)
    return [message_data(event, user) for event in said]
