"""Who in a class is told what happens within one of its groups, as the events say, in their order."""

from collections.abc import Iterable
from typing import Any

Event = dict[str, Any]
CHANGES = frozenset({"host", "unhost", "breakouts", "breakout-place", "breakouts-over"})
EVERYWHERE = "everywhere"  # where somebody is who leads the class


def redacted(event: Event) -> Event:
    """What everybody else is told of what happened within a group: that its number is taken."""
    return {"seq": event["seq"], "kind": event["kind"], "at": event["at"], "elsewhere": True}


def told_in(place: str, events: Iterable[Event]) -> list[Event]:
    """These events as they are told in a group or, with an empty `place`, outside of all."""
    hears_all = place == EVERYWHERE
    return [event if hears_all or event.get("breakout", place) == place else redacted(event) for event in events]


class Audience:
    """Who is in which group of a class, and who helps to lead it."""

    def __init__(self, places: dict[str, str] | None = None, leads: Iterable[str] = ()) -> None:
        self.places = places or {}
        self.leads = set(leads)

    def note(self, event: Event) -> None:
        match event["kind"]:
            case "host":
                self.leads.add(event["about"]["id"])
            case "unhost":
                self.leads.discard(event["about"]["id"])
            case "breakouts":
                self.places = {person: each["id"] for each in event["breakouts"] for person in each["people"]}
                self.leads = set(event["leads"])
            case "breakout-place":
                self.places.pop(event["about"]["id"], None)
                if event["to"]:
                    self.places[event["about"]["id"]] = event["to"]
            case "breakouts-over":
                self.places = {}

    def place_of(self, person: dict[str, Any]) -> str:
        """The group in which somebody is, empty for none."""
        if person["teaches"] or person["id"] in self.leads:
            return EVERYWHERE
        return self.places.get(person["id"], "")
