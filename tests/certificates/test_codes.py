import pytest

from certificates.codes import ALPHABET, make_code, read_code


def test_codes_hold_eighty_random_bits() -> None:
    codes = {make_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert len(ALPHABET) ** len(codes.pop()) >= 2**80


@pytest.mark.parametrize("typed", ["7K3QX9M2VH5RTC40", "7k3q-x9m2-vh5r-tc40", " 7K3Q X9M2 VH5R TC4O\n"])
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert read_code(typed) == "7K3QX9M2VH5RTC40"


@pytest.mark.parametrize(
    "typed", ["", "7K3Q", "7K3QX9M2VH5RTC4U", "7K3QX9M2VH5RTC400", "\x00" * 16, "ў" * 16, "٣" * 16]
)
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert read_code(typed) is None
