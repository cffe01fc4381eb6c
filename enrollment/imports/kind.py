"""What every kind of table has: columns, a rule who may send it, how its rows are judged and written."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from accounts.models import User
from base.errors import DomainError
from enrollment.imports.columns import Choices, Column, Heading, match_heads
from enrollment.imports.rows import Row, read_values
from enrollment.models import Import

Key = tuple[Any, ...]


class TwiceInFile(DomainError):
    code = "twice-in-file"


class DiffersInFile(DomainError):
    code = "differs-in-file"


ROW_BITS = 32


@dataclass
class Seen:
    """What the file said so far: of each key the row that said it first and what it said of it.

    A row has several keys, and a file hundreds of thousands of rows: so both are one number, and all are hashes.
    """

    first: dict[int, int] = field(default_factory=dict)

    def note(self, keys: Iterable[Key], row: int, facts: Any = None) -> None:
        mark = hash(facts) << ROW_BITS | row
        for key in keys:
            self.first.setdefault(hash(key), mark)

    def refuse_twice(self, keys: Iterable[Key], row: int, message: str) -> None:
        """Raise TwiceInFile where another row has one of the keys; `message` names that row as %(row)d."""
        for before, _facts in self._others(keys, row):
            raise TwiceInFile(message, values={"row": before})

    def refuse_other(self, keys: Iterable[Key], row: int, facts: Any, message: str) -> None:
        """Raise DiffersInFile where another row says something else of one of the keys."""
        for before, said in self._others(keys, row):
            if said != hash(facts):
                raise DiffersInFile(message, values={"row": before})

    def differs(self, keys: Iterable[Key], row: int, facts: Any) -> bool:
        """Whether another row says something else of one of the keys."""
        return any(said != hash(facts) for _row, said in self._others(keys, row))

    def _others(self, keys: Iterable[Key], row: int) -> Iterator[tuple[int, int]]:
        """The other rows that have one of the keys, each with the hash of what it said."""
        for key in keys:
            mark = self.first.get(hash(key))
            if mark is not None and (before := mark & (1 << ROW_BITS) - 1) != row:
                yield before, mark >> ROW_BITS


class Kind(ABC):
    """How the rows of one kind of table are read, judged and written.

    One object serves one pass over a file, chunk by chunk, and remembers what the file said so far. Without a user it
    only tells what may stand in a template.
    """

    name: ClassVar[str]
    columns: Sequence[Column]
    chunk: ClassVar[int] = 2_000  # rows in one transaction

    possible_duplicates = 0
    """New people of the good rows of the chunk that was judged last, who may be written down already."""

    def __init__(self, user: User | None) -> None:
        self.user = user
        self.seen = Seen()
        self.lists = self.load_lists()
        self.readers = {
            column.name: self.lists[column.choices].read if column.choices else column.read for column in self.columns
        }

    @property
    def sender(self) -> User:
        """In whose name is written."""
        assert self.user, "a template writes nothing"
        return self.user

    @staticmethod
    @abstractmethod
    def may_send(user: User) -> bool:
        """Whether the user sends tables of this kind at all; what one may write is asked of each row."""

    @abstractmethod
    def load_lists(self) -> dict[str, Choices]:
        """The lists from which cells come, by the name that columns give them."""

    @classmethod
    def of_table(cls, table: Import) -> Self:
        """What reads, judges and writes the rows of this table."""
        return cls(table.job.owner)

    def missing(self, names: Iterable[str]) -> list[Column]:
        """Columns without which no row can be good, and which are not among `names`."""
        return [column for column in self.columns if column.required and column.name not in set(names)]

    def match(self, number: int, heads: Sequence[str], memory: Mapping[str, str]) -> Heading:
        """What a row of headings means."""
        return match_heads(number, heads, self.columns, memory)

    def foreign_head(self, heading: Heading) -> str:
        """A heading that shows that this is another table; none of most kinds does."""
        return ""

    def read(self, rows: Sequence[Row]) -> None:
        for row in rows:
            read_values(row, self.columns, self.readers)

    @abstractmethod
    def recall(self, rows: Sequence[Row]) -> None:
        """Remember rows that an earlier worker has done: good ones, read already."""

    @abstractmethod
    def judge(self, rows: Sequence[Row], *, lock: bool) -> None:
        """Give each good row of a chunk its verdict and its plan; with `lock` what it will change is locked."""

    @abstractmethod
    def write(self, rows: Sequence[Row]) -> None:
        """Write what the rows of a chunk say, judged in the same transaction and good, all of them."""


def named_choices(rows: Iterable[Any]) -> Choices:
    """Choices of look-up rows, by code and by name in every language."""
    offered = list(rows)
    return Choices([(row, row.code, row.names.values()) for row in offered], offered)
