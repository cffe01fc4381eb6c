"""What one certificate says: every printed word, frozen in the language of issue, and the facts behind them."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One captioned fact, such as "Length" and "72 hours"."""

    caption: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateWords:
    """Everything that is printed; nothing else may reach the paper.

    The first block holds facts as data, for the verification page and the API; the second holds words
    already in `language`. `details` come in printing order, at most four.
    """

    code: str
    number: str
    language: str
    issued_on: date
    issuer: str
    holder: str
    course: str
    hours: int
    grade: Decimal | None
    profession_code: str

    title: str
    awarded_to: str
    achievement: str
    details: tuple[Detail, ...]
    number_line: str
    place_and_date: str
    signatory_post: str
    signatory_name: str
    verify_note: str
    verify_url: str

    def to_json(self) -> dict[str, Any]:
        """The snapshot as plain JSON values."""
        return asdict(self) | {
            "issued_on": self.issued_on.isoformat(),
            "grade": None if self.grade is None else str(self.grade),
            "details": [asdict(detail) for detail in self.details],
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The snapshot that `to_json` stored. Raises TypeError or KeyError where it is not one."""
        grade = stored["grade"]
        return cls(
            **stored
            | {
                "issued_on": date.fromisoformat(stored["issued_on"]),
                "grade": None if grade is None else Decimal(grade),
                "details": tuple(Detail(**detail) for detail in stored["details"]),
            }
        )
