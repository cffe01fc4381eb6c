"""Scheduling, holding and ending classes; the one gate for the state of a class."""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.services.notices import end_current
from base.transitions import Transitions, check_move
from courses.models import Lesson
from enrollment.models import Cohort
from enrollment.queries.clashes import MeetingPlan
from enrollment.services.cohorts import set_next_session
from enrollment.services.meetings import put_live_meeting
from live import rules
from live.models import LiveSession, RoomEvent
from live.queries.room import last_seen
from live.queries.sessions import next_start
from live.services.breakouts import close_with_class
from live.services.events import lock_session, record_event
from live.services.polls import close_open_polls
from live.services.presence import close_visits
from live.services.recordings import stop_running
from live.services.reminders import next_reminder, room_url
from live.signals import reminder_due, session_changed, session_ended

Status = LiveSession.Status

TRANSITIONS: Transitions = {
    Status.SCHEDULED: frozenset({Status.LIVE, Status.CANCELLED}),
    Status.LIVE: frozenset({Status.ENDED}),
    Status.ENDED: frozenset(),
    Status.CANCELLED: frozenset(),
}
LONGEST = timedelta(hours=8)
START_EARLY = timedelta(hours=1)
ALONE_AFTER_END = timedelta(minutes=5)  # without a teacher, once the planned time is over
NOBODY = timedelta(minutes=15)  # without anybody
NEVER_HELD = timedelta(hours=1)  # after the planned end of a class that nobody began


class CohortNotTaught(DomainError):
    code = "cohort-not-taught"
    message = _("Classes are scheduled for a group that is published.")


class SessionOverlaps(DomainError):
    code = "session-overlaps"
    message = _("This group has another class at that time.")


class StartTooEarly(DomainError):
    code = "start-too-early"
    message = _("A class can begin an hour before its time at the earliest. Put it off to another time instead.")


@transaction.atomic
def schedule_session(
    *,
    cohort: Cohort,
    lesson: Lesson,
    starts_at: datetime,
    ends_at: datetime,
    teacher: User | None,
    is_open_floor: bool = False,
    recording_days: int | None = None,
    lobby: str = LiveSession.Lobby.GUESTS,
    by: User | None,
) -> LiveSession:
    """Plan a class of a cohort; planned again for the same time and lesson, it is the one there is.

    Raises CohortNotTaught, SessionOverlaps, TimesClash, InvalidInput.
    """
    cohort = lock_taught(cohort, teacher)
    plan = MeetingPlan(starts_at=starts_at, ends_at=ends_at, lesson=lesson, instructor=teacher)
    session, is_new = put_session(cohort, plan, by=by, is_open_floor=is_open_floor, recording_days=recording_days)
    if is_new:
        session.lobby = lobby
        session.save(update_fields=["lobby"])
        _tell(session)
    return session


def lock_taught(cohort: Cohort, teacher: User | None) -> Cohort:
    """Lock a cohort whose classes may be planned, for this teacher. Raises CohortNotTaught, InvalidInput."""
    cohort = Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    if cohort.status != Cohort.Status.PUBLISHED:
        raise CohortNotTaught
    if teacher and not rules.can_teach(teacher, cohort):
        raise InvalidInput(_("This person does not teach the group."), field="teacher")
    return cohort


def put_session(
    cohort: Cohort,
    plan: MeetingPlan,
    *,
    by: User | None,
    is_open_floor: bool = False,
    recording_days: int | None = None,
) -> tuple[LiveSession, bool]:
    """Make a class of a locked cohort, and its row in the calendar, unless it is there; tells nobody.

    Raises SessionOverlaps, TimesClash, InvalidInput.
    """
    lesson = plan.lesson
    assert lesson
    if lesson.version_id != cohort.version_id or lesson.kind != Lesson.Kind.LIVE:
        raise InvalidInput(_("Choose a live lesson of this group's course."), field="lesson")
    same = cohort.live_sessions.coming().filter(lesson=lesson, starts_at=plan.starts_at, ends_at=plan.ends_at).first()
    if same:
        return same, False
    session = LiveSession(
        cohort=cohort, lesson=lesson, teacher=plan.instructor, starts_at=plan.starts_at, ends_at=plan.ends_at
    )
    session.is_open_floor, session.recording_days = is_open_floor, recording_days
    _check_times(session)
    session.remind_at = next_reminder(session.starts_at)
    session.save()
    _write_down(session, "scheduled", by=by)
    return session, True


@transaction.atomic
def reschedule_session(session: LiveSession, *, starts_at: datetime, ends_at: datetime, by: User | None) -> LiveSession:
    """Put a class that has not begun off to another time. Raises IllegalMove, SessionOverlaps, InvalidInput."""
    session = _lock(session)
    if (session.starts_at, session.ends_at) == (starts_at, ends_at):
        return session
    check_move(TRANSITIONS, session.status, Status.LIVE)  # one that could begin can be put off
    session.starts_at, session.ends_at = starts_at, ends_at
    _check_times(session)
    session.remind_at = next_reminder(starts_at)
    session.save(update_fields=["starts_at", "ends_at", "remind_at", "updated_at"])
    _write_down(session, "rescheduled", by=by)
    _tell(session)
    return session


