from django.urls import path

from base import views

urlpatterns = [
    path("offline/", views.offline_view, name="offline"),
    path("worker.js", views.worker_view, name="worker"),
    path("jobs/", views.job_list_view, name="job_list"),
    path("jobs/<uuid:uuid>/", views.job_detail_view, name="job_detail"),
    path("jobs/<uuid:uuid>/cancel/", views.job_cancel_view, name="job_cancel"),
    path("jobs/<uuid:uuid>/retry/", views.job_retry_view, name="job_retry"),
    path("jobs/<uuid:uuid>/result/", views.job_result_view, name="job_result"),
    path("uploads/<uuid:uuid>/", views.upload_view, name="upload"),
    path("notices/", views.notice_list_view, name="notice_list"),
    path("notices/read/", views.notices_read_view, name="notices_read"),
    path("notices/<uuid:uuid>/", views.notice_open_view, name="notice_open"),
]
