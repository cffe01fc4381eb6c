"""Who is in a class: one row for each stay, and signs of life."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from base.compiled import CompiledInsert
from base.errors import DomainError
from enrollment.models import Enrollment
from live import rules
from live.models import Guest, LiveSession, Visit
from live.services.breakouts import place_latecomer
from live.services.events import ClassOver, NotInClass, SentOut, StillWaiting

Comer = tuple[LiveSession, User]

VISITS = CompiledInsert(Visit)
LOOK_AGAIN = timedelta(minutes=5)  # who reads without a script and looks again within that time was there between


def join(session: LiveSession, *, by: User) -> Visit:
    """Write down that somebody came, with one more tab or device.

    Raises NotInClass, ClassOver, SentOut, StillWaiting.
    """
    return _or_raise(join_all([(session, by)])[0])


def join_all(comers: Sequence[Comer]) -> list[Visit | DomainError]:
    """The same of many in one go: the stay of each, or why there is none."""
    stays = _stays(comers)
    if allowed := [stay for stay in stays if isinstance(stay, Visit)]:
        VISITS.insert(*allowed)
    for stay in allowed:
        _place(stay)
    return stays


def join_as_guest(guest: Guest) -> Visit:
    """Write down that a guest came; it counts for no attendance. Raises StillWaiting."""
    if rules.guest_waits(guest, guest.link.session):
        raise StillWaiting
    return Visit.objects.create(session=guest.link.session, guest=guest)


def look_in(session: LiveSession, *, by: User) -> None:
    """Write down that somebody read the page of a class that is on. Raises NotInClass, ClassOver, SentOut."""
    stay = _or_raise(_stays([(session, by)])[0])
    _place(stay)
    enrollment, now = stay.enrollment, timezone.now()
    looks = Visit.objects.filter(session=session, user=by, left_at__gte=now - LOOK_AGAIN, left_at=F("seen_at"))
    with transaction.atomic():
        if not looks.update(seen_at=now, left_at=now):
            Visit.objects.create(
                session=session, user=by, enrollment=enrollment, joined_at=now, seen_at=now, left_at=now
            )


def keep_alive(session_id: int, visits: Collection[int]) -> set[int]:
    """Write a sign of life of these visits down; return those that go on.

    A stay ends with the class, with the user's account and with the enrollment; that of a guest with the link.
    """
    going = set(
        Visit.objects.filter(session=session_id, pk__in=visits, left_at=None)
        .filter(Q(user__is_active=True) | Q(guest__isnull=False, guest__removed_at=None, guest__link__revoked_at=None))
        .exclude(enrollment__status=Enrollment.Status.WITHDRAWN)
        .values_list("pk", flat=True)
    )
    Visit.objects.filter(pk__in=going).update(seen_at=timezone.now())
    return going


def leave(*visits: int) -> None:
    """End stays now; one that has ended stays as it is."""
    now = timezone.now()
    Visit.objects.filter(pk__in=visits, left_at=None).update(seen_at=now, left_at=now)


def send_out(session: LiveSession, user: User) -> None:
    """End the stays of one person."""
    now = timezone.now()
    Visit.objects.filter(session=session, user=user, left_at=None).update(seen_at=now, left_at=now)


def close_visits(session: LiveSession) -> None:
    """End every stay in a class that has just ended: when it ended, or when last heard of if that is long ago."""
    assert session.ended_at
    stays = Visit.objects.filter(session=session, left_at=None)
    stays.filter(seen_at__gte=session.ended_at - timedelta(seconds=Visit.FRESH_SECONDS)).update(
        left_at=session.ended_at
    )
    stays.filter(left_at=None).update(left_at=F("seen_at"))


def close_stale_visits() -> int:
    """End the stays that give no sign of life (a lost connection, a killed server); return how many."""
    stale = timezone.now() - timedelta(seconds=2 * Visit.FRESH_SECONDS)
    return Visit.objects.filter(left_at=None, seen_at__lt=stale).update(left_at=F("seen_at"))


def _place(stay: Visit) -> None:
    """Deal a learner who comes while the class is divided to a group; costs nothing where it never was."""
    if stay.session.division_id and stay.enrollment_id and stay.user:
        place_latecomer(stay.session, stay.user)


def _stays(comers: Sequence[Comer]) -> list[Visit | DomainError]:
    """A stay of each, not written down yet; of whoever may not come, why, as `join` raises it."""
    cohorts, sessions = {session.cohort_id for session, _user in comers}, {session.pk for session, _user in comers}
    enrollments = rules.enrollments_of((user for _session, user in comers), list(cohorts))
    learners = [user for session, user in comers if (user.person_id, session.cohort_id) in enrollments]
    removed = rules.removed_of(learners, list(sessions))
    return [
        _stay(session, user, enrollments.get((user.person_id, session.cohort_id)), (session.pk, user.pk) in removed)
        for session, user in comers
    ]


def _stay(session: LiveSession, user: User, enrollment: Enrollment | None, is_removed: bool) -> Visit | DomainError:
    if enrollment is None and not rules.can_teach(user, session.cohort):
        return NotInClass()
    if session.status not in LiveSession.COMING:
        return ClassOver()
    if enrollment and is_removed:
        return SentOut()
    if rules.waits(user, session):
        return StillWaiting()
    return Visit(session=session, user=user, enrollment=enrollment)


def _or_raise(stay: Visit | DomainError) -> Visit:
    if isinstance(stay, DomainError):
        raise stay
    return stay
