import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
S3 = {
    "MALAKA_S3_BUCKET": "malaka",
    "MALAKA_S3_ENDPOINT": "https://s3.example",
    "MALAKA_S3_ACCESS_KEY": "who",
    "MALAKA_S3_SECRET_KEY": "secret",
}
TOLD = """
import django, json
django.setup()
from django.conf import settings
from django.core.files.storage import default_storage, storages
print(json.dumps({
    "storage": type(storages["default"]).__name__,
    "url": default_storage.url("a b.mp4"),
    "media": settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["media-src"],
}))
"""


def told(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in S3}
    environment |= {"DJANGO_SETTINGS_MODULE": "lms.settings", "MALAKA_VAR": str(folder)} | variables
    return subprocess.run(
        [sys.executable, "-c", TOLD], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_every_variable_is_documented_and_none_besides() -> None:
    read = re.findall(r'env\.\w+\("([A-Z0-9_]+)"', (ROOT / "lms" / "settings.py").read_text())
    rows = re.findall(r"^\| (`.+?`) \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)
    assert sorted(set(read)) == sorted(re.findall(r"`([A-Z0-9_]+)`", " ".join(rows)))


def test_files_lie_on_this_machine_unless_a_bucket_is_named(tmp_path: Path) -> None:
    found = json.loads(told(tmp_path).stdout)
    assert (found["storage"], found["media"]) == ("FileSystemStorage", ["'self'"])


def test_files_lie_in_a_bucket_and_are_handed_out_by_signed_addresses(tmp_path: Path) -> None:
    found = json.loads(told(tmp_path, **S3).stdout)
    assert found["storage"] == "S3Storage"
    assert found["url"].startswith("https://s3.example/malaka/a%20b.mp4?")
    assert "X-Amz-Signature=" in found["url"]
    assert found["media"] == ["'self'", "https://s3.example"]


def test_bucket_without_its_store_is_refused(tmp_path: Path) -> None:
    answer = told(tmp_path, MALAKA_S3_BUCKET="malaka", MALAKA_S3_ENDPOINT="")
    assert answer.returncode != 0
    assert "MALAKA_S3_BUCKET needs MALAKA_S3_ENDPOINT" in answer.stderr
