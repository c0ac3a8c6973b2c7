"""How often one address may do something: counted in memory, in each process by itself, and forgotten."""

import hashlib
from ipaddress import ip_network

from django.core.cache import cache
from django.http import HttpRequest

from township.audit import client_address


def within(request: HttpRequest, deed: str, *, most: int, seconds: int) -> bool:
    """True while the address stays under the limit; this time is counted."""
    key = f"limit:{deed}:{hashlib.sha256(network(request).encode()).hexdigest()[:24]}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) <= most
    except ValueError:  # it ran out between the two lines
        return True


def network(request: HttpRequest) -> str:
    """Where it comes from, of IPv6 the network; never kept but as a digest, as nothing names who looked."""
    address = client_address(request) or ""
    return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address
