"""How often one address may do something: counted in memory, in each process by itself, and forgotten."""

import hashlib
from ipaddress import ip_network

from django.core.cache import cache
from django.http import HttpRequest

from township.audit import client_address


def within(request: HttpRequest, deed: str, *, most: int, seconds: int) -> bool:
    """True while the address stays under the limit; this time is counted."""
    key = f"limit:{deed}:{_whose(request)}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) <= most
    except ValueError:  # it ran out between the two lines
        return True


def _whose(request: HttpRequest) -> str:
    """The address without being it: nothing in memory names who looked. Of IPv6 the network counts."""
    address = client_address(request) or ""
    if ":" in address:
        address = str(ip_network(f"{address}/64", strict=False))
    return hashlib.sha256(address.encode()).hexdigest()[:24]
