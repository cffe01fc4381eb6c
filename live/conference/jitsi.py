"""Jitsi Meet with token authentication: https://github.com/jitsi/lib-jitsi-meet/blob/master/doc/tokens.md"""

import json
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from live.conference.calls import good_for, signed
from live.conference.system import DOOR_SECONDS, Role, Room, Visitor

LISTENING = ["tileview", "fullscreen", "settings", "hangup"]  # the buttons of whoever has not the word


class Jitsi:
    """Its rooms are there while somebody is in them: nothing is opened or closed. Nobody is sent out from here."""

    sends_out = False
    has_role_in_door = True

    def __init__(self, url: str, app: str, secret: str) -> None:
        self.url, self.host = url.rstrip("/"), urlsplit(url).hostname or ""
        self.app, self.secret = app, secret

    def open(self, room: Room) -> None:
        """It is there for whoever comes first."""

    def close(self, name: str) -> None:
        """It goes with the last one; our tokens for it end by themselves."""

    def rooms(self) -> set[str]:
        return set()

    def door(self, room: Room, visitor: Visitor) -> str:
        return (
            f"{self.url}/{room.name}?{urlencode({'jwt': self._token(room, visitor)})}#{_settings(room, visitor.role)}"
        )

    def _token(self, room: Room, visitor: Visitor) -> str:
        leads = visitor.role == Role.HOST
        user = {
            "id": visitor.id,
            "name": visitor.name,
            "moderator": "true" if leads else "false",  # texts alone are taken there
            "affiliation": "owner" if leads else "member",
        }
        about = {"aud": self.app, "iss": self.app, "sub": self.host, "room": room.name}
        return signed({**about, **good_for(DOOR_SECONDS), "context": {"user": user}}, self.secret)


def _settings(room: Room, role: Role) -> str:
    values: dict[str, Any] = {
        "prejoinConfig.enabled": False,
        "startWithAudioMuted": True,
        "startWithVideoMuted": True,
        "disableInviteFunctions": True,
        "subject": room.title,
    }
    if role == Role.LISTENER:
        values["toolbarButtons"] = LISTENING
    return "&".join(f"config.{name}={quote(json.dumps(value), safe='')}" for name, value in values.items())
