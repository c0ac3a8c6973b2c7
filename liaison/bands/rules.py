"""What ratios together ask of a township, in plain arithmetic and in words."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from grids.choices import BandCode, BandMode, BandScope, Kind
from grids.rules import Band, Bands

# --- how many holders a ratio asks for --------------------------------------------------------------


@dataclass(frozen=True)
class Subject:
    """What a ratio counts: targets with their unit, and who holds them with theirs."""

    code: str
    target: str
    unit: str
    holder: str
    measure: str


# Members first: everything else hangs on how many of them can serve.
SUBJECTS: Mapping[str, Subject] = {
    subject.code: subject
    for subject in (
        Subject(BandCode.MEMBER, "农户", "户", "能履职党员", "名"),
        Subject(BandCode.DENSITY, "农户", "户", "中心户（示范岗）", "个"),
        Subject(BandCode.HUB, "党员", "名", "中心户（示范岗）", "个"),
        Subject(BandCode.LEADER, "中心户（示范岗）", "个", "党小组", "个"),
        Subject(BandCode.COMMITTEE, "党小组", "个", "支部委员", "名"),
        Subject(BandCode.GENERAL_BRANCH, "网格党支部", "个", "总支班子成员", "名"),
    )
}


@dataclass(frozen=True)
class Sum:
    """One ratio over one place: so many targets, so many holders."""

    band: Band
    targets: int
    have: int

    @property
    def subject(self) -> Subject:
        """What is counted."""
        return SUBJECTS[self.band.code]

    @cached_property
    def least(self) -> int:
        """With fewer holders somebody has more than the ratio allows: ⌈targets ÷ high⌉."""
        return -(-self.targets // max(self.band.high, 1))

    @cached_property
    def most(self) -> int | None:
        """With more holders not everybody can have enough: ⌊targets ÷ low⌋; None: as many as one likes."""
        return self.targets // self.band.low if self.band.low else None

    @property
    def short(self) -> int:
        """How many holders are missing."""
        return max(self.least - self.have, 0)

    @property
    def spare(self) -> int:
        """How many holders there are more than can have enough each."""
        return 0 if self.most is None else max(self.have - max(self.most, self.least), 0)

    @property
    def state(self) -> str:
        """'under', 'ok' or 'over', as of marks."""
        return "under" if self.short else "over" if self.spare else "ok"

    @property
    def span(self) -> str:
        """734–1100; 734 and more where the ratio has no lower end; 2 where no number fits exactly."""
        if self.most is None:
            return f"{self.least} 以上"
        return f"{self.least}–{self.most}" if self.most > self.least else f"{self.least}"

    @property
    def verdict(self) -> str:
        """差 94 名, 够用, or 多 3 名（平均每名不足 10 户）."""
        measure = self.subject.measure
        if self.short:
            return f"差 {self.short} {measure}"
        if self.spare:
            each = f"平均每{measure}不足 {self.band.low} {self.subject.unit}"
            return f"多 {self.spare} {measure}（{each}）"
        return "够用"

    @property
    def sentence(self) -> str:
        """农户 11000 户 ÷ 15 = 至少 734 名能履职党员；现有 640 名，差 94 名."""
        by, what = self.subject, f"{self.subject.target} {self.targets} {self.subject.unit}"
        asked = f"{what} ÷ {self.band.high} = 至少 {self.least} {by.measure}{by.holder}"
        return f"{asked}；现有 {self.have} {by.measure}，{self.verdict}。"

    @property
    def upper(self) -> str:
        """÷ 10 = 至多 1100 名."""
        if self.most is None:
            return "没有下限，人数不封顶"
        return f"÷ {self.band.low} = 至多 {self.most} {self.subject.measure}"


@dataclass(frozen=True)
class NeedBar:
    """A sum drawn: how many there are on a scale, with the number asked for shaded."""

    sum: Sum
    WIDTH = 160  # of the drawing, in its own units

    @cached_property
    def scale(self) -> int:
        """The number at the right end: what is asked for and what there is both fit."""
        return max(self.sum.least, self.sum.most or 0, self.sum.have, 1) * 11 // 10 + 1

    @property
    def have_x(self) -> int:
        """Where what there is ends."""
        return self._at(self.sum.have)

    @property
    def need_x(self) -> int:
        """Where what is asked for begins."""
        return self._at(self.sum.least)

    @property
    def need_width(self) -> int:
        """How wide it is; a single number is still to be seen."""
        end = self.scale if self.sum.most is None else max(self.sum.most, self.sum.least)
        return max(self._at(end) - self.need_x, 3)

    @property
    def label(self) -> str:
        """The drawing in words."""
        return f"需要 {self.sum.span}，现有 {self.sum.have}，{self.sum.verdict}"

    def _at(self, number: int) -> int:
        return round(number * self.WIDTH / self.scale)


# --- two ways to count hubs -------------------------------------------------------------------------


@dataclass(frozen=True)
class HubCount:
    """Households one hub has by each of the document's two ways to count hubs."""

    around: tuple[int, int]  # by 二(二): so many households around it
    below: tuple[int, int]  # by 二(四)1: so many members with so many households each

    @property
    def agree(self) -> bool:
        """Whether one number of hubs can satisfy both."""
        return self.below[0] <= self.around[1] and self.around[0] <= self.below[1]

    @property
    def factors(self) -> tuple[str, str]:
        """How many times the one is the other, at the nearest and at the farthest corner."""
        near, far = self.below[0] / max(self.around[1], 1), self.below[1] / max(self.around[0], 1)
        return tuple(f"{round(factor, 1):g}" for factor in (near, far))  # type: ignore[return-value]


