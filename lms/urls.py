from django.contrib import admin
from django.urls import include, path

from lms.api import api
from lms.home.appearance import set_theme_view
from lms.home.styleguide import styleguide_view

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("styleguide/", styleguide_view, name="styleguide"),
    path("theme/", set_theme_view, name="set_theme"),
]
