"""Doing for many in one go what each would ask for alone."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

GATHER_SECONDS = 0.01  # for those who come within a moment of the first
MOST = 64  # that are served in one go

One = TypeVar("One")
Answer = TypeVar("Answer")


class Together(Generic[One, Answer]):
    """Serves those who come within a moment, or while others are served, in one go: a thread and its statements of SQL
    cost for all what they cost for one.

    `work` answers each of those it is given, in their order; what it raises, all of them get.
    """

    def __init__(self, work: Callable[[Sequence[One]], Awaitable[Sequence[Answer]]]) -> None:
        self._work = work
        self._waiting: list[tuple[One, asyncio.Future[Answer]]] = []
        self._working: asyncio.Task[None] | None = None

    async def __call__(self, one: One) -> Answer:
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, answer))
        if self._working is None:
            self._working = asyncio.create_task(self._serve())
        return await answer

    async def _serve(self) -> None:
        try:
            await asyncio.sleep(GATHER_SECONDS)
            while self._waiting:
                served, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._answer(served)
        finally:
            self._working = None

    async def _answer(self, served: Sequence[tuple[One, "asyncio.Future[Answer]"]]) -> None:
        try:
            answers = await self._work([one for one, _waits in served])
        except Exception as error:
            for _one, waits in served:
                if not waits.done():
                    waits.set_exception(error)
            return
        for (_one, waits), answer in zip(served, answers, strict=True):
            if not waits.done():  # nobody waits any longer
                waits.set_result(answer)
