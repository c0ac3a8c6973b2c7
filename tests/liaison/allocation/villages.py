"""Small random instances for the engine, with pins and personal bands."""

import random
from dataclasses import replace

from liaison.allocation.instance import Band, Holder, Instance, Scope, Target, Weights


def small(seed: int, most_holders: int = 6, most_targets: int = 14) -> Instance:
    """A random instance of some twenty rows, with pins, personal bands and people who are away or gone."""
    dice = random.Random(seed)
    band = Band(*sorted(dice.randint(0, 5) for _ in range(3)))
    grids = [f"G{i}" for i in range(dice.randint(1, 3))]
    holders = tuple(
        Holder(
            f"M{i:02}",
            dice.choice(grids),
            dice.randrange(200),
            dice.randrange(200),
            able=dice.random() < 0.85,
            band=_personal(dice, band) if dice.random() < 0.3 else None,
        )
        for i in range(dice.randint(0, most_holders))
    )
    codes = [holder.code for holder in holders]

    def somebody(chance: float, *others: str) -> str | None:
        return dice.choice([*codes, *others]) if codes and dice.random() < chance else None

    targets = tuple(
        Target(
            f"H{i:02}",
            dice.choice(grids),
            dice.randrange(200),
            dice.randrange(200),
            somebody(0.8, "Gone"),
            somebody(0.2, "Gone"),
            somebody(0.15),
        )
        for i in range(dice.randint(0, most_targets))
    )
    weights = Weights(
        dice.choice([0, 20, 60]), dice.choice([0, 40]), dice.choice([0, 2]), dice.choice([None, 0])
    )
    scope = dice.choice(list(Scope))
    forbidden = frozenset(
        (target.code, holder.code) for target in targets for holder in holders if dice.random() < 0.03
    )
    return Instance(scope, band, weights, holders, targets, forbidden)


def _personal(dice: random.Random, usual: Band) -> Band:
    """Each number somebody's own or everybody's, so that some stand across each other."""
    own = sorted(dice.randint(0, 4) for _ in range(3))
    return Band(*(dice.choice(pair) for pair in zip(own, (usual.low, usual.high, usual.hard), strict=True)))


def accepted(instance: Instance, links: dict[str, str | None]) -> Instance:
    """The same village after these links have become the current ones."""
    return replace(instance, targets=tuple(replace(t, current=links[t.code]) for t in instance.targets))
