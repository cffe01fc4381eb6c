from hypothesis import given
from hypothesis import strategies as st

from courses.drawing import Source, draw, shortages

SOURCES = st.dictionaries(
    st.integers(0, 20),
    st.builds(Source, st.integers(1, 5), st.lists(st.integers(0, 15), unique=True)),
    max_size=6,
)


@given(SOURCES, st.text())
def test_nothing_is_drawn_twice_and_what_is_promised_is_kept(sources: dict[int, Source], seed: str) -> None:
    drawn = draw(sources, seed=seed)
    everything = [one for some in drawn.values() for one in some]
    assert len(everything) == len(set(everything))
    assert all(set(some) <= set(sources[key].pool) for key, some in drawn.items())
    if not shortages(sources):
        assert all(len(some) == sources[key].count for key, some in drawn.items())
    assert draw(sources, seed=seed) == drawn


def test_a_fixed_question_is_not_drawn_as_well() -> None:
    assert draw({1: Source(2, [7, 8, 9]), 2: Source(1, [8])}, seed="x")[2] == [8]
    assert shortages({1: Source(3, [7, 8, 9]), 2: Source(1, [8])}) == {1: 2}


def test_another_seed_draws_others() -> None:
    source = {1: Source(5, list(range(100)))}
    assert len({tuple(draw(source, seed=str(n))[1]) for n in range(20)}) > 15
