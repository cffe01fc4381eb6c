"""LiveKit, by the JSON form of its RoomService: https://docs.livekit.io/reference/server/server-apis/"""

import json
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from live.conference.calls import Refused, call, good_for, signed
from live.conference.system import DOOR_SECONDS, ConferenceAway, Role, Room, Visitor

EMPTY_SECONDS = 600  # until a room that nobody is in goes by itself
NOT_FOUND = 404


class LiveKit:
    """`page` is where people meet, such as that of LiveKit Meet: it takes `liveKitUrl` and `token`."""

    sends_out = True
    has_role_in_door = False

    def __init__(self, url: str, key: str, secret: str, page: str) -> None:
        parts = urlsplit(url)
        is_safe = parts.scheme in ("https", "wss")
        self.api = parts._replace(scheme="https" if is_safe else "http").geturl().rstrip("/")
        self.socket = parts._replace(scheme="wss" if is_safe else "ws").geturl().rstrip("/")
        self.key, self.secret, self.page = key, secret, page

    def open(self, room: Room) -> None:
        self._ask("CreateRoom", {"roomCreate": True}, name=room.name, empty_timeout=EMPTY_SECONDS)

    def close(self, name: str) -> None:
        self._ask("DeleteRoom", {"roomCreate": True}, may_lack=True, room=name)

    def rooms(self) -> set[str]:
        return {str(room.get("name")) for room in _rows(self._ask("ListRooms", {"roomList": True}), "rooms")}

    def door(self, room: Room, visitor: Visitor) -> str:
        grants = {
            "roomJoin": True,
            "room": room.name,
            "canSubscribe": True,
            "canPublish": visitor.role != Role.LISTENER,
            "canPublishData": False,  # what is written is written in the class
            "roomAdmin": visitor.role == Role.HOST,
        }
        token = self._token(grants, sub=visitor.id, name=visitor.name)
        return f"{self.page}{'&' if '?' in self.page else '?'}{urlencode({'liveKitUrl': self.socket, 'token': token})}"

    def present(self, name: str) -> Mapping[str, bool]:
        found = self._ask("ListParticipants", _admin(name), may_lack=True, room=name)
        return {str(each.get("identity")): _may_publish(each) for each in _rows(found, "participants")}

    def remove(self, name: str, who: str) -> None:
        self._ask("RemoveParticipant", _admin(name), may_lack=True, room=name, identity=who)

    def let_speak(self, name: str, who: str, *, speaks: bool) -> None:
        permission = {"can_subscribe": True, "can_publish": speaks, "can_publish_data": False}
        self._ask("UpdateParticipant", _admin(name), may_lack=True, room=name, identity=who, permission=permission)

    def _token(self, grants: Mapping[str, Any], **about: str) -> str:
        return signed({"iss": self.key, **about, **good_for(DOOR_SECONDS), "video": grants}, self.secret)

    def _ask(
        self, method: str, /, grants: Mapping[str, Any], *, may_lack: bool = False, **fields: Any
    ) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token(grants)}"}
        address = f"{self.api}/twirp/livekit.RoomService/{method}"
        request = urllib.request.Request(address, json.dumps(fields).encode(), headers)  # noqa: S310  # from the settings
        try:
            answer = json.loads(call(request))
        except Refused as refusal:
            if may_lack and refusal.status == NOT_FOUND:
                return {}
            raise
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise ConferenceAway("answers with something else than its JSON")
        return answer


def _admin(room: str) -> dict[str, Any]:
    return {"roomAdmin": True, "room": room}


def _rows(answer: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    rows = answer.get(name) or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ConferenceAway("answers with something else than rows")
    return rows


def _may_publish(participant: Mapping[str, Any]) -> bool:
    """Its JSON is written in either of two spellings, and false is left out in one."""
    permission = participant.get("permission")
    if not isinstance(permission, dict):
        return False
    return bool(permission.get("can_publish", permission.get("canPublish", False)))
