"""Starts coturn, a relay for browsers behind strict firewalls, as Malaka needs it: `python -m lms.turn_server`.

The configuration is written anew at each start, into MALAKA_VAR/turn: passwords that Malaka makes for twelve hours, and
a way to the media server alone, not into the networks that stand behind it.
"""

import os
import shutil
import sys
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

# What is no public address (RFC 6890); whoever has a password could reach into it otherwise.
INNER = (
    "0.0.0.0-0.255.255.255",
    "10.0.0.0-10.255.255.255",
    "100.64.0.0-100.127.255.255",
    "127.0.0.0-127.255.255.255",
    "169.254.0.0-169.254.255.255",
    "172.16.0.0-172.31.255.255",
    "192.0.0.0-192.0.0.255",
    "192.0.2.0-192.0.2.255",
    "192.88.99.0-192.88.99.255",
    "192.168.0.0-192.168.255.255",
    "198.18.0.0-198.19.255.255",
    "198.51.100.0-198.51.100.255",
    "203.0.113.0-203.0.113.255",
    "240.0.0.0-255.255.255.255",
    "::-::ffff:ffff:ffff",
    "64:ff9b::-64:ff9b::ffff:ffff",
    "fc00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
)


def find_turnserver() -> str | None:
    return shutil.which("turnserver", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/bin"]))


def write_configuration(folder: Path) -> Path:
    """Write what coturn reads; its secret is readable by its owner alone."""
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    file = folder / "turnserver.conf"
    lines = [*_place(folder), *_guards()]
    file.touch(mode=0o600)
    file.write_text("\n".join(lines) + "\n")
    return file


def _place(folder: Path) -> list[str]:
    host, port = _listen()
    first, _, last = settings.TURN_PORTS.partition("-")
    return [
        f"listening-ip={host}",
        f"relay-ip={host}",
        *(f"external-ip={address}/{host}" for address in settings.MEDIA_ADDRESS),
        f"listening-port={port}",
        f"min-port={first}",
        f"max-port={last}",
        f"userdb={folder / 'users'}",
        f"pidfile={folder / 'turnserver.pid'}",
        f"log-file={folder.with_suffix('.log')}",
        "simple-log",
    ]


def _guards() -> list[str]:
    host, _ = _listen()
    reached = {host, *settings.MEDIA_LISTEN, *settings.MEDIA_ADDRESS}  # where Janus is
    return [
        "realm=malaka",
        "use-auth-secret",
        f"static-auth-secret={settings.TURN_SECRET}",
        "fingerprint",
        "stale-nonce=600",
        "user-quota=12",
        "no-cli",
        "no-tls",
        "no-dtls",
        "no-tcp-relay",
        "no-multicast-peers",
        "no-rfc5780",
        "no-software-attribute",
        *(["allow-loopback-peers"] if any(ip_address(address).is_loopback for address in reached) else []),
        *(f"denied-peer-ip={addresses}" for addresses in INNER),
        *(f"allowed-peer-ip={address}" for address in sorted(reached)),
    ]


def _listen() -> tuple[str, int]:
    parts = urlsplit(f"//{settings.TURN_LISTEN}")
    try:
        return str(ip_address(parts.hostname or "")), parts.port or 3478
    except ValueError:
        sys.exit("malaka: MALAKA_TURN_LISTEN is an address of this machine with a port, such as 192.0.2.1:3478")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
    program = find_turnserver()
    if program is None:
        sys.exit("malaka: coturn is not installed (Debian's package coturn)")
    if not settings.TURN_LISTEN:
        sys.exit("malaka: MALAKA_TURN_LISTEN does not say where the relay is to listen")
    os.umask(0o077)
    file = write_configuration(settings.VAR_DIR / "turn")
    os.execv(program, [program, "-c", str(file), "--no-stdout-log"])  # noqa: S606  # our own command


if __name__ == "__main__":
    main()
