"""`make test`: every check and test, one part after the other, with an account of them at the end.

What a part needs and the machine lacks is installed by apt where that is allowed. Where it is not, the part is
named as not run, which is a failure with CI=true.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import redis

from tests.services import find_program, running, running_services

PYTHON = sys.executable
BIN = Path(PYTHON).parent
# Program -> Debian's package.
PACKAGES = {
    "postgres": "postgresql",
    "redis-server": "redis-server",
    "chromium": "chromium",
    "msgfmt": "gettext",
    "pdftotext": "poppler-utils",
    "ffmpeg": "ffmpeg",
    "janus": "janus",
    "janus-pp-rec": "janus-tools",
    "turnserver": "coturn",
}
PYTEST = [PYTHON, "-m", "pytest", "-q", "--durations=5"]
PARALLEL = ["-n", "auto", "--maxprocesses=8"]


@dataclass(frozen=True)
class Part:
    """One thing that `make test` proves."""

    name: str
    command: Sequence[str]
    needs: frozenset[str] = field(default=frozenset())
    on_services: bool = False


UNITS = [*PYTEST, *PARALLEL, "tests", "--ignore=tests/e2e"]
TOOLS = frozenset({"msgfmt", "pdftotext", "ffmpeg", "janus", "janus-pp-rec", "turnserver"})
SERVICES = frozenset({"postgres", "redis-server"})
PARTS = [
    Part("style", [PYTHON, "-m", "ruff", "check", "."]),
    Part("format", [PYTHON, "-m", "ruff", "format", "--check", "."]),
    Part("import contracts", [str(BIN / "lint-imports"), "--no-logo"]),
    Part("Python types", [PYTHON, "-m", "mypy", "."]),
    Part("TypeScript types", ["npm", "run", "--silent", "check"]),
    Part("migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"]),
    Part("tests on SQLite", UNITS, TOOLS),
    Part("tests on PostgreSQL and Redis", UNITS, TOOLS | SERVICES, on_services=True),
    Part(
        "tests in Chromium",
        [*PYTEST, "-n", "2", "--dist", "worksteal", "tests/e2e"],
        TOOLS | SERVICES | {"chromium"},
        on_services=True,
    ),
]


def missing_programs() -> set[str]:
    return {name for name in PACKAGES if not find_program(name)}


def install(programs: set[str]) -> None:
    """Have apt install what is missing, where root or sudo without a password allows it."""
    apt = shutil.which("apt-get")
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    is_allowed = apt and (not sudo or subprocess.run([*sudo, "true"], check=False, capture_output=True).returncode == 0)
    if not apt or not is_allowed:
        return
    packages = sorted(PACKAGES[name] for name in programs)
    print(f"Installing {', '.join(packages)} …", flush=True)
    quiet = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-qq"]
    subprocess.run([*quiet, "update"], check=False)
    subprocess.run([*quiet, "install", "--yes", "--no-install-recommends", *packages], check=False)


def own_environment() -> dict[str, str]:
    """The environment without what would choose other services, settings or demo accounts."""
    foreign = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "DEBUG", "EMAIL_URL"}
    kept = {k: v for k, v in os.environ.items() if k not in foreign and not k.startswith("MALAKA_")}
    return kept | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


def run(part: Part, environment: Mapping[str, str]) -> str:
    print(f"\n=== {part.name} ===", flush=True)
    start = time.monotonic()
    with running(part.command, env=environment) as process:
        code = process.wait()
    seconds = time.monotonic() - start
    return f"{'passed' if code == 0 else 'FAILED'} in {seconds:.0f} s"


def run_all(missing: set[str]) -> dict[str, str]:
    """What came of each part. Those on services share them, and begin with an empty Redis."""
    environment, services = own_environment(), {}
    answers: dict[str, str] = {}
    with ExitStack() as stack:
        if not SERVICES & missing:
            services = stack.enter_context(running_services())
            # While the first parts look at the code, which takes one processor.
            stack.enter_context(running([PYTHON, "-m", "tests.migrated"], env=environment | services))
        for part in PARTS:
            if lacking := sorted(part.needs & missing):
                answers[part.name] = f"NOT RUN, {', '.join(lacking)} missing"
                continue
            if part.on_services:
                redis.Redis.from_url(services["REDIS_URL"]).flushall()
            answers[part.name] = run(part, environment | (services if part.on_services else {}))
    return answers


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if missing := missing_programs():
        install(missing)
        missing = missing_programs()
    answers = run_all(missing)
    print("\n=== all parts ===")
    for name, answer in answers.items():
        print(f"{name:<32}{answer}")
    failed = any(answer.startswith("FAILED") for answer in answers.values())
    not_run = any(answer.startswith("NOT RUN") for answer in answers.values())
    return int(failed or (not_run and os.environ.get("CI") == "true"))


if __name__ == "__main__":
    sys.exit(main())
