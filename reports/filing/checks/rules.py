"""The nineteen cross-check rules as data (domain 5): severity, clause, words, and each way to break them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

BLOCK, WARN, HINT = "block", "warn", "hint"
JUMP = 20  # percent against the last accepted submission
LARGEST_COMMITTEE = 7


@dataclass(frozen=True)
class Severity:
    """How heavy a finding weighs, with its sign and what follows from it."""

    code: str
    sign: str
    title: str
    badge: str
    rank: int


def is_jump(before: int, now: int) -> bool:
    """True when a number moved by more than JUMP percent."""
    return abs(now - before) * 100 > before * JUMP


def change_words(before: int, now: int) -> str:
    """增加25%, 减少10%, 上次为0."""
    if before == 0:
        return "上次为0"
    return f"{'增加' if now > before else '减少'}{round(abs(now - before) * 100 / before)}%"


SEVERITIES: Mapping[str, Severity] = {
    one.code: one
    for one in (
        Severity(BLOCK, "✖", "须改正", "state-error", 0),
        Severity(WARN, "!", "要说明", "state-warning", 1),
        Severity(HINT, "·", "提示", "state-same", 2),
    )
}


@dataclass(frozen=True)
class Case:
    """One way to break a rule, and the sentence that says so with names."""

    severity: str
    message: str


@dataclass(frozen=True)
class Check:
    """One rule. `waits` names registers still to be built, `held_by` what makes it impossible to break."""

    number: int
    severity: str
    title: str
    clause: str
    message: str
    cases: Mapping[str, Case] = field(default_factory=dict)
    waits: str = ""
    held_by: str = ""

    @property
    def code(self) -> str:
        """K05."""
        return f"K{self.number:02d}"

    @property
    def weight(self) -> Severity:
        """The severity with its sign and words."""
        return SEVERITIES[self.severity]


CHECKS: tuple[Check, ...] = (
    Check(
        1,
        BLOCK,
        "合计",
        "附件1",
        "合计＝各行相加（附件1每一个数字栏；按人计数的栏全乡每人只算一次，不在此列）。",
        {"sum": Case(BLOCK, "附件1“{column}”合计为{total}，各党组织相加为{added}。")},
    ),
    Check(
        2,
        BLOCK,
        "网格与党小组",
        "二(一)",
        "党小组数＝村民党小组＋行业产业党小组；地域网格数＝村民党小组数。",
        {
            "groups": Case(
                BLOCK,
                "{village}党小组共{n}个，村民党小组{geographic}个与行业产业党小组{industry}个相加不等。",
            ),
            "groupless": Case(BLOCK, "{name}没有建党小组，地域网格数与村民党小组数不等。"),
        },
    ),
    Check(
        3,
        WARN,
        "网格与村民小组",
        "二(一)",
        "网格数不少于村民小组数（合并划分的，说明合并了哪些）。",
        {"fewer": Case(WARN, "{village}有村民小组{lanes}个，网格只有{n}个（{names}）。")},
    ),
    Check(
        4,
        BLOCK,
        "党员各数",
        "二(四)1",
        "预备、流动、参加联户各不超过党员总数；参加联户不超过总数减流动（!）。",
        {
            "exceeds": Case(BLOCK, "{village}“{column}”{n}人，多于党员总数{members}人。"),
            "floating": Case(WARN, "{name}是流动党员，仍登记为参加联户。"),
        },
    ),
    Check(
        5,
        BLOCK,
        "委员包挂党小组",
        "二(四)1",
        "附件2的党小组数＝附件1“委员→党小组”的对象数，不超过党小组数；党小组长人数不超过党小组数；"
        "没有委员包挂或没有组长的党小组逐个列出（!）。",
        {
            "rows": Case(
                BLOCK, "{village}附件2有{rows}个党小组，附件1“委员→党小组”对象为{n}个，党小组数为{groups}个。"
            ),
            "leaders": Case(BLOCK, "{name}有{n}名组长：{people}，组长人数多于党小组数。"),
            "nobody": Case(WARN, "{name}没有支部委员包挂。"),
            "leaderless": Case(WARN, "{name}没有组长。"),
        },
    ),
    Check(
        6,
        BLOCK,
        "支部委员",
        "二(四)1",
        f"附件2的委员人数＝附件1“委员→党小组”的人数；委员会不超过{LARGEST_COMMITTEE}人。",
        {
            "rows": Case(BLOCK, "{village}附件2有{rows}名委员（{people}），附件1“委员→党小组”为{n}人。"),
            "size": Case(BLOCK, "{name}委员会有{n}人，不应超过{most}人：{people}。"),
        },
    ),
    Check(
        7,
        BLOCK,
        "中心户数",
        "二(二)",
        "附件2中心户（示范岗）数之和＝附件3的中心户（"
        "示范岗）加上还没有党员的＝中心户＋示范岗＝“组长→中心户”的对象数；"
        "没有委员包挂的党小组由第5条列出，它的中心户另加。",
        {
            "kindless": Case(BLOCK, "{name}没有登记是中心户还是示范岗，附件1漏计。"),
            "rows": Case(
                BLOCK,
                "{village}的中心户（示范岗）附件2为{annex2}个，附件3为{annex3}个，"
                "附件1按类别为{kinds}个，“组长→中心户”对象为{n}个。",
            ),
        },
    ),
    Check(
        8,
        BLOCK,
        "中心户联系党员",
        "二(四)1",
        "附件3的党员数＝附件1“中心户→党员”的对象数，"
        "不超过党员总数；一名党员只列一次；没有编入的逐个列出（!）。",
        {
            "twice": Case(BLOCK, "{name}同时编入{n}个中心户（示范岗）：{hubs}。"),
            "closed": Case(BLOCK, "{name}所在的中心户（示范岗）已注销，附件3没有这名党员。"),
            "rows": Case(
                BLOCK, "{village}附件3有{rows}名党员，附件1“中心户→党员”对象为{n}名，党员总数为{members}名。"
            ),
            "unplaced": Case(WARN, "{name}没有编入中心户（示范岗）。"),
        },
    ),
    Check(
        9,
        BLOCK,
        "附件3与附件4一致",
        "二(四)1",
        "附件4的联系党员都在附件3（或本人是中心户负责人）；两表的党支部、党小组、中心户相同。",
        {
            "missing": Case(
                BLOCK, "{name}联系{n}户（{households}），但没有编入中心户（示范岗），不在附件3。"
            ),
            "closed": Case(BLOCK, "{name}已注销，名下还有{n}户：{households}。"),
        },
    ),
    Check(
        10,
        BLOCK,
        "党员联系户",
        "二(四)1",
        "附件4的行数＝户数＝附件1“党员→户”的对象数，不超过农户数；一户只列一次；党员不联系自己家（!）。",
        {
            "rows": Case(
                BLOCK, "{village}附件4有{rows}户，附件1“党员→户”对象为{n}户，农户数为{households}户{names}。"
            ),
            "twice": Case(BLOCK, "{name}（{door}）在附件4列了{n}次，分别由{members}联系。"),
            "self": Case(WARN, "{name}与联系党员同名，可能是党员自己家。"),
        },
    ),
    Check(
        11,
        WARN,
        "比例区间",
        "二(二)、二(四)1",
        "周边农户和各级联系数在规定区间内；超出的逐个列出，说明写进备注。",
        {
            "outside": Case(WARN, "{name}{what}{measured}。"),
            "spared": Case(WARN, "{name}不参加联户，名下还有{load}。"),
        },
    ),
    Check(
        12,
        BLOCK,
        "代办件数",
        "二(四)4",
        "六类件数相加＝受理合计；按期办结不超过办结；不予办理另计，不算办结。",
        {
            "kinds": Case(BLOCK, "{village}代办受理合计{n}件，六类相加{kinds}件，应当相等。"),
            "in_time": Case(BLOCK, "{village}代办按期办结{n}件，多于代办登记册里办结的{done}件。"),
            "rows": Case(BLOCK, "{village}附件1“{column}”{n}件，代办登记册里{rows}件。"),
        },
    ),
    Check(
        13,
        BLOCK,
        "意见与走访",
        "二(四)2",
        "意见：回访≤办结≤收集；走访户次不少于走访的户数。",
        {
            "opinions": Case(
                BLOCK, "{village}意见建议收集{n}件、办结{closed}件、回访{called}件，应当回访≤办结≤收集。"
            ),
            "visits": Case(BLOCK, "{village}走访户次{n}，少于走访台账里走访过的{households}户。"),
        },
    ),
    Check(
        14,
        WARN,
        "公示牌与标识牌",
        "二(四)3、二(二)",
        "9月30日以后：公示牌已装不少于网格数，标识牌已装＝中心户数。",
        {
            "boards": Case(WARN, "{village}公示牌应挂{due}块，已挂{n}块，{day}前应当挂齐。"),
            "plates": Case(WARN, "{village}标识牌应挂{due}块，已挂{n}块，{day}前应当挂齐。"),
        },
    ),
    Check(
        15,
        WARN,
        "志愿服务",
        "二(三)2",
        "9月30日以后：每个村至少一个志愿服务站，全乡一个志愿服务中心。",
        {
            "station": Case(WARN, "{village}没有建成的志愿服务站，{day}前应当建成。"),
            "centre": Case(WARN, "全乡没有建成的志愿服务中心，{day}前应当建成。"),
        },
    ),
    Check(
        16,
        BLOCK,
        "登记在册数",
        "二(二)、二(三)",
        "流动党员、后备干部、示范户的数＝各自登记中截止日在册的行数。",
        {
            "floating": Case(BLOCK, "{village}附件1流动党员{n}人，花名册上标为流动的{rows}人：{people}。"),
            "rows": Case(BLOCK, "{village}附件1“{column}”{n}，登记在册{rows}。"),
        },
    ),
    Check(
        17,
        WARN,
        "与上次相比",
        "附件1",
        f"比上一次接收的上报增减超过{JUMP}%的，要写理由。",
        {"jump": Case(WARN, "{village}“{column}”由{before}变为{now}，{change}。")},
    ),
    Check(
        18,
        BLOCK,
        "上报定格",
        "附件1至4",
        "上报即定格，再导出数值不变；改正要退回后另报一次。",
        held_by="上报时存下各表和内容指纹，导出只读定格",
    ),
    Check(
        19,
        BLOCK,
        "党员与任职",
        "附件2",
        "党员不删除，只按转出、去世、出党注销；委员、组长与任职、党员记录一致。",
        {
            "gone": Case(BLOCK, "{name}已注销（{reason}），仍登记为{place}{role}。"),
            "postless": Case(BLOCK, "{name}在附件2包挂{target}，但在这个党组织没有委员任职。"),
        },
        held_by="党员只能注销并写明原因，不能删除",
    ),
)
BY_CODE: Mapping[str, Check] = {check.code: check for check in CHECKS}
