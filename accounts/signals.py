"""News of people, of units and of who works where, sent inside the transaction that writes what it tells of.

Two records that merge or part have each app above do its part with its own rows (services.merging says how).
"""

from django.dispatch import Signal

employment_changed = Signal()  # person_id: appointed, transferred, ended or corrected
territory_changed = Signal()  # inside the load: mahallas and districts stand where its lists say
unit_moved = Signal()  # unit; before: the id of the organization it stood under, or None
people_merging = Signal()  # kept, gone (both locked), by; receivers return list[Change], or raise MergeRefused
people_parting = Signal()  # kept, gone, changes (those of the receiver's app are its to put back)
