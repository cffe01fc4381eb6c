"""What is written is read again at once, so that nothing is lost on its way out unseen."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput
from courses.interop.drafts import Draft, Item, Refusal, difference, packed


def proven(draft: Draft, write: Callable[[str], str], read: Callable[[str], Iterable[Item]]) -> str:
    """Return what `write` makes of a draft, with a note of what the format has no word for.

    Raises InvalidInput where it does not come back as it is.
    """
    plain = write("")
    said = _only(read(plain))
    change = difference(said.document, draft.document)
    if change is None and said == draft:
        return plain
    noted = write(packed(change))
    if _only(read(noted)) != draft:
        raise InvalidInput(_("This format cannot hold it so that it comes back as it is."))
    return noted


def _only(items: Iterable[Item]) -> Draft:
    item, *more = items
    if isinstance(item, Refusal) or more:
        reason = item.reason.nested if isinstance(item, Refusal) else ""
        raise InvalidInput(_("This format cannot hold it: %(reason)s"), values={"reason": reason})
    return item
