"""A limit is only one if it does the whole of the work that it is the limit of."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory, override_settings

from benchmarks.limits import statistics
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


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_limit_of_the_statistics_shows_every_row_and_cell(rf: RequestFactory) -> None:
    lines = [("Qism", [12, 1034, *range(8), 2.5]), ("Jami", [None, *range(9), None])]
    statistics.fill_tables({"x": (lines, [("a", "b", "c")]), "y": ([], [])})
    request = rf.get("/")
    request.user = AnonymousUser()
    with override_settings(ROOT_URLCONF="benchmarks.limits.urls", TEMPLATES=limit_templates()):
        html = statistics.statistics_view(request, "x").content.decode()
    assert html.count("<tr>") == 3
    assert html.count("<td>") == 24
    assert html.count("<span>") == 3


def limit_templates() -> list[dict[str, Any]]:
    folder = settings.BASE_DIR / "benchmarks" / "limits" / "templates"
    return [settings.TEMPLATES[0] | {"DIRS": [folder]}]
