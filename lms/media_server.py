"""Starts Janus, the built-in media server, as Malaka needs it: `python -m lms.media_server`.

The configuration is written anew at each start, into MALAKA_VAR/janus: rooms for video alone, reached over a WebSocket
and an administration that both listen on the addresses of the settings, and nothing without a token that we sign.
"""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from live.media.tokens import secret_of

PARTS = {"plugins": ["videoroom"], "transports": ["websockets", "http"], "events": [], "loggers": []}
LIBRARIES = ("/usr/lib/*/janus", "/usr/lib/janus", "/usr/local/lib/janus", "/opt/janus/lib/janus")


def find_janus() -> str | None:
    return shutil.which("janus", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/bin", "/opt/janus/bin"]))


def write_configuration(folder: Path) -> None:
    """Write every file that Janus reads; the secrets in them are readable by their owner alone."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    for part, names in PARTS.items():
        _link_parts(folder / part, part, names)
    for name, text in {"janus": _core(folder), **_transports(), "plugin.videoroom": _rooms()}.items():
        stem = name if name == "janus" else f"janus.{name}"
        (folder / f"{stem}.jcfg").write_text(text)


def _link_parts(folder: Path, part: str, names: list[str]) -> None:
    """Let Janus find these parts and no others, whatever a later version brings."""
    folder.mkdir()
    for name in names:
        found = [path for where in LIBRARIES for path in Path("/").glob(f"{where[1:]}/{part}/libjanus_{name}.so")]
        if not found:
            sys.exit(f"malaka: Janus lacks its part {name}")
        (folder / found[0].name).symlink_to(found[0])


def _core(folder: Path) -> str:
    nat = {"ice_enforce_list": settings.MEDIA_LISTEN, "nat_1_1_mapping": settings.MEDIA_ADDRESS}
    return _sections(
        general={
            "configs_folder": str(folder),
            **{f"{part}_folder": str(folder / part) for part in PARTS},
            "debug_level": 2,  # errors
            "log_to_stdout": False,
            "log_to_file": str(folder.with_suffix(".log")),
            "admin_secret": secret_of("administration"),
            "token_auth": True,
            "token_auth_secret": secret_of("tokens"),
            "server_name": "Malaka",
            "hide_dependencies": True,
            "session_timeout": 60,
        },
        media={"rtp_port_range": settings.MEDIA_PORTS, "ipv6": False},
        nat={name: ",".join(addresses) for name, addresses in nat.items() if addresses} | {"ice_ignore_list": "vmnet"},
    )


def _transports() -> dict[str, str]:
    socket, admin = urlsplit(settings.JANUS_URL), urlsplit(settings.JANUS_ADMIN_URL)
    return {
        "transport.websockets": _sections(
            general={
                "ws": True,
                "ws_port": socket.port or 8188,
                "ws_ip": socket.hostname or "127.0.0.1",
                "json": "compact",
                "pingpong_trigger": 30,
                "pingpong_timeout": 10,
            }
        ),
        "transport.http": _sections(
            general={"http": False, "json": "compact"},
            admin={
                "admin_base_path": admin.path,
                "admin_http": True,
                "admin_port": admin.port or 7088,
                "admin_ip": admin.hostname or "127.0.0.1",
            },
        ),
    }


def _rooms() -> str:
    return _sections(
        general={"admin_key": secret_of("rooms"), "lock_rtp_forward": True, "string_ids": True, "events": False}
    )


def _sections(**sections: Mapping[str, str | int | bool]) -> str:
    """Sections of settings in libconfig's form."""
    return "\n".join(
        f"{name}: {{\n" + "".join(f"    {key} = {_value(value)}\n" for key, value in settings.items()) + "}"
        for name, settings in sections.items()
    )


def _value(value: str | int | bool) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value).lower()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
    program = find_janus()
    if program is None:
        sys.exit("malaka: Janus is not installed (Debian's package janus)")
    if not settings.JANUS_URL:
        sys.exit("malaka: MALAKA_JANUS does not say where Janus is to listen")
    os.umask(0o077)
    folder = settings.VAR_DIR / "janus"
    write_configuration(folder)
    os.execv(program, [program, "--configs-folder", str(folder), "--disable-colors"])  # noqa: S606  # our own command


if __name__ == "__main__":
    main()
