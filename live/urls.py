from django.urls import path

from live.views import minutes, room, schedule

app_name = "live"

urlpatterns = [
    path("live/<uuid:uuid>/", room.room_view, name="room"),
    path("live/<uuid:uuid>/do/<slug:op>/", room.act_view, name="act"),
    path("live/<uuid:uuid>/end/", room.end_view, name="end"),
    path("live/<uuid:uuid>/minutes/", minutes.minutes_view, name="minutes"),
    path("live/<uuid:uuid>/minutes/<uuid:enrollment>/", minutes.correct_view, name="minutes_correct"),
    path("live/<uuid:uuid>/edit/", schedule.session_edit_view, name="session_edit"),
    path("live/<uuid:uuid>/cancel/", schedule.session_cancel_view, name="session_cancel"),
    path("live/cohort/<uuid:uuid>/", room.cohort_view, name="cohort"),
    path("live/cohort/<uuid:uuid>/lesson/<uuid:lesson>/", room.cohort_view, name="lesson"),
    path("cohorts/<uuid:uuid>/live/", schedule.session_list_view, name="session_list"),
    path("cohorts/<uuid:uuid>/live/new/", schedule.session_new_view, name="session_new"),
]
