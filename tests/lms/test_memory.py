"""A process starts with all of its code loaded, and out of the garbage collector's rounds."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

PROGRAM = """
import gc, sys
from {module} import application
print("enrollment.views.referrals" in sys.modules, gc.get_freeze_count() > 100_000)
"""


@pytest.mark.parametrize("module", ["lms.wsgi", "lms.asgi"])
def test_a_process_settles_before_it_answers(module: str, tmp_path: Path) -> None:
    environment = os.environ | {"MALAKA_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "lms.settings"}
    command = [sys.executable, "-c", PROGRAM.format(module=module)]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
