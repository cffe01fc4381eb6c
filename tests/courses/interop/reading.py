"""How the tests read the files beside them."""

from pathlib import Path

from courses.interop import read_questions
from courses.interop.drafts import Draft, Item, Refusal

FILES = Path(__file__).parent / "files"


def items(name: str) -> list[Item]:
    path = FILES / name
    return list(read_questions(path.read_bytes(), name=path.name))


def by_name(found: list[Item]) -> tuple[dict[str, Draft], dict[str, Refusal]]:
    """What was read and what was refused, by name."""
    drafts = {item.title: item for item in found if isinstance(item, Draft)}
    refusals = {item.name: item for item in found if isinstance(item, Refusal)}
    assert len(drafts) + len(refusals) == len(found)
    return drafts, refusals


def only(data: str | bytes, name: str = "questions.gift") -> Draft | Refusal:
    (item,) = read_questions(data if isinstance(data, bytes) else data.encode(), name=name)
    return item
