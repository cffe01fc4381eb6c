"""Pages of referrals: the list, the record with its actions, sending a resident somewhere."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from html import escape
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from accounts.models.people import called, full_name
from accounts.services import audit
from base.dates import short_date
from base.errors import DomainError
from base.forms import posted, told
from base.languages import Texts, localized
from base.pages import ask, press
from base.paging import count_up_to, requested_page
from base.templatetags.marks import state
from enrollment import rules
from enrollment.forms.referrals import AcceptForm, DeclineForm, ReferralFilterForm, WithdrawForm
from enrollment.models import Cohort, Referral, ReferralMove
from enrollment.models.cohorts import ANSWERING
from enrollment.models.referrals import FOLLOWING
from enrollment.queries.histories import Reasons, events_of
from enrollment.queries.home import referrals_to_answer
from enrollment.queries.next_steps import next_step
from enrollment.queries.places import next_places
from enrollment.queries.prerequisites import Prerequisites
from enrollment.queries.waiting import waiting_place
from enrollment.services.referrals import (
    accept_referral,
    decline_referral,
    enroll_referral,
    hold_last_day,
    send_on,
    submit_referral,
    waitlist_referral,
    withdraw_referral,
)

Status = Referral.Status


LISTED = (
    *("id", "uuid", "person__surname", "person__given_name", "person__patronymic", "course__title"),
    *("mahalla__names", "organization__names", "status", "submitted_at"),
)


@dataclass(frozen=True, slots=True)
class ReferralLine:
    """A line of the list; `place` is the mahalla for who answers, the provider for who sends."""

    uuid: UUID
    name: str
    course: str
    place: str
    status: str
    label: str
    day: str

    @classmethod
    def of(
        cls,
        uuid: UUID,
        surname: str,
        given_name: str,
        patronymic: str,
        course: Texts,
        mahalla: Texts,
        organization: Texts,
        status: str,
        submitted_at: datetime | None,
        *,
        answers: bool,
    ) -> "ReferralLine":
        return cls(
            uuid,
            full_name(surname, given_name, patronymic),
            localized(course),
            localized(mahalla if answers else organization),
            status,
            str(Status(status).label),
            short_date(localtime(submitted_at)) if submitted_at else "",
        )


LINE = (
    '<tr><th scope="row" class="card-title"><a href="{}{}/">{}</a></th><td class="card-fact" data-label="{}">{}</td>'
    '<td>{}</td><td class="card-fact" data-label="{}">{}</td><td class="num">{}</td></tr>'
)


def _draw(lines: Iterable[ReferralLine]) -> SafeString:
    """The rows of the table; drawn here, since a page holds many."""
    address, course, status = reverse("enrollment:referral_list"), escape(_("Course")), escape(_("State"))
    rows = [
        LINE.format(
            *(address, line.uuid, escape(line.name), course, escape(line.course), escape(line.place)),
            *(status, state(line.status, line.label), line.day),
        )
        for line in lines
    ]
    return mark_safe("".join(rows))  # noqa: S308  # escaped above


@login_required
@require_safe
def referral_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """The referrals that the user works with, newest first; the reading is audited."""
    if not request.user.standing.has(*FOLLOWING, *ANSWERING):
        raise PermissionDenied
    form = ReferralFilterForm(request.GET, user=request.user)
    where = form.asked()
    rows = Referral.objects.worked_with_by(request.user)
    if "q" in where:
        rows = rows.filter(called(where["q"], path="person__"))
    rows = rows.filter(**{name: where[name] for name in ("status", "course") if name in where})
    page = requested_page(request, rows.values_list(*LISTED, named=True))
    audit.record(
        "referral.listed",
        by=request.user,
        filter={name: str(value) for name, value in where.items()},
        count=len(page.items),
    )
    answers = request.user.standing.has(*ANSWERING)
    lines = [ReferralLine.of(*row[1:], answers=answers) for row in page.items]
    values = {
        "page": page,
        "lines": lines,
        "rows": _draw(lines),
        "count": count_up_to(rows),
        "form": form,
        "answers": answers,
    }
    return render(request, "enrollment/referral_list.html", values)


@login_required
@require_safe
def referral_detail_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """One referral, what may be done with it now, and its history; the reading is audited."""
    moves = ReferralMove.objects.select_related("by__person")
    rows = Referral.objects.visible_to(request.user).select_related(
        "person", "resident", "course", "organization", "cohort", "mahalla__district__region", "category", "enrollment"
    )
    referral = get_object_or_404(rows.prefetch_related(Prefetch("moves", queryset=moves)), uuid=uuid)
    audit.record("referral.read", referral, by=request.user)
    return render(request, "enrollment/referral_detail.html", _record(request, referral))


def _record(request: AuthenticatedRequest, referral: Referral) -> dict[str, Any]:
    answers, sends = rules.can_answer(request.user, referral), rules.can_send(request.user, referral.mahalla)
    waits = answers and referral.status in (Status.SUBMITTED, Status.WAITLISTED)
    asked = Prerequisites([referral.course] if waits else [], [referral.person_id])
    is_answered = answers and referral.status != Status.SUBMITTED
    return {
        "referral": referral,
        "works_with_many": request.user.standing.has(*FOLLOWING, *ANSWERING),
        "events": events_of(list(referral.moves.all()), Reasons()),
        "place": waiting_place(referral),
        "answers": answers,
        "sends": sends,
        "next_step": next_step(referral) if sends else None,
        "next_to_answer": referrals_to_answer(request.user).first() if is_answered else None,
        "accept_form": AcceptForm(referral=referral) if waits else None,
        "lacking": asked.lacking(referral.course_id, referral.person_id, referral.organization_id),
        "hold_until": hold_last_day(),
        "next_places": next_places(referral) if sends and referral.status in (Status.DECLINED, Status.LAPSED) else [],
        "can_submit": sends and referral.status in (Status.DRAFT, Status.LAPSED),
        "can_withdraw": sends
        and referral.status in (Status.SUBMITTED, Status.WAITLISTED, Status.ACCEPTED, Status.LAPSED),
        "can_refuse": sends and referral.status == Status.DRAFT,
    }


# --- Answering and sending ----------------------------------------------------------------------
@login_required
@require_POST
def referral_accept_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Accept into the group that was chosen."""
    referral = _to_answer(request, uuid)
    form = AcceptForm(request.POST, referral=referral)
    if not form.is_valid():
        messages.error(request, _("Choose a group that has a free seat."))
        return redirect("enrollment:referral_detail", uuid)
    try:
        accepted = accept_referral(referral, cohort=form.cleaned_data["cohort"], by=request.user)
    except DomainError as error:
        messages.error(request, told(error))
    else:
        day = f"{accepted.hold_until:%d.%m.%Y}"
        messages.success(request, _("Accepted. A seat is held until %(day)s.") % {"day": day})
    return redirect(_way_on(uuid))


