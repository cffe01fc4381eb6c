"""Referrals: made by assistants and counters, answered by providers."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from accounts.bearer import ApiRequest
from accounts.models import Organization, User
from accounts.services import audit
from base.api import PROBLEMS, Page
from base.lookup import named
from courses.models import Course
from enrollment import rules
from enrollment.api.reading import audited_page
from enrollment.models import Cohort, Referral, ReferralMove, Resident
from enrollment.queries.waiting import waiting_ranks
from enrollment.schemas.way import AcceptIn, ReasonIn, ReferralIn, ReferralOut, ReferralQuery
from enrollment.services.referrals import (
    accept_referral,
    decline_referral,
    enroll_referral,
    make_referral,
    submit_referral,
    waitlist_referral,
    withdraw_referral,
)

router = Router(tags=["referrals"], by_alias=True)
ANSWER = {200: ReferralOut, **PROBLEMS}


@router.post("/referrals", response={201: ReferralOut, **PROBLEMS})
def post_referral(request: ApiRequest, data: ReferralIn) -> Any:
    """Send a resident of one's own mahalla to a provider for a course."""
    user = request.user
    residents = Resident.objects.visible_to(user).select_related("household", "mahalla__district")
    resident = named(residents, "resident", uuid=data.resident)
    if not rules.can_send(user, resident.mahalla):
        raise PermissionDenied
    cohorts = Cohort.objects.visible_to(user)
    referral = make_referral(
        resident=resident,
        course=named(Course.objects.published(), "course", slug=data.course),
        organization=named(Organization.objects.providers(), "organization", uuid=data.organization),
        cohort=named(cohorts, "cohort", uuid=data.cohort) if data.cohort else None,
        wish=named(resident.wishes.all(), "wish", uuid=data.wish) if data.wish else None,
        note=data.note,
        door=rules.door_of(user, resident.mahalla),
        by=user,
    )
    return Status(201, _as_it_is(user, referral))


@router.get("/referrals", response={200: Page[ReferralOut], **PROBLEMS})
def list_referrals(request: ApiRequest, query: Query[ReferralQuery]) -> Any:
    """List the referrals that the caller may see; the reading is audited."""
    where = {
        "resident__uuid": query.resident,
        "course__slug": query.course,
        "organization__uuid": query.organization,
        "cohort__uuid": query.cohort,
        "status": query.status,
    }
    page = audited_page(request.user, "referral.listed", _whole(request.user), where, query)
    return page | {"items": _ranked(page["items"])}


@router.get("/referrals/{referral_id}", response=ANSWER)
def get_referral(request: ApiRequest, referral_id: UUID) -> Any:
    """Show a referral with its history; the reading is audited."""
    referral = _find(request.user, referral_id)
    audit.record("referral.read", referral, by=request.user)
    return _as_it_is(request.user, referral)


@router.post("/referrals/{referral_id}/accept", response=ANSWER)
def accept(request: ApiRequest, referral_id: UUID, data: AcceptIn) -> Any:
    """Accept into a cohort of one's own, where a seat is held; 409 `cohort-full` when none is left."""
    referral = _find_to_answer(request.user, referral_id)
    cohort = named(Cohort.objects.visible_to(request.user), "cohort", uuid=data.cohort)
    return _as_it_is(request.user, accept_referral(referral, cohort=cohort, by=request.user))


@router.post("/referrals/{referral_id}/decline", response=ANSWER)
def decline(request: ApiRequest, referral_id: UUID, data: ReasonIn) -> Any:
    """Decline for a coded reason."""
    referral = _find_to_answer(request.user, referral_id)
    return _as_it_is(request.user, decline_referral(referral, reason=data.reason, note=data.note, by=request.user))


@router.post("/referrals/{referral_id}/waitlist", response=ANSWER)
def waitlist(request: ApiRequest, referral_id: UUID) -> Any:
    """Put on the waiting list of the provider for the course."""
    return _as_it_is(request.user, waitlist_referral(_find_to_answer(request.user, referral_id), by=request.user))


@router.post("/referrals/{referral_id}/submit", response=ANSWER)
def submit(request: ApiRequest, referral_id: UUID) -> Any:
    """Confirm what a resident of one's own mahalla applied for, or send a lapsed referral again."""
    return _as_it_is(request.user, submit_referral(_find_to_send(request.user, referral_id), by=request.user))


@router.post("/referrals/{referral_id}/withdraw", response=ANSWER)
def withdraw(request: ApiRequest, referral_id: UUID, data: ReasonIn) -> Any:
    """Take back a referral of one's own mahalla, or refuse what a resident applied for, for a coded reason."""
    referral = _find_to_send(request.user, referral_id)
    return _as_it_is(request.user, withdraw_referral(referral, reason=data.reason, note=data.note, by=request.user))


@router.post("/referrals/{referral_id}/enroll", response=ANSWER)
def enroll(request: ApiRequest, referral_id: UUID) -> Any:
    """Let the held seat become an enrollment."""
    referral = _find_to_answer(request.user, referral_id)
    enroll_referral(referral, by=request.user)
    return _as_it_is(request.user, referral)


def _whole(user: User) -> QuerySet[Referral]:
    """What a referral shows, in a number of queries that does not grow with the list."""
    moves = ReferralMove.objects.select_related("by__person")
    return (
        Referral.objects.visible_to(user)
        .select_related("resident", "person", "course", "organization", "cohort", "enrollment", "mahalla__district")
        .prefetch_related(Prefetch("moves", queryset=moves))
    )


def _ranked(referrals: Iterable[Referral]) -> list[Referral]:
    rows = list(referrals)
    ranks = waiting_ranks(rows)
    for referral in rows:
        referral.waiting_rank = ranks.get(referral.pk)  # type: ignore[attr-defined]  # read by ReferralOut
    return rows


def _as_it_is(user: User, referral: Referral) -> Referral:
    return _ranked(_whole(user).filter(pk=referral.pk))[0]


def _find(user: User, referral_id: UUID) -> Referral:
    return get_object_or_404(Referral.objects.visible_to(user).select_related("mahalla__district"), uuid=referral_id)


def _find_to_send(user: User, referral_id: UUID) -> Referral:
    referral = _find(user, referral_id)
    if not rules.can_send(user, referral.mahalla):
        raise PermissionDenied
    return referral


def _find_to_answer(user: User, referral_id: UUID) -> Referral:
    referral = _find(user, referral_id)
    if not rules.can_answer(user, referral):
        raise PermissionDenied
    return referral
