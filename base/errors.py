"""What a service says when it refuses: one class for each refusal, stating the fact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _


def filled_in(message: str, values: Mapping[str, Any]) -> str:
    """A message with the values of its placeholders."""
    return message % values if values else message


def said_again(message: str, values: Mapping[str, Any]) -> str:
    """A message that was kept in its source words, in the language of whoever reads it now.

    A value may be such a message itself: `[message, values]`.
    """
    told = {name: said_again(*value) if isinstance(value, list) else value for name, value in values.items()}
    return filled_in(gettext(message), told) if message else ""


@dataclass(frozen=True)
class Reason:
    """A message as it is kept: its source words and the values of its placeholders. Told in the reader's language."""

    message: str
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return said_again(self.message, self.values)

    @property
    def nested(self) -> list[Any]:
        """As a value of another message."""
        return [self.message, dict(self.values)]


def reason(message: str | Promise, **values: Any) -> Reason:
    """Keep a message that is not translated yet."""
    with override("en"):
        return Reason(str(message), values)


class DomainError(Exception):
    """A refusal by a rule of the domain, in words for the reader.

    `code` names the kind for programs (api.md), `status` is the HTTP status that fits: 409 where the state forbids it,
    422 where the input is wrong. `links`, name and address, lead pages to what it speaks of.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    message: ClassVar[str | Promise] = _("This is not possible now.")
    links: Sequence[tuple[str, str]] = ()

    def __init__(
        self,
        message: str | Promise | None = None,
        *,
        field: str | None = None,
        code: str | None = None,
        values: Mapping[str, Any] | None = None,
        **facts: Any,
    ) -> None:
        """Refuse with `message`; `field` is the input to mend, `facts` go to programs as members of the problem.

        `values` of the placeholders of `message` are given apart where it may be told later, in another language.
        """
        super().__init__(message or self.message)
        self.values = values or {}
        self.field = field
        self.facts = facts
        if code:
            self.code = code  # type: ignore[misc]  # one refusal may name finer kinds, as PINFL errors do

    def __str__(self) -> str:
        return said_again(str(self.args[0]), self.values)

    @property
    def source(self) -> str:
        """The message as the code has it, for what is kept and told later."""
        with override("en"):
            return str(self.args[0])

    @property
    def reason(self) -> Reason:
        """The refusal as it is kept."""
        return Reason(self.source, self.values)


class InvalidInput(DomainError):
    """The input itself is wrong; `field` names the one to mend."""

    code = "invalid"
    status = 422


class IllegalMove(DomainError):
    """The state does not allow this move."""

    code = "illegal-move"