@transaction.atomic
def cancel_session(session: LiveSession, *, by: User | None) -> LiveSession:
    """Call a class off that has not begun. Raises IllegalMove."""
    session = _lock(session)
    if session.status != Status.CANCELLED:
        _move(session, Status.CANCELLED)
        _write_down(session, "cancelled", by=by)
        _tell(session)
    return session


@transaction.atomic
def start_session(session: LiveSession, *, by: User | None) -> LiveSession:
    """Begin a class; one that is on stays on. Raises StartTooEarly, IllegalMove."""
    session = lock_session(session.pk)
    if session.status == Status.LIVE:
        return session
    now = timezone.now()
    if session.status == Status.SCHEDULED and now < session.starts_at - START_EARLY:
        raise StartTooEarly
    _move(session, Status.LIVE, started_at=now, **({"remind_at": now} if session.remind_at else {}))
    record_event(session, RoomEvent.Kind.START, by=by)
    audit.record("session.started", session, by=by)
    transaction.on_commit(partial(reminder_due.send_robust, LiveSession, session_id=session.pk))
    return session


@transaction.atomic
def end_session(session: LiveSession, *, by: User | None, at: datetime | None = None) -> LiveSession:
    """End a class and every stay in it, `at` a time past or now; ended again, it has ended when it did.

    The minutes are counted after commit (live.services.attendance). Raises IllegalMove.
    """
    session = _lock(session)
    if session.status == Status.ENDED:
        return session
    _move(session, Status.ENDED, ended_at=at or timezone.now())
    stop_running(session, by=by)
    close_open_polls(session, by=by)
    close_with_class(session, by=by)
    record_event(session, RoomEvent.Kind.END, by=by)
    close_visits(session)
    end_current(room_url(session))
    _push_next_session(session.cohort)
    audit.record("session.ended", session, by=by)
    transaction.on_commit(partial(session_ended.send_robust, LiveSession, session_id=session.pk))
    return session


def end_if_abandoned(session: LiveSession) -> bool:
    """End a class that its teacher left, when somebody was last heard of; call off one that was never begun.

    Until its planned end anybody keeps a class on, after it only who teaches. Returns whether it did.
    """
    now = timezone.now()
    if session.status == Status.SCHEDULED:
        if session.ends_at > now - NEVER_HELD:
            return False
        cancel_session(session, by=None)
        return True
    begun = session.started_at
    assert begun
    seen = max(begun, last_seen(session) or begun)  # whoever waited before it began may have left since
    taught = max(begun, last_seen(session, teaching=True) or begun, min(seen, session.ends_at))
    if seen < now - NOBODY or (session.ends_at < now - ALONE_AFTER_END and taught < now - ALONE_AFTER_END):
        end_session(session, by=None, at=taught)
        return True
    return False


def _move(session: LiveSession, to: str, **times: datetime) -> None:
    check_move(TRANSITIONS, session.status, to)
    session.status = to
    for name, at in times.items():
        setattr(session, name, at)
    session.save(update_fields=["status", "updated_at", *times])


def _check_times(session: LiveSession) -> None:
    if session.ends_at <= session.starts_at:
        raise InvalidInput(_("The class ends before it begins."), field="ends_at")
    if session.ends_at - session.starts_at > LONGEST:
        raise InvalidInput(_("A class lasts eight hours at most."), field="ends_at")
    if session.ends_at <= timezone.now():
        raise InvalidInput(_("This time is over."), field="starts_at")
    others = session.cohort.live_sessions.coming().exclude(pk=session.pk)
    if others.filter(starts_at__lt=session.ends_at, ends_at__gt=session.starts_at).exists():
        raise SessionOverlaps(field="starts_at")


def _write_down(session: LiveSession, what: str, *, by: User | None) -> None:
    """Bring the cohort and its calendar in step with a class."""
    _push_next_session(session.cohort)
    put_live_meeting(session.uuid, session.cohort, None if session.status == Status.CANCELLED else _plan_of(session))
    end_current(room_url(session))
    audit.record(f"session.{what}", session, by=by)


def _tell(session: LiveSession) -> None:
    transaction.on_commit(partial(session_changed.send_robust, LiveSession, session_id=session.pk))


def _plan_of(session: LiveSession) -> MeetingPlan:
    """The class as it stands in the calendar of its cohort."""
    return MeetingPlan(
        starts_at=session.starts_at, ends_at=session.ends_at, lesson=session.lesson, instructor=session.teacher
    )


def _push_next_session(cohort: Cohort) -> None:
    """Tell the cohort when its next class begins."""
    set_next_session(cohort, next_start(cohort))


def _lock(session: LiveSession) -> LiveSession:
    """Lock the class and, before it, its cohort, where the next class is written down."""
    Cohort.objects.select_for_update(no_key=True).get(pk=session.cohort_id)
    return lock_session(session.pk)
