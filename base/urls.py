from django.urls import path

from base import views

urlpatterns = [
    path("notices/", views.notice_list_view, name="notice_list"),
    path("notices/read/", views.notices_read_view, name="notices_read"),
    path("notices/<uuid:uuid>/", views.notice_open_view, name="notice_open"),
]
