"""A file of each format to look at and to begin with: one small GIFT file, written anew as each of the others."""

from io import BytesIO
from pathlib import Path

from courses.interop import FORMATS
from courses.interop.drafts import Draft

HERE = Path(__file__).parent
LANGUAGE = "uz"


def sample(form: str) -> tuple[str, bytes]:
    """The name and the content of the sample of a format."""
    written = FORMATS[form]
    if written.write is None:
        return "malaka-sample.txt", (HERE / "sample.txt").read_bytes()
    drafts = FORMATS["gift"].read((HERE / "sample.gift").read_bytes(), LANGUAGE)
    file = BytesIO()
    written.write(file, [draft for draft in drafts if isinstance(draft, Draft)], LANGUAGE, lambda _item: None)
    return f"malaka-sample.{written.ending}", file.getvalue()
