"""Where the front end's files are."""

from functools import lru_cache

from whitenoise.storage import CompressedManifestStaticFilesStorage


class AssetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise comes without types
    """Works the address of a file out once: a page names several, and they stay while a process lives."""

    url = lru_cache(maxsize=1024)(CompressedManifestStaticFilesStorage.url)
