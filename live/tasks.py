"""Work after and around classes; each sweep finds what is due by the rows themselves."""

from celery import shared_task

from live.media import janus
from live.models import LiveSession
from live.queries.breakouts import divisions_due, group_rooms_due
from live.queries.sessions import coming_or_on, rooms_due, rooms_recorded, to_ask, to_remind, uncounted
from live.services import attendance, breakouts, checks, conference, decks, presence, recordings, reminders, sessions


@shared_task
def count_session(*, session_id: int) -> int:
    """Write the minutes of a class that has ended into the ledger; returns for how many learners."""
    session = LiveSession.objects.select_related("lesson").get(pk=session_id)
    return attendance.count_session(session)


@shared_task
def remind_session(*, session_id: int) -> int:
    """Tell everybody of a class that is about to begin; returns how many were told."""
    return reminders.remind(session_id)


@shared_task
def remind_of_classes() -> int:
    """Tell of every class whose reminder is due; returns how many people were told."""
    return sum(reminders.remind(session_id) for session_id in to_remind())


@shared_task
def ask_at_random() -> int:
    """Ask in the classes where the moment has come; returns in how many."""
    return sum(checks.ask_at_random(session_id) for session_id in to_ask())


@shared_task
def close_groups() -> int:
    """Bring everybody back from the groups whose time is up; returns in how many classes."""
    sessions = LiveSession.objects.filter(pk__in=divisions_due())
    return sum(breakouts.close_if_due(session) for session in sessions)


@shared_task
def end_abandoned() -> int:
    """End the classes whose teacher closed the lid, count what was not counted; returns how many were ended."""
    presence.close_stale_visits()
    ended = sum(sessions.end_if_abandoned(session) for session in coming_or_on())
    for session_id in uncounted():
        count_session(session_id=session_id)
    return ended


@shared_task
def settle_rooms() -> int:
    """Have the media server keep a room for each class that is on and each of its groups, and no other.

    Where there is none, a conference system does likewise. Returns how many it opened and closed. Rooms that a restart
    of the server lost are made again. The rooms are read before the classes: a room without a class is then one of a
    class that has ended.
    """
    if not janus.is_here():
        return conference.settle()
    there = janus.rooms()
    due = rooms_due() | group_rooms_due()
    for room in due - there:
        janus.open_room(room)
    for room in there - due:
        janus.close_room(room)
    recorded = rooms_recorded()
    for room in due:
        janus.record(room, on=room in recorded)
    return len(due ^ there)


@shared_task
def sweep_recordings() -> int:
    """Credit what was watched, remove what was kept long enough; returns how many of both."""
    return recordings.credit_viewings() + recordings.remove_due()


@shared_task
def sweep_decks() -> int:
    """Make the pages of slides that came while poppler was missing; returns how many decks were queued."""
    return decks.sweep_decks()
