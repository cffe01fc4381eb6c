"""What is kept from the linters says why."""

import re
from pathlib import Path

from django.conf import settings

FOLDERS = ("lms", "reports", "certificates", "live", "learning", "enrollment", "courses", "accounts", "base")
SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore)(?![^#\n]*#\s*\S)")


def test_every_suppression_carries_its_reason() -> None:
    folders = [settings.BASE_DIR / name for name in (*FOLDERS, "benchmarks", "tests")]
    files: list[Path] = [path for folder in folders for path in folder.rglob("*.py")]
    bare = [
        f"{path.relative_to(settings.BASE_DIR)}:{number}"
        for path in files
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if SUPPRESSION.search(line)
    ]
    assert not bare, bare