def _way_on(uuid: UUID) -> str:
    """The record, at the link to the next referral to answer where there is one: the keyboard goes on from there."""
    return reverse("enrollment:referral_detail", args=[uuid]) + "#next"


def _to_answer(request: AuthenticatedRequest, uuid: UUID) -> Referral:
    referral = _find(request, uuid)
    if not rules.can_answer(request.user, referral):
        raise PermissionDenied
    return referral


def _to_send(request: AuthenticatedRequest, uuid: UUID) -> Referral:
    referral = _find(request, uuid)
    if not rules.can_send(request.user, referral.mahalla):
        raise PermissionDenied
    return referral


@dataclass(frozen=True)
class Step:
    """What one press does with a referral: for whom it is found, the service, and what is said when it is done."""

    find: Callable[[AuthenticatedRequest, UUID], Referral]
    act: Callable[..., object]
    done: Promise


@dataclass(frozen=True)
class Question:
    """What is done with a referral for a reason: for whom it is found, the service, and the words of the page."""

    find: Callable[[AuthenticatedRequest, UUID], Referral]
    act: Callable[..., object]
    form: type[DeclineForm]
    title: Promise
    text: Promise
    submit: Promise


STEPS = {
    "waitlist": Step(_to_answer, waitlist_referral, gettext_lazy("The resident is on the waiting list.")),
    "enroll": Step(
        _to_answer,
        enroll_referral,
        gettext_lazy("Enrolled. Give the resident a sign-in code, so that learning can begin."),
    ),
    "submit": Step(_to_send, submit_referral, gettext_lazy("Sent. The provider answers now.")),
}
QUESTIONS = {
    "decline": Question(
        _to_answer,
        decline_referral,
        DeclineForm,
        gettext_lazy("Decline this referral?"),
        gettext_lazy("%(resident)s asks for “%(course)s”. Whoever sent the resident sees the reason at once."),
        gettext_lazy("Decline the referral"),
    ),
    "withdraw": Question(
        _to_send,
        withdraw_referral,
        WithdrawForm,
        gettext_lazy("Take this referral back?"),
        gettext_lazy("%(resident)s no longer waits for “%(course)s”. A seat that is held becomes free."),
        gettext_lazy("Take the referral back"),
    ),
    "refuse": Question(
        _to_send,
        withdraw_referral,
        WithdrawForm,
        gettext_lazy("Refuse this application?"),
        gettext_lazy("%(resident)s asked for a place in “%(course)s”. The resident sees the reason at once."),
        gettext_lazy("Refuse the application"),
    ),
}


@login_required
@require_POST
def step_view(request: AuthenticatedRequest, uuid: UUID, step: str) -> HttpResponse:
    """One of STEPS."""
    how = STEPS[step]
    act = partial(how.act, how.find(request, uuid), by=request.user)
    return press(request, act, done=str(how.done), back=_way_on(uuid))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def question_view(request: AuthenticatedRequest, uuid: UUID, question: str) -> HttpResponse:
    """Ask for the reason, and do one of QUESTIONS."""
    how = QUESTIONS[question]
    referral = how.find(request, uuid)
    return ask(
        request,
        how.form(posted(request)),
        partial(how.act, referral, by=request.user),
        back=reverse("enrollment:referral_detail", args=[uuid]),
        then=lambda _made: _way_on(uuid),
        title=how.title,
        text=str(how.text) % {"resident": referral.person.name, "course": referral.course.name},
        submit=how.submit,
        danger=True,
    )


@login_required
@require_POST
def referral_again_view(request: AuthenticatedRequest, uuid: UUID, cohort: UUID) -> HttpResponse:
    """Send a resident who was declined, or whose hold lapsed, to the next place, in one step."""
    referral = _to_send(request, uuid)
    place = get_object_or_404(Cohort.objects.visible_to(request.user).open(), uuid=cohort)
    try:
        new = send_on(referral, cohort=place, door=rules.door_of(request.user, referral.mahalla), by=request.user)
    except DomainError as error:
        messages.error(request, told(error))
        return redirect("enrollment:referral_detail", uuid)
    messages.success(request, _("Sent to %(place)s.") % {"place": place.organization.name})
    return redirect("enrollment:referral_detail", new.uuid)


def _find(request: AuthenticatedRequest, uuid: UUID) -> Referral:
    rows = Referral.objects.visible_to(request.user).select_related("mahalla__district", "person", "course")
    return get_object_or_404(rows, uuid=uuid)
