"""Certificates of the generated country: numbered at the end by day of issue, worded as real ones are.

A row names the file that its PDF will have; `certificates.services.papers.read_pdf` makes it when somebody opens it,
and the sweep for missing PDFs leaves 195,000 of them alone.
"""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from accounts.models import Organization, Person
from base.dates import long_date
from base.folding import fold
from certificates.codes import ALPHABET, LENGTH
from certificates.models import Credential, IssuerCounter
from certificates.services.wording import freeze_words
from courses.models import CourseVersion
from enrollment.models import Cohort, Completion, Enrollment
from reports.management.country.bulk import FLUSHED_AT_ONCE, Bulk
from reports.management.country.calendar import Calendar

SAMPLE_DAY, SAMPLE_GRADE = date(2001, 2, 3), Decimal("77.77")


@dataclass(frozen=True, slots=True)
class Paper:
    """A certificate that waits for its number."""

    day: int
    issuer: Organization
    version: CourseVersion
    completion_id: int
    code: str
    holder: str
    grade: int


class Papers:
    def __init__(self, calendar: Calendar, random: Random) -> None:
        self.calendar, self.random = calendar, random
        self.waiting: list[Paper] = []
        self.table = Bulk(
            Credential,
            *("id", "uuid", "created_at", "updated_at", "code", "completion", "issuer", "year", "sequence"),
            *("number", "snapshot", "search_key", "issued_on", "status", "reason", "pdf"),
        )
        self._wordings: dict[tuple[int, int], str] = {}

    def make_code(self) -> str:
        bits = self.random.getrandbits(5 * LENGTH)
        return "".join(ALPHABET[bits >> 5 * n & 31] for n in range(LENGTH))

    def write(self) -> None:
        """Give the numbers out, without a gap for each issuer and year, and write the rows."""
        numbers: Counter[tuple[int, int]] = Counter()
        for paper in sorted(self.waiting, key=lambda paper: (paper.day, paper.completion_id)):
            issued_on = self.calendar.dates[paper.day]
            issuer, year = paper.issuer, issued_on.year
            numbers[issuer.pk, year] += 1
            sequence = numbers[issuer.pk, year]
            number = f"{issuer.code}-{year}-{sequence:06}"
            at = self.calendar.afternoon(paper.day)
            self.table.add(
                f"{self.table.next_id()}\t{self.random.getrandbits(128):032x}\t{at}\t{at}\t{paper.code}\t"
                f"{paper.completion_id}\t{issuer.pk}\t{year}\t{sequence}\t{number}\t"
                f"{self._words(paper, number, issued_on)}\t{fold(paper.holder)}\t{issued_on}\tissued\t\t"
                f"certificates/{year}/{issuer.pk}/{paper.code}.pdf"
            )
            if len(self.table.lines) >= FLUSHED_AT_ONCE:
                self.table.flush()
        self.table.flush()
        IssuerCounter.objects.bulk_create(
            IssuerCounter(organization_id=issuer, year=year, last_number=last)
            for (issuer, year), last in numbers.items()
        )

    def _words(self, paper: Paper, number: str, issued_on: date) -> str:
        key = paper.issuer.pk, paper.version.pk
        if key not in self._wordings:
            self._wordings[key] = _sample_words(*_unsaved(paper))
        return (
            self._wordings[key]
            .replace("@CODE@", paper.code)
            .replace("@NUMBER@", number)
            .replace("@HOLDER@", paper.holder)
            .replace(str(SAMPLE_DAY), str(issued_on))
            .replace(long_date(SAMPLE_DAY, "uz"), long_date(issued_on, "uz"))
            .replace("77.77", f"{paper.grade}.00")
            .replace("77,77", str(paper.grade))
        )


def _unsaved(paper: Paper) -> tuple[Completion, str]:
    person = Person(surname="@HOLDER@", given_name="")
    cohort = Cohort(course=paper.version.course, version=paper.version, organization=paper.issuer, language="uz")
    return Completion(enrollment=Enrollment(person=person, cohort=cohort), grade=SAMPLE_GRADE), "@CODE@"


def _sample_words(completion: Completion, code: str) -> str:
    words = freeze_words(completion, code=code, number="@NUMBER@", issued_on=SAMPLE_DAY)
    text = json.dumps(words.to_json(), ensure_ascii=False)
    assert "\\" not in text, "COPY would read a backslash as an escape"
    return text
