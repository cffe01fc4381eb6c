"""BigBlueButton, by its API: https://docs.bigbluebutton.org/development/api"""

import hashlib
import urllib.request
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from live.conference.calls import call
from live.conference.system import ConferenceAway, Role, Room, Visitor

LONGEST_TITLE = 64
GONE = {"notFound", "invalidMeetingIdentifier"}
# What a class has of its own stays in its record; nothing is recorded without the consent that is asked for there.
ALWAYS = {
    "record": "false",
    "muteOnStart": "true",
    "guestPolicy": "ALWAYS_ACCEPT",
    "disabledFeatures": "chat,polls,sharedNotes,breakoutRooms,captions",
}


class BigBlueButton:
    """Its rooms end by themselves when the last one leaves. It has no call for sending one person out."""

    sends_out = False
    has_role_in_door = False

    def __init__(self, url: str, secret: str) -> None:
        self.api = url.rstrip("/").removesuffix("/api") + "/api"
        self.secret = secret

    def open(self, room: Room) -> None:
        title = f"{room.title:.{LONGEST_TITLE}}".ljust(2, ".")  # at least two letters
        locked = "false" if room.is_open_floor else "true"
        locks = {"lockSettingsDisableMic": locked, "lockSettingsDisableCam": locked}
        self._ask("create", {"meetingID": room.name, "name": title, **ALWAYS, **locks})

    def close(self, name: str) -> None:
        self._ask("end", {"meetingID": name}, is_done=GONE)

    def rooms(self) -> set[str]:
        meetings = self._ask("getMeetings", {}).iter("meeting")
        on = (each for each in meetings if each.findtext("hasBeenForciblyEnded") != "true")
        return {each.findtext("meetingID", "") for each in on}

    def door(self, room: Room, visitor: Visitor) -> str:
        role = "MODERATOR" if visitor.role == Role.HOST else "VIEWER"
        fields = {"meetingID": room.name, "fullName": visitor.name, "userID": visitor.id, "role": role}
        if visitor.is_guest:
            fields["guest"] = "true"
        return self._address("join", fields | {"redirect": "true"})

    def _address(self, name: str, fields: Mapping[str, str]) -> str:
        """The checksum is of the call's name, its query just as it is sent, and the secret."""
        query = urlencode(fields)
        checksum = hashlib.sha256(f"{name}{query}{self.secret}".encode()).hexdigest()
        return f"{self.api}/{name}?{query}{'&' if query else ''}checksum={checksum}"

    def _ask(self, name: str, fields: Mapping[str, str], *, is_done: Collection[str] = ()) -> Element:
        request = urllib.request.Request(self._address(name, fields))  # noqa: S310  # from the settings
        answer = _parsed(call(request))
        key = answer.findtext("messageKey", "")
        if answer.findtext("returncode") != "SUCCESS" and key not in is_done:
            raise ConferenceAway(f"{name} is refused: {key:.60}")
        return answer


def _parsed(body: bytes) -> Element:
    try:
        found: Any = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise ConferenceAway("answers with something else than its XML") from None
    element: Element = found
    return element
