"""Many are served in one go, each gets the own answer."""

import asyncio
from collections.abc import Sequence

import pytest

from live.together import MOST, Together


class Doubling:
    """Work that doubles numbers, fails for a zero among them, and remembers what it was given."""

    def __init__(self) -> None:
        self.served: list[Sequence[int]] = []
        self.together = Together(self.work)

    async def work(self, numbers: Sequence[int]) -> list[int]:
        self.served.append(numbers)
        await asyncio.sleep(0.02)
        if 0 in numbers:
            raise ValueError(numbers)
        return [2 * number for number in numbers]


def test_who_comes_at_once_is_served_together_and_the_later_next() -> None:
    async def story() -> None:
        doubling = Doubling()
        first = [asyncio.create_task(doubling.together(number)) for number in (1, 2, 3)]
        await asyncio.sleep(0.02)  # these are being served
        later = [asyncio.create_task(doubling.together(number)) for number in (4, 5)]
        assert await asyncio.gather(*first, *later) == [2, 4, 6, 8, 10]
        assert doubling.served == [[1, 2, 3], [4, 5]]

    asyncio.run(story())


def test_no_more_than_a_bound_are_served_in_one_go() -> None:
    async def story() -> None:
        doubling = Doubling()
        answers = await asyncio.gather(*(doubling.together(number) for number in range(1, 2 * MOST + 2)))
        assert answers == [2 * number for number in range(1, 2 * MOST + 2)]
        assert [len(served) for served in doubling.served] == [MOST, MOST, 1]

    asyncio.run(story())


def test_what_fails_fails_for_all_of_them_and_for_nobody_after() -> None:
    async def story() -> None:
        doubling = Doubling()
        outcomes = await asyncio.gather(doubling.together(1), doubling.together(0), return_exceptions=True)
        assert all(isinstance(outcome, ValueError) for outcome in outcomes)
        assert await doubling.together(1) == 2

    asyncio.run(story())


def test_who_does_not_wait_any_longer_keeps_nobody_waiting() -> None:
    async def story() -> None:
        doubling = Doubling()
        gone, stays = (asyncio.create_task(doubling.together(number)) for number in (1, 2))
        await asyncio.sleep(0.02)
        gone.cancel()
        assert await stays == 4
        with pytest.raises(asyncio.CancelledError):
            await gone

    asyncio.run(story())
