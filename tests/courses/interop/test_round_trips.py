from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.interop import FORMATS
from courses.interop.drafts import Draft, Item, Refusal
from courses.questions import KINDS
from tests.courses.interop.strategies import drafts

CARRIED = {
    "moodle-xml": set(KINDS),
    "gift": set(KINDS) - {"ordering", "hot-spot", "file"},
    "csv": set(KINDS) - {"hot-spot"},
    "xlsx": set(KINDS) - {"hot-spot"},
}


def through(form: str, drafted: list[Draft], language: str = "uz") -> tuple[list[Draft], list[Item]]:
    """What was written, and what is read of it again."""
    file, told = BytesIO(), list[Item]()
    write = FORMATS[form].write
    assert write
    write(file, drafted, language, told.append)
    assert len(told) == len(drafted)
    said = [item for item in told if isinstance(item, Draft)]
    assert all(item.name and item.reason for item in told if isinstance(item, Refusal))
    if not said:
        return said, []
    return said, list(FORMATS[form].read(file.getvalue(), language))


@pytest.mark.parametrize("form", ["moodle-xml", "gift"])
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_what_is_written_comes_back(form: str, kind: str, data: st.DataObject) -> None:
    drafted = data.draw(drafts(kind))
    written, again = through(form, [drafted])
    assert again == written
    if kind not in CARRIED[form]:
        assert not written


@given(st.lists(st.sampled_from(sorted(CARRIED["csv"])).flatmap(drafts), min_size=3, max_size=6))
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_tables_come_back(form: str, drafted: list[Draft]) -> None:
    written, again = through(form, drafted)
    assert again == written
