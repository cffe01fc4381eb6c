"""Drawing one certificate: ours lays it out from its snapshot, the limit writes the same marks where they are known."""

from collections.abc import Iterator

from benchmarks.limits.render import draw_marks
from benchmarks.measuring import Result, compare
from certificates.rendering import render_certificate
from tests.certificates.words import UZBEK


def results() -> Iterator[Result]:
    yield compare("render", ours=lambda: render_certificate(UZBEK), limit=draw_marks, at_most=1.3)
