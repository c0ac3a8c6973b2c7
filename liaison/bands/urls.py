"""Addresses of the ratios, within liaison."""

from django.urls import path

from liaison.bands.views import exceptions, own, ratios

urlpatterns = [
    path("", ratios.bands, name="bands"),
    path("<int:year>/edit/", ratios.bands_edit, name="bands_edit"),
    path("own/", own.own_bands, name="own_bands"),
    path("own/add/", own.own_band_add, name="own_band_add"),
    path("own/<int:pk>/edit/", own.own_band_edit, name="own_band_edit"),
    path("own/<int:pk>/end/", own.own_band_end, name="own_band_end"),
    path("exceptions/", exceptions.exceptions, name="exceptions"),
    path("exceptions/add/", exceptions.exception_add, name="exception_add"),
    path("exceptions/<int:pk>/confirm/", exceptions.exception_confirm, name="exception_confirm"),
    path("exceptions/<int:pk>/decline/", exceptions.exception_decline, name="exception_decline"),
    path("exceptions/<int:pk>/end/", exceptions.exception_end, name="exception_end"),
]
