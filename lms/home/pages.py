"""Pages that only speak: about Malaka, and about what is kept of people."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

# (name, licence, address), in the order of the alphabet; what the pages and papers are made with.
LIBRARIES = (
    ("Celery", "BSD-3-Clause", "https://docs.celeryq.dev/"),
    ("Channels", "BSD-3-Clause", "https://channels.readthedocs.io/"),
    ("cryptography", "Apache-2.0 / BSD-3-Clause", "https://cryptography.io/"),
    ("daisyUI", "MIT", "https://daisyui.com/"),
    ("DejaVu Sans, DejaVu Serif", "Bitstream Vera License", "https://dejavu-fonts.github.io/"),
    ("Django", "BSD-3-Clause", "https://www.djangoproject.com/"),
    ("django-allauth", "MIT", "https://allauth.org/"),
    ("django-ninja", "MIT", "https://django-ninja.dev/"),
    ("htmx", "0BSD", "https://htmx.org/"),
    ("Lucide", "ISC", "https://lucide.dev/"),
    ("nh3", "MIT", "https://nh3.readthedocs.io/"),
    ("phonenumbers", "Apache-2.0", "https://github.com/daviddrysdale/python-phonenumbers"),
    ("PostgreSQL, psycopg", "PostgreSQL License, LGPL-3.0", "https://www.psycopg.org/"),
    ("ReportLab", "BSD-3-Clause", "https://www.reportlab.com/"),
    ("segno", "BSD-3-Clause", "https://segno.readthedocs.io/"),
    ("Tailwind CSS", "MIT", "https://tailwindcss.com/"),
    ("Unfold", "MIT", "https://unfoldadmin.com/"),
    ("Uvicorn", "BSD-3-Clause", "https://www.uvicorn.org/"),
    ("WhiteNoise", "MIT", "https://whitenoise.readthedocs.io/"),
)


@require_safe
def about_view(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/about.html", {"libraries": LIBRARIES})


@require_safe
def privacy_view(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/privacy.html")
