"""One of several processes that move rows of the tree at the same time; started by test_tree_writers."""

import contextlib
import os
import random
import sys
from collections.abc import Callable, Iterator

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "township.settings")
django.setup()

from grids import tree  # noqa: E402  needs the environment above
from grids.choices import Kind  # noqa: E402
from grids.models import Node  # noqa: E402


@contextlib.contextmanager
def unlocked(roots: Callable[[], set[int]]) -> Iterator[None]:
    """What tree_write would be without its lock and its transaction."""
    yield


def run(seed: int, moves: int) -> int:
    """Make `moves` random moves over all villages; returns how many the tree refused."""
    chance = random.Random(seed)
    ids = {kind: list(Node.objects.filter(kind=kind).values_list("pk", flat=True)) for kind in Kind}
    refused = 0
    for _ in range(moves):
        kind, above = chance.choice(
            [(Kind.HUB, Kind.GROUP), (Kind.MEMBER, Kind.HUB), (Kind.HOUSEHOLD, Kind.MEMBER)]
        )
        node, to = (Node.objects.get(pk=chance.choice(ids[k])) for k in (kind, above))
        try:
            tree.move(node=node, to=to)
        except tree.NotInTree:
            refused += 1
    return refused


if __name__ == "__main__":
    if sys.argv[3] == "unlocked":
        tree.tree_write = unlocked
    print("ready", flush=True)
    sys.stdin.readline()
    print(run(int(sys.argv[1]), int(sys.argv[2])))
