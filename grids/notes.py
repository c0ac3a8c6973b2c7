"""Notes the system adds to a 备注 cell, in marks of their own, so that a roster loaded again drops them."""

import re

_NOTE = re.compile(r"\s*〔[^〔〕]*〕")


def annotated(remark: str, *notes: str) -> str:
    """Somebody's remark followed by the system's notes: 常年在外〔联系16户，超1户〕."""
    return remark + "".join(f"〔{note}〕" for note in notes if note)


def bare(text: str) -> str:
    """The remark without the system's notes, as it was typed."""
    return _NOTE.sub("", text).strip()
