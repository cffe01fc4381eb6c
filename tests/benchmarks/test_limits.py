"""A limit is only one if it does the whole of the work that it is the limit of."""

import shutil
import subprocess
from pathlib import Path

import pytest

from benchmarks.limits.render import draw_marks
from certificates.rendering import render_certificate
from tests.certificates.words import UZBEK


def picture(pdf: bytes, path: Path) -> bytes:
    path.write_bytes(pdf)
    command = ["pdftoppm", "-r", "60", "-singlefile", str(path), str(path.with_suffix(""))]
    subprocess.run(command, check=True)
    return path.with_suffix(".ppm").read_bytes()


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="poppler-utils is not installed")
def test_the_limit_of_rendering_draws_the_same_marks(tmp_path: Path) -> None:
    ours, limit = picture(render_certificate(UZBEK), tmp_path / "a.pdf"), picture(draw_marks(), tmp_path / "b.pdf")
    assert len(ours) == len(limit)
    differing = sum(abs(a - b) > 8 for a, b in zip(ours, limit, strict=True))
    assert differing == 0
