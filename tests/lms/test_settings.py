import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_variable_is_documented_and_none_besides() -> None:
    read = re.findall(r'env\.\w+\("([A-Z_]+)"', (ROOT / "lms" / "settings.py").read_text())
    rows = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)
    assert sorted(set(read)) == sorted(rows)
