"""The whole of Malaka as `make run` starts it, with the demo in it, for as long as a block lasts."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services import free_port, running, wait_for

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class LiveStack:
    """Web, worker and beat under the supervisor, with the demo in it; on the services that the environment names."""

    url: str
    environment: dict[str, str]
    log: Path

    def manage(self, *arguments: str) -> str:
        """Run a management command on its data and return what it prints."""
        command = [sys.executable, "manage.py", *arguments]
        result = subprocess.run(command, env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        return result.stdout


@contextmanager
def running_demo(folder: Path, environment: Mapping[str, str]) -> Iterator[LiveStack]:
    """Start it with these variables on a port of its own, its data below the folder."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {
        "DJANGO_SETTINGS_MODULE": "lms.settings",
        "MALAKA_VAR": str(folder),
        "MALAKA_DEMO": "1",
        "MALAKA_STAFF_MFA": "optional",
        "MALAKA_SITE_URL": url,
    }
    stack = LiveStack(url, {**environment, **settings}, folder / "log")
    stack.manage("prepare_demo")
    command = [sys.executable, "-m", "lms.supervisor", "--port", str(port)]
    with stack.log.open("wb") as log:
        with running(command, env=stack.environment, cwd=ROOT, stdout=log, stderr=log) as supervisor:
            wait_for(lambda: supervisor.poll() is not None or b"ready on" in stack.log.read_bytes(), 60)
            assert supervisor.poll() is None, stack.log.read_text()
            yield stack
        assert supervisor.returncode == 0
