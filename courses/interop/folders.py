"""Folders of questions as Moodle writes them: `$course$/top/Cutting/By hand`, a slash in a name as two."""

import re

SLASH = re.compile(r"(?<!/)/(?!/)")
ROOT = re.compile(r"^\$\w+\$/?")


def read_folder(path: str) -> tuple[str, ...]:
    names = [name.replace("//", "/").strip() for name in SLASH.split(ROOT.sub("", path.strip()))]
    return tuple(name for place, name in enumerate(names) if name and not (place == 0 and name == "top"))


def written_folder(folder: tuple[str, ...]) -> str:
    return "/".join(["$course$", "top", *(name.replace("/", "//") for name in folder)])
