"""The film of a lesson as its page offers it: in which sizes, and which one whoever looks gets first."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models.fields.files import FieldFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from courses.models import Caption, Lesson, Video

CHOSEN = "film_quality"  # in the session
ORIGINAL = "original"
SMALL, LARGE = "240p", "720p"
ORDER = (SMALL, "360p", LARGE, ORIGINAL, "audio")


@dataclass(frozen=True)
class Quality:
    """One size of a film; `label` says how much it loads."""

    kind: str
    size: int
    is_chosen: bool

    @property
    def label(self) -> str:
        if self.kind == "audio":
            return _("Sound only")
        return _("As it was sent in") if self.kind == ORIGINAL else self.kind


@dataclass(frozen=True)
class Film:
    """What the player shows; addresses are `<base>film/<kind>/` and `<base>captions/<language>/`."""

    video: Video
    qualities: list[Quality]
    captions: list[Caption]
    base: str

    @property
    def chosen(self) -> Quality:
        return next(one for one in self.qualities if one.is_chosen)

    @property
    def minutes(self) -> int:
        return max(round((self.video.seconds or 0) / 60), 1)

    @property
    def url(self) -> str:
        return f"{self.base}film/{self.chosen.kind}/"


def film_of(lesson: Lesson, request: HttpRequest, *, base: str) -> Film | None:
    """The film of a lesson: three queries. What somebody chose by `?quality=` holds until they sign out."""
    if lesson.video is None:
        return None
    video = lesson.video
    sizes = dict(video.renditions.values_list("kind", "size")) | {ORIGINAL: video.size}
    asked = request.GET.get("quality", "")
    if asked in ORDER:
        request.session[CHOSEN] = asked
    kind = _choice(sizes, request.session.get(CHOSEN) or _usual(request))
    qualities = [Quality(one, sizes[one], one == kind) for one in ORDER if one in sizes]
    captions = list(video.captions.defer("text"))
    return Film(video, qualities, captions, base)


def file_of(video: Video, kind: str) -> FieldFile | None:
    """The file of one size, or the poster."""
    if kind == ORIGINAL:
        return video.file
    if kind == "poster":
        return video.poster or None
    rendition = video.renditions.filter(kind=kind).first()
    return rendition.file if rendition else None


def _choice(sizes: Mapping[str, int], wanted: str) -> str:
    """The size wanted, else the next smaller one; where there is none at all, the film as it was sent in."""
    upto = ORDER[: ORDER.index(wanted) + 1]
    return next((kind for kind in reversed(upto) if kind in sizes), ORIGINAL)


def _usual(request: HttpRequest) -> str:
    """A phone, and whoever saves data, loads the smallest size."""
    headers = request.headers
    is_phone = headers.get("Sec-CH-UA-Mobile") == "?1" or "Mobi" in headers.get("User-Agent", "")
    return SMALL if is_phone or headers.get("Save-Data") == "on" else LARGE
