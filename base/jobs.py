"""The kinds of job; an app registers its own when it is loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from base.services.jobs import Work


@dataclass(frozen=True)
class JobKind:
    """How a kind of job is called and done; `page` is the URL name of its own page, by the job's uuid.

    `run` goes on from `work.checkpoint`, saves it as it gets on, and may be called any number of times.
    """

    label: str | Promise
    run: Callable[["Work"], None]
    page: str = "job_detail"
    minutes: int = 15  # for which one worker may be at it before it is believed to hang


KINDS: dict[str, JobKind] = {}


def register(name: str, kind: JobKind) -> None:
    KINDS[name] = kind
