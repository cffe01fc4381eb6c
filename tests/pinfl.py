"""PINFLs for tests: right in structure, belonging to nobody on purpose."""

from datetime import date
from itertools import count

serials = count(1)


def make_pinfl(*, birth: str, gender: str) -> str:
    """Build 14 digits with the check digit right (facts: see accounts/pinfl.py)."""
    day = date.fromisoformat(birth)
    first = {"male": 1, "female": 2}[gender] + 2 * (day.year // 100 - 18)
    body = f"{first}{day:%d%m%y}999{next(serials) % 1000:03}"
    return body + str(sum(int(d) * w for d, w in zip(body, (7, 3, 1) * 5, strict=False)) % 10)
