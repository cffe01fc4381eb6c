"""What is asked of Janus about rooms: one call of its administration each, blocking, so from tasks only."""

import json
import urllib.error
import urllib.request
from secrets import token_hex
from typing import Any

from django.conf import settings

from live.media.tokens import PLUGIN, secret_of

SECONDS = 5  # until it is taken to be away
MOST_PUBLISHERS = 8  # cameras and screens at once in one room
BITRATE = 1_200_000  # of one picture at most, all its sizes together
NO_SUCH_ROOM = 426
ROOM_EXISTS = 427
NO_SUCH_FEED = 428


class MediaServerAway(Exception):
    """Janus does not answer, or not as it should."""


class Refusal(Exception):
    """Janus answers that it cannot be done; `code` is its own."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code


def is_here() -> bool:
    """Whether there is a media server at all; without one a class has no picture and sound."""
    return bool(settings.JANUS_URL)


def room_plan(room: str) -> dict[str, Any]:
    """A room as Janus takes it: nobody comes in without a token that we sign."""
    return {
        "room": room,
        "secret": secret_of(room),
        "is_private": True,
        "signed_tokens": True,
        "publishers": MOST_PUBLISHERS,
        "bitrate": BITRATE,
        "bitrate_cap": True,
        "audiocodec": "opus",
        "videocodec": "vp8",
        "lock_record": True,
        "rec_dir": str(settings.RECORDINGS_DIR / room),
    }


def open_room(room: str) -> None:
    """Make a room; one that is there stays as it is. Raises MediaServerAway."""
    _ask_for_room("create", ROOM_EXISTS, admin_key=secret_of("rooms"), **room_plan(room))


def close_room(room: str) -> None:
    """Send everybody out and forget the room; one that is not there is closed. Raises MediaServerAway."""
    _ask_for_room("destroy", NO_SUCH_ROOM, room=room, secret=secret_of(room))


def record(room: str, *, on: bool) -> None:
    """Write all that is published into files, or no longer; said again, it changes nothing. Raises MediaServerAway."""
    _ask_for_room("enable_recording", NO_SUCH_ROOM, room=room, secret=secret_of(room), record=on)


def rooms() -> set[str]:
    """The names of all rooms. Raises MediaServerAway."""
    answer = _ask({"request": "list", "admin_key": secret_of("rooms")})
    return {room["room"] for room in answer["list"]}


def participants(room: str) -> list[dict[str, Any]]:
    """Who has a seat in a room: id, display, publisher. Raises MediaServerAway, Refusal."""
    answer = _ask({"request": "listparticipants", "room": room, "secret": secret_of(room)})
    return list(answer["participants"])


def remove(room: str, feed: str) -> None:
    """Cut one camera or screen off; done if it is gone already. Raises MediaServerAway."""
    _ask_for_room("kick", NO_SUCH_FEED, room=room, secret=secret_of(room), id=feed)


def _ask_for_room(request: str, is_done: int, **fields: Any) -> None:
    try:
        _ask({"request": request, **fields})
    except Refusal as refusal:
        if refusal.code != is_done:
            raise MediaServerAway(str(refusal)) from refusal


def _ask(request: dict[str, Any]) -> dict[str, Any]:
    message = {
        "janus": "message_plugin",
        "transaction": token_hex(8),
        "admin_secret": secret_of("administration"),
        "plugin": PLUGIN,
        "request": request,
    }
    body = json.dumps(message).encode()
    call = urllib.request.Request(settings.JANUS_ADMIN_URL, body, {"Content-Type": "application/json"})  # noqa: S310  # ours
    try:
        with urllib.request.urlopen(call, timeout=SECONDS) as reply:  # noqa: S310  # our own address, from the settings
            answer = json.load(reply)
    except (OSError, ValueError) as error:
        raise MediaServerAway(str(error)) from error
    if answer.get("janus") != "success":
        raise MediaServerAway(str(answer.get("error", answer)))
    found: dict[str, Any] = answer["response"]
    if "error_code" in found:
        raise Refusal(found["error_code"], found["error"])
    return found
