import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.services import wait_for

RUN = """
import json, os, sys
from lms import supervisor
supervisor.GRACE_SECONDS, supervisor.FIRST_DELAY_SECONDS = 1, 0.02
supervisor.die_with_parent(os.getppid())
children = [supervisor.Child(name, [sys.executable, "-c", code]) for name, code in json.loads(sys.argv[1]).items()]
sys.exit(supervisor.Supervisor(children).run())
"""
# What children do; each adds lines to the file `log` in its folder.
NOTE = """
import os, signal, sys, time
def note(word):
    with open("log", "a") as file:
        file.write(f"{word} {os.getpid()}\\n")
"""
ENDS_WELL = NOTE + "signal.signal(signal.SIGTERM, lambda *_: (note('term'), sys.exit(0)))\nnote('up')\ntime.sleep(60)"
IS_DEAF = NOTE + "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nnote('up')\ntime.sleep(60)"
HAS_CHILD = (
    NOTE
    + """
is_child = os.fork() == 0
def end(*_):
    note('child term' if is_child else 'parent term')
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
note('up')
time.sleep(60)
"""
)
DIES_ONCE = NOTE + "note('up')\nif open('log').read().count('up') == 1: sys.exit(3)\ntime.sleep(60)"
DIES = "raise SystemExit(4)"

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a supervisor in `tmp_path` over the named pieces of Python."""
    started = []

    def start(**children: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, json.dumps(children)],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def notes(folder: Path, word: str) -> list[int]:
    """The process ids of those who wrote `word`."""
    log = folder / "log"
    lines = log.read_text().splitlines() if log.exists() else []
    return [int(line.split()[-1]) for line in lines if line.rpartition(" ")[0] == word]


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_stop_signal_ends_every_child(start: Start, tmp_path: Path, signum: signal.Signals) -> None:
    supervisor = start(web=ENDS_WELL, worker=ENDS_WELL)
    wait_for(lambda: len(notes(tmp_path, "up")) == 2)
    supervisor.send_signal(signum)
    output, _ = supervisor.communicate(timeout=10)
    assert supervisor.returncode == 0
    assert "stopping" in output
    assert sorted(notes(tmp_path, "term")) == sorted(notes(tmp_path, "up"))
    assert not any(map(is_running, notes(tmp_path, "up")))


def test_sigterm_reaches_the_child_and_not_what_it_started(start: Start, tmp_path: Path) -> None:
    supervisor = start(worker=HAS_CHILD)
    wait_for(lambda: len(notes(tmp_path, "up")) == 2)
    supervisor.terminate()
    supervisor.communicate(timeout=10)
    assert len(notes(tmp_path, "parent term")) == 1
    assert notes(tmp_path, "child term") == []
    assert not any(map(is_running, notes(tmp_path, "up")))


def test_deaf_child_is_killed_after_the_grace_time(start: Start, tmp_path: Path) -> None:
    supervisor = start(worker=IS_DEAF)
    wait_for(lambda: notes(tmp_path, "up"))
    supervisor.terminate()
    output, _ = supervisor.communicate(timeout=10)
    assert "worker did not end within 1 s and is killed" in output
    assert not any(map(is_running, notes(tmp_path, "up")))


def test_child_that_dies_is_started_again(start: Start, tmp_path: Path) -> None:
    supervisor = start(worker=DIES_ONCE)
    wait_for(lambda: len(notes(tmp_path, "up")) == 2)
    supervisor.terminate()
    output, _ = supervisor.communicate(timeout=10)
    assert supervisor.returncode == 0
    assert "worker ended with exit code 3, starting it again" in output


def test_child_that_keeps_dying_takes_the_rest_down(start: Start, tmp_path: Path) -> None:
    supervisor = start(web=ENDS_WELL, worker=DIES)
    output, _ = supervisor.communicate(timeout=15)
    assert supervisor.returncode == 1
    assert output.count("starting it again") == 5
    assert "worker ended 6 times within a minute, giving up" in output
    assert not any(map(is_running, notes(tmp_path, "up")))


def test_killed_supervisor_leaves_nothing(start: Start, tmp_path: Path) -> None:
    supervisor = start(web=ENDS_WELL, worker=ENDS_WELL)
    wait_for(lambda: len(notes(tmp_path, "up")) == 2)
    supervisor.kill()
    wait_for(lambda: not any(map(is_running, notes(tmp_path, "up"))))


def test_supervisor_ends_with_its_parent(tmp_path: Path) -> None:
    shell = subprocess.Popen(
        ["sh", "-c", '"$@"; true', "sh", sys.executable, "-c", RUN, json.dumps({"web": ENDS_WELL})],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.DEVNULL,
    )
    wait_for(lambda: notes(tmp_path, "up"))
    shell.kill()
    shell.wait()
    wait_for(lambda: not any(map(is_running, notes(tmp_path, "up"))))


def run_main(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lms.supervisor", *arguments]
    environment = os.environ | {"MALAKA_DEMO": "1"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_demo_is_refused_where_others_could_reach_it(host: str) -> None:
    result = run_main("--host", host)
    assert result.returncode == 1
    assert f"not on {host}" in result.stderr


def test_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run_main("--port", str(port))
    assert result.returncode == 1
    assert f"127.0.0.1:{port} cannot be used" in result.stderr
