from lms.formats.dotted import *  # noqa: F403  # Django reads the names from this module
