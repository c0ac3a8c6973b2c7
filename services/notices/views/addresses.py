"""Where public pages are reached from outside."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def public_address(request: HttpRequest, token: str) -> str:
    """The address the QR code of a grid's page leads to."""
    return outside(request, reverse("services:public_grid", args=[token]))


def outside(request: HttpRequest, path: str) -> str:
    """The address of a page for everybody: the office's own setting, else as the browser came here."""
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)


def only_here(address: str) -> bool:
    """True for an address that only this machine can open."""
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
