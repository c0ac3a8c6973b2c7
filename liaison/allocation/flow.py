"""Exact min-cost flow with convex loads: targets are placed one by one along the cheapest chain of moves.

Successive shortest paths with potentials. Nodes are the holders and one more for "nobody"; the length
of an edge is the cheapest way to hand one target of a holder on to another. Whole numbers only, so it
ends by itself; a budget of steps and a cancel are for those who wait.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import pairwise

Cost = int | None
NEVER_STOP: Callable[[], bool] = lambda: False  # noqa: E731 (a constant that is a function)


@dataclass(eq=False)
class Flow:
    """A growing optimal assignment of targets to nodes.

    `links[target][node]` is a cost or None; `step(node, load)` is what the node's next target costs, never
    falling with the load, or None when it is full.
    """

    links: Sequence[Sequence[Cost]]
    step: Callable[[int, int], Cost]
    nodes: int
    budget: int | None = None  # nodes settled in all searches together
    stop: Callable[[], bool] = NEVER_STOP
    placed: list[int] = field(default_factory=list)
    loads: list[int] = field(default_factory=list)
    spent: int = 0

    def __post_init__(self) -> None:
        """Start with nobody placed."""
        self.placed = [-1] * len(self.links)
        self.loads = [0] * self.nodes
        self._nexts = [self.step(node, 0) for node in range(self.nodes)]
        self._ways: list[list[list[tuple[int, int]]]] = [
            [[] for _ in range(self.nodes)] for _ in range(self.nodes)
        ]
        self._potential = [0] * self.nodes
        self._sink = min((cost for cost in self._nexts if cost is not None), default=0)

    def run(self) -> bool:
        """Place every target; False when the budget ran out or somebody stopped it."""
        for target in range(len(self.links)):
            if (self.budget is not None and self.spent > self.budget) or self.stop():
                return False
            self._place(target)
        return True

    def _place(self, target: int) -> None:
        last, came = self._search(target)
        chain = [last]
        while came[chain[-1]] >= 0:
            chain.append(came[chain[-1]])
        self.loads[last] += 1
        self._nexts[last] = self.step(last, self.loads[last])
        for to, source in pairwise(chain):
            self._settle(self._handed_on(source, to), to)
        self._settle(target, chain[-1])

    def _search(self, target: int) -> tuple[int, list[int]]:
        """The node where the cheapest chain for `target` ends, and who hands on to whom along it."""
        potential, nexts, sink = self._potential, self._nexts, self._sink
        labels: list[Cost] = [
            None if cost is None else cost - potential[node] for node, cost in enumerate(self.links[target])
        ]
        came = [-1] * self.nodes
        done: list[int] = []
        open_nodes = [node for node in range(self.nodes) if labels[node] is not None]
        best: Cost = None
        last = -1
        while open_nodes:
            node = min(open_nodes, key=labels.__getitem__)  # type: ignore[arg-type]  # open ones have a label
            label = labels[node]
            assert label is not None  # noqa: S101 (for the type checker)
            if best is not None and label >= best:
                break
            open_nodes.remove(node)
            done.append(node)
            finish = nexts[node]
            if finish is not None:
                total = label + finish + potential[node] - sink
                if best is None or total < best:
                    best, last = total, node
            self._relax(node, label, labels, came, open_nodes, done)
        self.spent += len(done)
        if best is None:
            raise ValueError("a target without any way to go")  # "nobody" has room without end
        for node in done:
            label = labels[node]
            if label is not None and label < best:
                potential[node] += label - best
        return last, came

    def _relax(
        self,
        node: int,
        label: int,
        labels: list[Cost],
        came: list[int],
        open_nodes: list[int],
        done: list[int],
    ) -> None:
        """Shorten the labels of those `node` can hand a target on to."""
        placed, potential = self.placed, self._potential
        base = label + potential[node]
        for to, ways in enumerate(self._ways[node]):
            while ways and placed[ways[0][1]] != node:
                heappop(ways)  # handed on meanwhile
            if not ways or to in done:
                continue
            reached = base + ways[0][0] - potential[to]
            known = labels[to]
            if known is None:
                open_nodes.append(to)
            elif reached >= known:
                continue
            labels[to], came[to] = reached, node

    def _handed_on(self, source: int, to: int) -> int:
        """The target that goes from one node to another on the cheapest chain."""
        ways = self._ways[source][to]
        while self.placed[ways[0][1]] != source:
            heappop(ways)
        return ways[0][1]

    def _settle(self, target: int, node: int) -> None:
        """Note where a target is now and what handing it on would cost."""
        self.placed[target] = node
        row = self.links[target]
        here = row[node]
        assert here is not None  # noqa: S101 (for the type checker)
        for to, cost in enumerate(row):
            if cost is not None and to != node:
                heappush(self._ways[node][to], (cost - here, target))
