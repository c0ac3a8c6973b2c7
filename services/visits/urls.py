"""Addresses of visits."""

from django.urls import path

from services.visits.views import diary, grids, lists, matters, photos, rounds, visits

urlpatterns = [
    path("visits/", lists.register, {"code": "visits"}, name="visits"),
    path("matters/", lists.register, {"code": "matters"}, name="matters"),
    path("visits/new/", visits.visit_new, name="visit_new"),
    path("visits/<int:pk>/", visits.visit, name="visit"),
    path("visits/<int:pk>/edit/", visits.visit_edit, name="visit_edit"),
    path("visits/<int:pk>/callback/", visits.visit_callback, name="visit_callback"),
    path("visits/<int:pk>/photos/", photos.photo_add, name="visit_photo_add"),
    path("visits/photos/<int:pk>/", photos.photo, name="visit_photo"),
    path("visits/photos/<int:pk>/remove/", photos.photo_remove, name="visit_photo_remove"),
    path("matters/new/", matters.matter_new, name="matter_new"),
    path("matters/<int:pk>/", matters.matter, name="matter"),
    path("matters/<int:pk>/edit/", matters.matter_edit, name="matter_edit"),
    path("matters/<int:pk>/step/", matters.matter_step, name="matter_step"),
    path("visits/events/new/", grids.event_new, name="event_new"),
    path("visits/events/<int:pk>/", grids.event, name="event"),
    path("visits/checks/new/", grids.check_new, name="check_new"),
    path("visits/checks/<int:pk>/", grids.check, name="check"),
    path("visits/plans/new/", grids.plan_new, name="plan_new"),
    path("visits/plans/<int:pk>/", grids.plan, name="plan"),
    path("visits/plans/<int:pk>/end/", grids.plan_end, name="plan_end"),
    path("visits/homes/<int:pk>/", grids.home, name="home"),
    path("visits/homes/<int:pk>/pace/", grids.home_pace, name="home_pace"),
    path("visits/coverage/", rounds.coverage, name="coverage"),
    path("visits/coverage/<str:format>/", rounds.coverage_file, name="coverage_file"),
    path("visits/walk/", rounds.walk, name="walk"),
    path("visits/walk/<str:format>/", rounds.walk_file, name="walk_file"),
    path("visits/leave/<int:pk>/", rounds.leave, name="leave"),
    path("visits/leave/<int:pk>/<str:format>/", rounds.leave_file, name="leave_file"),
    path("visits/diary/", diary.diary, name="diary"),
    path("visits/diary/<str:paper>/", diary.diary_file, name="diary_file"),
    path("visits/diary/<int:pk>/<str:month>/", diary.diary_remark, name="diary_remark"),
    path("visits/list/<str:code>/", lists.register, name="register"),
    path("visits/list/<str:code>/<str:format>/", lists.register_file, name="register_file"),
]