def hub_count(bands: Bands) -> HubCount:
    """The two ways, from the ratios in force."""
    around, hub, member = bands[BandCode.DENSITY], bands[BandCode.HUB], bands[BandCode.MEMBER]
    return HubCount((around.low, around.high), (hub.low * member.low, hub.high * member.high))


def hub_words(bands: Bands) -> str:
    """What the two ways ask for, and what the product makes of it."""
    found, hub, member = hub_count(bands), bands[BandCode.HUB], bands[BandCode.MEMBER]
    said = (
        f"文件里中心户有两种算法：按周边农户，{_span(found.around)} 户一个；按联系党员，一个联系"
        f" {_span((hub.low, hub.high))} 名党员、每名党员联系 {_span((member.low, member.high))} 户，"
        f"合 {_span(found.below)} 户一个。"
    )
    if found.agree:
        return f"{said}按现在的区间，两种算法可以同时做到。"
    near, far = found.factors
    return f"{said}两种算法相差 {near}–{far} 倍，不能同时做到。联系和编排都按联系党员算，户均中心户只供参考。"


def _span(ends: tuple[int, int]) -> str:
    return f"{ends[0]}–{ends[1]}"


# --- how holders stand ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """How many holders of one ratio are under it, in it, over it, and accepted outside it."""

    under: int = 0
    ok: int = 0
    over: int = 0
    accepted: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.under + self.ok + self.over + self.accepted


def tallied(states: Iterable[str]) -> Tally:
    """Count 'under', 'ok', 'over' and 'accepted'."""
    found = dict.fromkeys(("under", "ok", "over", "accepted"), 0)
    for state in states:
        found[state] += 1
    return Tally(**found)


# Whose numbers a ratio's tally counts.
HOLDERS: Mapping[str, tuple[str, str]] = {
    BandCode.DENSITY: ("网格", "个"),
    BandCode.GENERAL_BRANCH: ("总支班子成员", "名"),
    BandCode.COMMITTEE: ("支部委员", "名"),
    BandCode.LEADER: ("党小组", "个"),
    BandCode.HUB: ("中心户（示范岗）", "个"),
    BandCode.MEMBER: ("党员", "名"),
}


def tally_changes(code: str, before: Tally, after: Tally) -> list[str]:
    """超出的党员 12 → 3 名, for what a change of the ratio does; nothing where nothing moves."""
    who, unit = HOLDERS[code]
    pairs = (("超出", before.over, after.over), ("不足", before.under, after.under))
    return [f"{said}的{who} {old} → {new} {unit}" for said, old, new in pairs if old != new]


def differences(old: Band, new: Band) -> list[str]:
    """What of a ratio changes: 党员联系群众 10–15户 → 12–20户."""
    pairs = (
        ("", f"{_span((old.low, old.high))}{old.unit}", f"{_span((new.low, new.high))}{new.unit}"),
        ("编排时最多", f"{old.hard}{old.unit}", f"{new.hard}{new.unit}"),
        ("用法", BandMode(old.mode).label, BandMode(new.mode).label),
        ("编排范围", BandScope(old.scope).label, BandScope(new.scope).label),
        ("条款", old.clause, new.clause),
        ("原文", old.quote, new.quote),
    )
    return [f"{new.title}{what} {then} → {now}" for what, then, now in pairs if then != now]


# --- what can be accepted where ---------------------------------------------------------------------

# Which ratios a place of each kind is held against, as its page marks them; committees by their branch.
ACCEPTABLE: Mapping[str, tuple[str, ...]] = {
    Kind.GENERAL_BRANCH: (BandCode.GENERAL_BRANCH, BandCode.DENSITY, BandCode.HUB),
    Kind.BRANCH: (BandCode.COMMITTEE, BandCode.DENSITY, BandCode.HUB),
    Kind.GRID: (BandCode.DENSITY, BandCode.HUB),
    Kind.GROUP: (BandCode.LEADER, BandCode.DENSITY, BandCode.HUB),
    Kind.HUB: (BandCode.HUB, BandCode.DENSITY),
    Kind.MEMBER: (BandCode.MEMBER,),
}
BY_COMMITTEE = (BandCode.GENERAL_BRANCH, BandCode.COMMITTEE)

# No health data is kept (decisions 1), and reasons are where it would creep in.
_HEALTH = re.compile(r"病(?!虫)|残疾|住院|手术|癌|瘫|精神障碍|怀孕|体弱|失能|痴呆")
NO_HEALTH = "这里好像写了健康情况。系统不登记健康情况，请改写，例如“年满七十”“一人多职”“长期外出”。"


def tells_health(text: str) -> bool:
    """True where a reason speaks of somebody's health."""
    return _HEALTH.search(text) is not None
