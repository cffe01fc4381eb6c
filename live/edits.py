"""Edits of a text that several people write: from one to the next, and one put after another's."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Edit:
    """From character `start` on, `gone` characters are replaced by `text`; characters are Unicode's code points."""

    start: int
    gone: int
    text: str

    @property
    def end(self) -> int:
        return self.start + self.gone

    def applied_to(self, text: str) -> str:
        return text[: self.start] + self.text + text[self.end :]

    def after(self, other: "Edit") -> "Edit | None":
        """The same edit where `other` was made first; None where both touch the same words."""
        if self == other and self.gone:
            return Edit(other.start + len(other.text), 0, "")  # both mended the same
        if self.end <= other.start and not (self._stands_with(other) and self._follows(other)):
            return self
        if other.end <= self.start:
            return replace(self, start=self.start + len(other.text) - other.gone)
        return None

    def _stands_with(self, other: "Edit") -> bool:
        return self.start == other.start and not self.gone and not other.gone

    def _follows(self, other: "Edit") -> bool:
        """Of two insertions at one place, who goes on with a line comes before who begins the next one."""
        return self.text.startswith("\n") or not other.text.startswith("\n")


def edit_between(old: str, new: str) -> Edit:
    """The one edit that makes `new` of `old`, without what is alike at both ends."""
    most = min(len(old), len(new))
    start = next((at for at in range(most) if old[at] != new[at]), most)
    alike = next((count for count in range(most - start) if old[-1 - count] != new[-1 - count]), most - start)
    return Edit(start, len(old) - start - alike, new[start : len(new) - alike])
