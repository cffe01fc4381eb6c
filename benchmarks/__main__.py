"""`python -m benchmarks [name …]`: run the benchmarks, print a table, fail where a ratio is above its bound."""

import argparse
import importlib
import os
import sys
from collections.abc import Iterable, Sequence
from keyword import iskeyword
from pathlib import Path

import django

from benchmarks.measuring import Result, write_results

# Each name is a module of this package with a function `results()` that yields its Results.
NAMES = (
    "render",
    "page",
    "answer",
    "storm",
    "report",
    "statistics",
    "rollup",
    "growth",
    "import",
    "weight",
    "fanout",
    "join",
)


def table(results: Iterable[Result]) -> str:
    head = f"{'':<28}{'ours':>10}{'limit':>10}  {'unit':<14}{'ratio':>7}{'at most':>9}"
    lines = [
        f"{result.name:<28}{result.ours:>10.3f}{result.limit:>10.3f}  {result.unit:<14}{result.ratio:>7.2f}"
        f"{result.at_most:>9.2f}{'' if result.holds else '  too slow'}"
        for result in results
    ]
    return "\n".join([head, *lines])


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"one or more of: {', '.join(NAMES)}")
    chosen = parser.parse_args(arguments).names or NAMES
    if unknown := set(chosen) - set(NAMES):
        parser.error(f"there is no benchmark called {', '.join(sorted(unknown))}")
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()
    from django.conf import settings

    results: list[Result] = []
    for name in chosen:
        results += (measured := list(importlib.import_module(f"benchmarks.{name}{'_' * iskeyword(name)}").results()))
        write_results(measured, Path(settings.VAR_DIR) / "bench" / f"{name}.json")
    print(table(results))
    return 0 if all(result.holds for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
