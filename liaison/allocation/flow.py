"""Exact min-cost flow with convex loads: targets are placed one by one along the cheapest chain of moves.

Successive shortest paths with potentials. Nodes are the holders and one more for "nobody"; the length
of an edge is the cheapest way to hand one target of a holder on to another. Whole numbers only, so it
ends by itself; each placement is optimal for the targets placed so far, whatever their order.
"""

from collections.abc import Callable, Mapping
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import NamedTuple

Cost = int | None
Row = Mapping[int, int]  # what each node would cost a target; nodes it may not go to are missing
Ways = dict[int, list[tuple[int, int]]]  # by receiving node: (price of handing on, target), a heap


class _Chain(NamedTuple):
    """Where the cheapest chain for a target ends, and how the search came there."""

    cost: int
    last: int
    came: Mapping[int, int]
    labels: Mapping[int, int]
    settled: list[int]


class Flow:
    """A growing optimal assignment of targets to nodes.

    `step(node, load)` is what the node's next target costs, never falling with the load, None when it is
    full. `spent` counts the nodes settled in all searches together.
    """

    def __init__(self, step: Callable[[int, int], Cost], nodes: int) -> None:
        """Start with nobody placed."""
        self.step = step
        self.placed: dict[int, int] = {}
        self.spent = 0
        self._rows: dict[int, Row] = {}
        self._loads = [0] * nodes
        self._nexts = [step(node, 0) for node in range(nodes)]
        self._sink = min((cost for cost in self._nexts if cost is not None), default=0)
        self._potential = [0] * nodes
        self._held: list[set[int]] = [set() for _ in range(nodes)]
        self._ways: list[Ways] = [{} for _ in range(nodes)]
        self._cheapest: list[dict[int, int]] = [{} for _ in range(nodes)]  # the first of each way
        self._wider: Callable[[int], Row] | None = None
        self._gap = 0
        self._narrow: set[int] = set()  # nodes whose targets' new links have no price yet

    def place(self, target: int, row: Row, limit: Cost = None) -> bool:
        """Place one more target, unless nobody has room or it costs `limit` more than its cheapest link."""
        self._rows[target] = row
        chain = self._search(row)
        if chain is None or (limit is not None and chain.cost - min(row.values()) >= limit):
            return False
        best = chain.cost - self._sink
        for node in chain.settled:
            if chain.labels[node] < best:
                self._potential[node] += chain.labels[node] - best
        self._move(target, chain)
        return True

    def widen(self, row_of: Callable[[int], Row], gap: int) -> None:
        """From now on targets may also go where `row_of` says, for at least `gap` more than it costs now.

        A node's new links are priced when a search reaches out so far. For whoever calls it to make sure: no
        chain over the new links makes the targets placed so far cheaper.
        """
        self._wider, self._gap = row_of, gap
        self._narrow = set(range(len(self._held)))

    def _search(self, row: Row) -> _Chain | None:
        potential, nexts, sink = self._potential, self._nexts, self._sink
        labels = {node: cost - potential[node] for node, cost in row.items()}
        came: dict[int, int] = {}
        settled: list[int] = []
        waiting = [(label, node) for node, label in labels.items()]
        heapify(waiting)
        best: Cost = None
        last = -1
        while waiting:
            label, node = heappop(waiting)
            if best is not None and label >= best:
                break
            if node < 0:
                node = ~node
                self._open(node)
            elif label > labels[node]:
                continue  # a shorter way was found meanwhile
            else:
                settled.append(node)
                total = label + potential[node] - sink
                finish = nexts[node]
                if finish is not None and (best is None or total + finish < best):
                    best, last = total + finish, node
                if node in self._narrow:
                    heappush(waiting, (label + potential[node] + self._gap, ~node))
            base = labels[node] + potential[node]
            for to, price in self._cheapest[node].items():
                reached = base + price - potential[to]
                if (best is None or reached < best) and (to not in labels or reached < labels[to]):
                    labels[to], came[to] = reached, node
                    heappush(waiting, (reached, to))
        self.spent += len(settled)
        return None if best is None else _Chain(best + sink, last, came, labels, settled)

    def _open(self, node: int) -> None:
        """Price the new links of a node's targets."""
        self._narrow.discard(node)
        for target in self._held[node]:
            self._offer(target, node)
        self._refresh(node)

    def _move(self, target: int, chain: _Chain) -> None:
        """Hand on along the chain, from its end to the new target."""
        nodes = [chain.last]
        while nodes[-1] in chain.came:
            nodes.append(chain.came[nodes[-1]])
        self._loads[chain.last] += 1
        self._nexts[chain.last] = self.step(chain.last, self._loads[chain.last])
        for to, source in pairwise(nodes):
            given = self._ways[source][to][0][1]
            self._held[source].remove(given)
            self._take(given, to)
        self._take(target, nodes[-1])
        for node in nodes:
            self._refresh(node)

    def _take(self, target: int, node: int) -> None:
        self.placed[target] = node
        self._held[node].add(target)
        self._offer(target, node)

    def _offer(self, target: int, node: int) -> None:
        """Note what handing `target` on would cost its node."""
        row = self._rows[target]
        if self._wider is not None and (node not in self._narrow or node not in row):
            row = self._wider(target)
        ways, here = self._ways[node], row[node]
        for to, cost in row.items():
            if to != node:
                heappush(ways.setdefault(to, []), (cost - here, target))

    def _refresh(self, node: int) -> None:
        """Forget what the node has handed on itself."""
        placed, cheapest = self.placed, self._cheapest[node]
        for to, way in self._ways[node].items():
            while way and placed[way[0][1]] != node:
                heappop(way)
            if way:
                cheapest[to] = way[0][0]
            else:
                cheapest.pop(to, None)
