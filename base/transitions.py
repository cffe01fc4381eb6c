"""The one gate for a state column: a table of legal moves, asked before each move."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from base.errors import IllegalMove

Transitions = Mapping[str, frozenset[str]]


def check_move(transitions: Transitions, from_status: str, to_status: str) -> None:
    """Raise IllegalMove unless `transitions` lets `from_status` become `to_status`."""
    if to_status not in transitions.get(from_status, frozenset()):
        raise IllegalMove(
            _("This cannot become “%(to)s”: it is “%(from)s” now.") % {"to": to_status, "from": from_status}
        )
