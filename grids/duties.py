"""What each post is for, where its holder may come from, and how its term stands (二(二)、二(三)、二(四))."""

from collections.abc import Mapping
from datetime import date, timedelta

from grids.choices import COMMITTEE_ROLES, PostSource, Role

WARNING_DAYS = 60
# One at a time at a place: a new one takes over from the one before.
SINGLE = (Role.SECRETARY, Role.GROUP_LEADER, Role.HUB_HEAD)
# Elected for a term; the others serve as long as they are needed.
ELECTED = (*COMMITTEE_ROLES, Role.GROUP_LEADER)

# R16 for secretaries, R18 for leaders of Party groups; the document names no sources for other posts.
SOURCES: Mapping[str, tuple[PostSource, ...]] = {
    Role.SECRETARY: (PostSource.CAPABLE, PostSource.VILLAGE_OFFICER, PostSource.CADRE),
    Role.GROUP_LEADER: (
        PostSource.PROSPERITY,
        PostSource.FARMING,
        PostSource.VETERAN,
        PostSource.BACKBONE,
        PostSource.EXCELLENT_MEMBER,
        PostSource.RETURNED_YOUTH,
    ),
}
SOURCE_CLAUSES: Mapping[str, str] = {
    Role.SECRETARY: "二(二) 采取能人中选、村官中配、干部中派的方式选派党组织书记",
    Role.GROUP_LEADER: "二(二) 党小组长按“公道正派、群众威信高、致富带富能力强”的标准选配",
}

_COMMITTEE = "包挂联系 1–2 个党小组，指导党小组开展组织生活，经常走访党员群众，按分工完成支部工作。"
DUTIES: Mapping[str, str] = {
    Role.SECRETARY: "抓好本村党建网格化管理，落实“三会一课”、组织生活会、民主评议党员，"
    "按时上报包挂联系花名册，述职接受考评。",
    Role.DEPUTY_SECRETARY: "协助书记抓好党建网格化管理，包挂联系 1–2 个党小组，书记不在时主持工作。",
    **dict.fromkeys(COMMITTEE_ROLES[2:], _COMMITTEE),
    Role.GROUP_LEADER: "联系包挂 2–5 名党员中心户或示范岗，组织本组党员学习和活动，"
    "掌握网格内人员、设施、居住和隐患矛盾情况，及时上报。",
    Role.GRID_STAFF: "经常走访，做到“四清”，必到、必报、必访；记民情日记，代办便民事项并回访。",
    Role.HUB_HEAD: "联系 5–10 名党员，周边 10–15 户农户；传达政策，收集意见，带头服务群众。",
    Role.INSTRUCTOR: "指导村党组织建立网格信息台账，对党员、农户以及产业发展、经营状况建档立卡，"
    "督促落实组织生活制度。",
    Role.TOWN_LEADER: "包挂联系党支部，督查指导党建网格化工作，协调解决反映上来的问题。",
}


def why_not_from(source: str, role: str) -> str:
    """The sentence for a source that doesn't fit the post; '' when it does."""
    fitting = SOURCES.get(role, ())
    if not source or source in fitting:
        return ""
    if not fitting:
        return f"{Role(role).label}不用填来源；来源只对书记和党小组长填写。"
    return f"{Role(role).label}的来源只能是：{'、'.join(str(found.label) for found in fitting)}。"


def term_state(term_until: date | None, on: date) -> str:
    """'past' once the term is over, 'soon' within 60 days of it, else ''."""
    if term_until is None:
        return ""
    if term_until <= on:
        return "past"
    return "soon" if term_until <= on + timedelta(days=WARNING_DAYS) else ""


def term_words(term_until: date | None, on: date) -> str:
    """How the term stands in words: 已过届 12 天, 还有 30 天届满; '' when there is no hurry."""
    state = term_state(term_until, on)
    if not state or term_until is None:
        return ""
    days = (term_until - on).days
    if state == "past":
        return f"已届满 {-days} 天" if days else "今天届满"
    return f"{days} 天后届满"
