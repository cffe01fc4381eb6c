"""Pages over WSGI: the `web` processes in production."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
application = get_wsgi_application()  # sets Django up

from lms import memory  # noqa: E402  # Django has to be set up first

memory.settle()
