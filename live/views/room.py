"""A class as a page: waiting, taking part, and what is left of it; all of it works without a script."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from pydantic import ValidationError

from accounts.http import AuthenticatedRequest
from accounts.models import User
from base.errors import DomainError
from enrollment.models import Cohort
from live import rules
from live.commands import COMMANDS
from live.conference.chosen import chosen
from live.media import janus
from live.models import Guest, LiveSession
from live.queries import room as in_room
from live.queries.breakouts import said_in_groups
from live.queries.lobby import has_waiting, people_waiting
from live.queries.minutes import counted_minutes, minutes_present, present_learners
from live.queries.sessions import nearest_session
from live.schemas import person_data, user_data
from live.services import presence
from live.services.events import StillWaiting
from live.services.recordings import is_running
from live.services.sessions import end_session
from live.views.breakouts import groups_context
from live.views.panels import message_data, panels_of
from live.views.record import record_context
from live.views.stage import stage_context
from live.views.waiting import lobby_page

MESSAGES = 50  # on one page
Status = LiveSession.Status
TEMPLATES = {
    Status.SCHEDULED: "live/waiting.html",
    Status.LIVE: "live/class.html",
    Status.ENDED: "live/record.html",
    Status.CANCELLED: "live/cancelled.html",
}


def find_session(user: User, uuid: UUID, *, may_wait: bool = False) -> LiveSession:
    """The class, hidden (404) from whoever has no business in it, closed (403) to whoever waits to be let in."""
    sessions = LiveSession.objects.visible_to(user)
    sessions = sessions.annotate(has_waiting=has_waiting())  # type: ignore[no-redef]  # False where it was not asked
    session = get_object_or_404(sessions.select_related("cohort__course", "lesson", "teacher__person"), uuid=uuid)
    if not may_wait and rules.waits(user, session):
        raise PermissionDenied(StillWaiting.message)
    return session


@login_required
@require_GET
def room_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    session = find_session(request.user, uuid, may_wait=True)
    waits = rules.waits(request.user, session)
    if (waits or session.status == Status.LIVE) and rules.is_removed(request.user, session):
        return render(request, "live/removed.html", {"session": session, "back": _way_back(session, request.user)})
    if waits:
        return lobby_page(request, session, request.user, back=_way_back(session, request.user))
    can_teach = rules.can_teach(request.user, session.cohort)
    context: dict[str, Any] = {"session": session, "can_teach": can_teach, "back": _way_back(session, request.user)}
    if session.status == Status.SCHEDULED:
        context["minutes_left"] = max(0, int((session.starts_at - timezone.now()).total_seconds() // 60))
        context["has_media"] = janus.is_here()
    elif session.status == Status.LIVE:
        presence.look_in(session, by=request.user)
        context |= _who_is_here(session, request.user)
        context |= {"can_teach": rules.can_host(request.user, session), "can_end": can_teach}
        context |= stage_context(session, request.user, request.GET.get("slide", ""))
        context |= groups_context(session, request.user, request.GET.get("group", ""))
        context["asked"] = None if can_teach else in_room.open_check(session, but_of=request.user)
    elif session.status == Status.ENDED:
        context |= _own_minutes(session, request.user)
        context["groups_said"] = said_in_groups(session, request.user) if session.division_id else []
    if session.status != Status.CANCELLED:
        context |= panels_of(session, request.user)
    if session.status in LiveSession.COMING and session.has_waiting and context["leads"]:
        context["waiters"] = people_waiting(session)
    if session.status == Status.ENDED:
        context |= record_context(session, request.user, context, request.GET.dict())
    if session.status == Status.LIVE:
        context |= chat_context(session, request.user, request.GET.get("before", ""))
    return render(request, TEMPLATES[Status(session.status)], context)


def _way_back(session: LiveSession, user: User) -> str:
    """Where whoever leaves the class came from: a learner from the course, a teacher from the group's classes."""
    enrollment = rules.enrollment_of(user, session.cohort)
    if enrollment:
        return reverse("learning:player", args=[enrollment.uuid])
    return reverse("live:session_list", args=[session.cohort.uuid])


