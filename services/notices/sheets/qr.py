"""The QR code of a public page: for paper, and as a picture to take along."""

import io

import segno


def _code(address: str) -> segno.QRCode:
    return segno.make(address, error="m", micro=False)


def svg(address: str) -> bytes:
    """As drawing, sharp at any size; the quiet zone is part of it."""
    out = io.BytesIO()
    _code(address).save(out, kind="svg", border=4, scale=10, dark="#000", light="#fff")
    return out.getvalue()


def png(address: str) -> bytes:
    """As picture of some 400 dots."""
    out = io.BytesIO()
    _code(address).save(out, kind="png", border=4, scale=12)
    return out.getvalue()


def data_uri(address: str) -> str:
    """As drawing within a page of print."""
    found: str = _code(address).svg_data_uri(border=2, dark="#000", light="#fff")
    return found
