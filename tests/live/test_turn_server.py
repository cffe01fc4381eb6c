"""coturn as we configure it: who gets an address there, and where it leads."""

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from live.media import tokens
from lms import turn_server
from tests.live.turn import TurnClient
from tests.services import find_program, running_relay


@pytest.fixture(scope="module")
def relay_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    if not find_program("turnserver"):
        pytest.skip("needs coturn, as in `make test`")
    with running_relay(tmp_path_factory.mktemp("relay"), os.environ) as places:
        yield places


@pytest.fixture
def relay(relay_process: dict[str, str], settings: Settings) -> tuple[str, int]:
    settings.TURN_SECRET = relay_process["MALAKA_TURN_SECRET"]
    settings.TURN_URLS = [f"turn:{relay_process['MALAKA_TURN_LISTEN']}"]
    host, _, port = relay_process["MALAKA_TURN_LISTEN"].partition(":")
    return host, int(port)


def client_at(relay: tuple[str, int]) -> TurnClient:
    """A browser with what it was told when it took its desk."""
    (server,) = tokens.ice_servers("somebody")
    return TurnClient(relay, str(server["username"]), str(server["credential"]))


def test_browser_gets_an_address_and_reaches_the_media_server_through_it(relay: tuple[str, int]) -> None:
    browser = client_at(relay)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as janus:
        janus.bind(("127.0.0.1", 0))
        janus.settimeout(5)
        assert (browser.allocate(), browser.permit("127.0.0.1")) == (0, 0)
        browser.send("127.0.0.1", janus.getsockname()[1], b"picture")
        body, sender = janus.recvfrom(100)
    assert body == b"picture"
    assert sender[1] in range(22000, 24000)


@pytest.mark.parametrize(
    "inner", ["127.0.0.2", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "224.0.0.1"]
)
def test_nothing_leads_into_inner_networks(relay: tuple[str, int], inner: str) -> None:
    browser = client_at(relay)
    assert (browser.allocate(), browser.permit(inner)) == (0, 403)


def test_expired_password_is_refused(relay: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "TURN_SECONDS", -60)
    assert client_at(relay).allocate() == 401


@pytest.mark.parametrize("forged", ["name", "password", "secret"])
def test_forged_password_is_refused(relay: tuple[str, int], settings: Settings, forged: str) -> None:
    if forged == "secret":
        settings.TURN_SECRET = "guessed"
    browser = client_at(relay)
    if forged == "name":
        browser.name = f"9{browser.name}"
    if forged == "password":
        browser.password = ""
    assert browser.allocate() == 401


def test_without_a_password_there_is_no_address(relay: tuple[str, int]) -> None:
    assert TurnClient(relay, "", "").allocate() == 401


def test_configuration_is_for_its_owner_and_leads_to_the_media_server_alone(tmp_path: Path, settings: Settings) -> None:
    settings.TURN_LISTEN, settings.TURN_SECRET = "192.0.2.7:3478", "shared"
    settings.MEDIA_LISTEN, settings.MEDIA_ADDRESS = ["10.0.0.5"], ["203.0.113.9"]
    file = turn_server.write_configuration(tmp_path / "turn")
    lines = turn_server.write_configuration(tmp_path / "turn").read_text().splitlines()
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(file.parent.stat().st_mode)) == (0o600, 0o700)
    allowed = [line.partition("=")[2] for line in lines if line.startswith("allowed-peer-ip")]
    assert allowed == ["10.0.0.5", "192.0.2.7", "203.0.113.9"]
    assert {"static-auth-secret=shared", "no-cli", "external-ip=203.0.113.9/192.0.2.7"} <= set(lines)
    assert "allow-loopback-peers" not in lines


@pytest.mark.parametrize("listen", ["turn.example:3478", "3478", ""])
def test_relay_wants_an_address_of_the_machine(settings: Settings, listen: str, tmp_path: Path) -> None:
    settings.TURN_LISTEN = listen
    with pytest.raises(SystemExit, match="such as 192"):
        turn_server.write_configuration(tmp_path)