def chat_context(session: LiveSession, reader: User | Guest, before: str) -> dict[str, Any]:
    """What `live/_chat_panel.html` shows to somebody who went back to the messages before number `before`."""
    last = session.last_seq
    is_past = before.isascii() and before.isdigit() and len(before) < 16
    shown = in_room.messages_before(session, int(before) if is_past else last + 1, limit=MESSAGES)
    return {
        "chat": [message_data(event, reader) for event in shown],
        "is_past": is_past,
        "earlier": shown[0].seq if len(shown) == MESSAGES else None,
        "key": uuid4(),
    }


def _who_is_here(session: LiveSession, user: User) -> dict[str, Any]:
    muted = {person.pk for person in in_room.muted_people(session)}
    words = in_room.words_given(session)
    hands, hosts = in_room.hands_up(session), {person.pk for person in in_room.hosts(session)}
    return {
        "people": [
            person_data(stay)
            | {"muted": stay.user_id in muted, "has_word": stay.user_id in words, "helps": stay.user_id in hosts}
            for stay in in_room.people_here(session.pk)
        ],
        "has_media": janus.is_here(),
        "conference": chosen(),
        "conference_origin": settings.CONFERENCE_ORIGIN,
        "is_recorded": is_running(session),
        "removed": [user_data(person) for person in in_room.removed_people(session)],
        "timer": _timer(session),
        "hands": [user_data(person) for person in hands],
        "has_hand_up": user in hands,
        "is_muted": user.pk in muted,
        # What the script fills: rows of the same templates, without words.
        "blank": {},
        "blank_mine": {"mine": True},
        "blank_teacher": {"teaches": True},
        "blank_guest": {"guest": True},
    }


def _timer(session: LiveSession) -> dict[str, Any]:
    timer = in_room.timer_of(session)
    return timer | {"until": datetime.fromisoformat(timer["ends_at"])} if "ends_at" in timer else timer


def _own_minutes(session: LiveSession, user: User) -> dict[str, Any]:
    enrollment = rules.enrollment_of(user, session.cohort)
    if enrollment is None:
        return {}
    minutes = counted_minutes(session) if session.counted_at else minutes_present(session)
    return {"enrollment": enrollment, "own_minutes": minutes.get(enrollment.pk, 0)}


@login_required
@require_POST
def act_view(request: AuthenticatedRequest, uuid: UUID, op: str) -> HttpResponse:
    """Carry out a command of the table that a form of the page sent."""
    session = find_session(request.user, uuid, may_wait=True)
    command = COMMANDS.get(op)
    if command is None or command.at_desk or not command.by_form:
        raise Http404
    try:
        if rules.waits(request.user, session):
            raise StillWaiting
        command.service(session, by=request.user, **command.payload.from_form(request.POST).model_dump())
    except ValidationError:
        messages.error(request, _("This was not sent: it is too long, or the page is out of date. Please try again."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(reverse("live:room", args=[session.uuid]) + f"#{command.place}")


@login_required
@require_http_methods(["GET", "POST"])
def end_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Show the minutes that will count, then end the class."""
    session = find_session(request.user, uuid)
    if not rules.can_teach(request.user, session.cohort):
        raise PermissionDenied
    if request.method == "POST":
        try:
            end_session(session, by=request.user)
        except DomainError as error:
            messages.error(request, str(error))
    if request.method == "POST" or session.status != Status.LIVE:
        return redirect("live:room", session.uuid)
    rows, more = present_learners(session)
    has_doubtful = any(row.doubtful for row in rows)
    context = {"session": session, "rows": rows, "more": more, "has_doubtful": has_doubtful}
    return render(request, "live/end.html", context)


@login_required
@require_GET
def cohort_view(request: AuthenticatedRequest, uuid: UUID, lesson: UUID | None = None) -> HttpResponse:
    """Lead to the class of a cohort (in one lesson) that is on, else the next, else the last one."""
    cohort = get_object_or_404(Cohort.objects.visible_to(request.user), uuid=uuid)
    if not rules.takes_part(request.user, cohort):
        raise Http404
    if session := nearest_session(cohort, lesson):
        return redirect("live:room", session.uuid)
    return render(request, "live/none.html", {"cohort": cohort})
