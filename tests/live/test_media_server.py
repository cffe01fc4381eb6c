"""Janus as we configure it, and what is asked of it."""

import json
import stat
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings
from websockets.sync.client import ClientConnection, connect

from live.media import janus, tokens
from live.services.sessions import end_session, start_session
from live.tasks import settle_rooms
from lms import media_server as start
from tests.live.conftest import Class
from tests.live.factories import make_live_cohort, make_session


def speak(link: ClientConnection, **message: Any) -> dict[str, Any]:
    """Send Janus a message; return its answer, past what only says that it was received."""
    link.send(json.dumps({"transaction": "t", **message}))
    while (answer := json.loads(link.recv(timeout=5)))["janus"] == "ack":
        pass
    return dict(answer)


@pytest.mark.django_db
def test_room_is_kept_for_each_class_that_is_on_and_no_other(room: Class, media_server: None) -> None:
    later = make_session(make_live_cohort())
    assert settle_rooms() == 1
    assert janus.rooms() == {str(room.session.uuid)}
    start_session(later, by=None)
    end_session(room.session, by=None)
    assert (settle_rooms(), settle_rooms()) == (2, 0)
    assert janus.rooms() == {str(later.uuid)}


@pytest.mark.django_db
def test_rooms_that_the_server_lost_are_made_again(room: Class, media_server: None) -> None:
    settle_rooms()
    janus.close_room(str(room.session.uuid))
    assert settle_rooms() == 1
    assert janus.rooms() == {str(room.session.uuid)}


@pytest.mark.django_db
def test_nothing_is_asked_for_without_a_media_server(room: Class) -> None:
    assert settle_rooms() == 0


@pytest.mark.django_db
def test_server_that_is_away_is_said_so(room: Class, settings: Settings) -> None:
    settings.JANUS_URL, settings.JANUS_ADMIN_URL = "ws://127.0.0.1:9", "http://127.0.0.1:9/admin"
    with pytest.raises(janus.MediaServerAway):
        settle_rooms()


def test_what_is_done_already_is_done(media_server: None) -> None:
    janus.open_room("a")
    janus.open_room("a")
    assert janus.participants("a") == []
    janus.remove("a", "nobody")
    janus.close_room("a")
    janus.close_room("a")


def test_other_secret_opens_nothing(media_server: None, settings: Settings) -> None:
    janus.open_room("a")
    settings.MEDIA_SECRET = "guessed"
    with pytest.raises(janus.MediaServerAway):
        janus.rooms()
    request = urllib.request.Request(settings.JANUS_ADMIN_URL, b'{"janus":"list_sessions","transaction":"t"}')
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert json.load(answer)["error"]["code"] == 403


@pytest.mark.parametrize("token", ["", "forged", "expired", "other plugin"])
def test_session_wants_a_token_of_ours(
    media_server: None, settings: Settings, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if token == "expired":
        monkeypatch.setattr(tokens, "TOKEN_SECONDS", -1)
    made = {
        "": "",
        "forged": tokens.session_token()[:-4] + "AAA=",
        "expired": tokens.session_token(),
        "other plugin": tokens.sign("janus.plugin.echotest", "janus.plugin.echotest"),
    }[token]
    with connect(settings.JANUS_URL, subprotocols=["janus-protocol"]) as link:  # type: ignore[list-item]  # a str subtype
        assert speak(link, janus="create", token=made)["error"]["code"] == 403


@pytest.mark.parametrize("token", ["none", "of another room", "expired"])
def test_room_wants_a_token_of_its_own(
    media_server: None, settings: Settings, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    janus.open_room("a")
    with monkeypatch.context() as patch:
        patch.setattr(tokens, "TOKEN_SECONDS", -1 if token == "expired" else 60)
        made = tokens.room_token("b" if token == "of another room" else "a")
    with connect(settings.JANUS_URL, subprotocols=["janus-protocol"]) as link:  # type: ignore[list-item]  # a str subtype
        ours = {"token": tokens.session_token()}
        ours["session_id"] = speak(link, janus="create", **ours)["data"]["id"]
        ours["handle_id"] = speak(link, janus="attach", plugin=tokens.PLUGIN, **ours)["data"]["id"]
        join = {"request": "join", "ptype": "publisher", "room": "a", **({} if token == "none" else {"token": made})}
        assert speak(link, janus="message", body=join, **ours)["plugindata"]["data"]["error_code"] == 433


def test_configuration_is_for_its_owner_and_leaves_out_what_is_not_used(tmp_path: Path, settings: Settings) -> None:
    settings.JANUS_URL = "ws://127.0.0.1:8188"
    settings.MEDIA_ADDRESS = ["192.0.2.1"]
    folder = tmp_path / "janus"
    start.write_configuration(folder)
    start.write_configuration(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in (folder / "plugins").iterdir()] == ["libjanus_videoroom.so"]
    assert 'nat_1_1_mapping = "192.0.2.1"' in (folder / "janus.jcfg").read_text()
    assert 'ws_ip = "127.0.0.1"' in (folder / "janus.transport.websockets.jcfg").read_text()


def test_relay_is_offered_with_a_password_of_its_own(settings: Settings) -> None:
    assert tokens.ice_servers("who") == []
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:turn.example"], "shared"
    (relay,) = tokens.ice_servers("who")
    until, _, name = str(relay["username"]).partition(":")
    assert (int(until) > time.time(), name) == (True, "who")
    assert relay["credential"] != "shared"
