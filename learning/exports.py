"""What other programs read: a calendar as iCalendar (RFC 5545)."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.conf import settings
from icalendar import Calendar
from icalendar import Event as CalendarEvent

from learning.queries.feeds import Event

EVERY = "PT2H"  # how often a calendar is asked to look again


def calendar_file(events: Iterable[Event], *, name: str = "") -> bytes:
    """A calendar of these events, times in UTC; the same events make the same bytes.

    One with a `name` is there to be read again and again.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Malaka//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    if name:
        calendar["X-WR-CALNAME"] = name
        calendar["X-PUBLISHED-TTL"] = EVERY
    for event in events:
        calendar.add_component(_written(event))
    return bytes(calendar.to_ical())


def _written(event: Event) -> CalendarEvent:
    written = CalendarEvent()
    host = settings.SITE_URL.partition("//")[2].partition(":")[0]
    written.add("uid", f"{event.uid}@{host}")
    written.add("summary", event.title)
    starts, ends = (one.astimezone(UTC) if isinstance(one, datetime) else one for one in (event.starts, event.ends))
    written.add("dtstart", starts)
    if ends:
        written.add("dtend", ends)
    changed_at = event.changed_at.astimezone(UTC).replace(microsecond=0)
    written.add("dtstamp", changed_at)
    written.add("last-modified", changed_at)
    written.add("sequence", event.sequence)
    if event.place:
        written.add("location", event.place)
    if event.url:
        written.add("url", event.url)
        written.add("location", event.url)  # where calendars show it as a link
    if event.is_cancelled:
        written.add("status", "CANCELLED")
    return written
