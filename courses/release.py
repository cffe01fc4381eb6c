"""Whether what opens after each other ever opens: the way through a course may not lead in a circle."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter


@dataclass(frozen=True)
class Wait:
    """One lesson or module (by id) waits for one lesson or module."""

    lesson: int | None
    module: int | None
    after_lesson: int | None
    after_module: int | None


def goes_in_circle(modules: Mapping[int, int], waits: Iterable[Wait]) -> bool:
    """Whether some lesson would wait for itself; `modules` has the module of each lesson.

    A lesson opens with its module, and a module is done with its lessons.
    """
    graph: dict[tuple[str, int], set[tuple[str, int]]] = {}
    for lesson, module in modules.items():
        graph.setdefault(("lesson", lesson), set()).add(("opening", module))
        graph.setdefault(("done", module), set()).add(("lesson", lesson))
    for wait in waits:
        waiting = ("lesson", wait.lesson) if wait.lesson else ("opening", wait.module or 0)
        first = ("lesson", wait.after_lesson) if wait.after_lesson else ("done", wait.after_module or 0)
        graph.setdefault(waiting, set()).add(first)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        return True
    return False
