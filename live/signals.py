"""News of classes, sent after commit."""

from django.dispatch import Signal

event_recorded = Signal()  # event_id: a RoomEvent
session_changed = Signal()  # session_id: scheduled, put off or cancelled
series_planned = Signal()  # session_ids: in order
reminder_due = Signal()  # session_id
session_ended = Signal()  # session_id
pointed = Signal()  # session: its uuid; place: x and y in per mille of the slide, or none
writing = Signal()  # session: its uuid; who: a User
votes_changed = Signal()  # session, poll: their uuids
reacted = Signal()  # session: its uuid; kind
supports_changed = Signal()  # session, inquiry: their uuids
lobby_changed = Signal()  # session: its uuid
drafts_changed = Signal()  # session: its uuid
