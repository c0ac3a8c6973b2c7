"""Header words in the many forms villages use → the fields of a roster row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from grids.imports.reading.values import CLEAN_LOOSE, Unclear, is_nothing, parse_flag

PRIVATE = "private"
OTHER = "other"
BARE_NAME, BARE_PHONE, BARE_KIND, BARE_HEAD, BARE_UNIT = "?name", "?phone", "?kind", "?head", "?unit"
WEAK_MEMBER, WEAK_HOUSEHOLD, WEAK_BRANCH = "?member", "?household", "?branch"
ANCHORS = {"household", "member", "hub"}
NOT_STORED = {"seq", "household_count", "member_count"}

ROLES = {
    "member": "党员 联系党员 包户党员 包联党员 包挂党员 结对党员 责任党员 帮扶党员 帮联党员 联户党员 "
    "挂联党员 包保党员 结对帮扶党员 联络党员 本组党员 服务党员 联系服务党员 包片党员 联系的党员 中共党员 "
    "包户责任党员 联系户党员 包抓党员 挂钩党员 所联系党员 包联责任党员 网格党员 联系农户党员 联系群众党员 "
    "党员同志 所带党员 带动党员 所联党员 所包党员 所辖党员",
    "household": "户主 农户 群众 联系群众 联系户 联系农户 所联系农户 所联系群众 所联系户 被联系户 "
    "被联系群众 被联系农户 包联户 包联农户 包联群众 包挂户 包挂农户 包挂群众 包户 结对户 结对农户 "
    "结对群众 帮扶户 联户 群众户 联系户户主 联系农户户主 联系群众户主 群众户主 农户户主 家庭户主 包户户主 "
    "包联户户主 服务群众 服务农户 联系服务群众 联系服务农户 住户 责任户 所包农户 所包户 所联群众 所联农户 "
    "居民户 村民户主 联系对象 包挂对象 包挂户主 包挂农户户主 被联系户户主 包抓农户 挂联农户 挂联户 所联户 "
    "户主及家庭",
    "hub": "党员中心户 中心户 所属中心户 所在中心户 所属党员中心户 所在党员中心户 示范岗 党员示范岗 "
    "中心户岗 所属中心户岗 中心户示范岗 党员中心户示范岗 党员中心户岗 党员中心户或示范岗 "
    "党员中心户或党员示范岗 中心户或示范岗 所属中心户示范岗 党员中心户党员示范岗 所属党员中心户岗 "
    "归属中心户 所属岗户",
    "hub_head": "中心户长 中心户负责人 中心户户长 中心户户主 中心户主 示范岗负责人 岗位负责人 "
    "党员中心户长 党员中心户负责人 中心户党员 户长 中心户岗负责人",
    "group_leader": "党小组长 小组长 组长 党小组组长 党小组负责人 小组负责人 党小组小组长",
}
NAME_WORDS = "姓名 名字 名称 名单"
PHONE_WORDS = (
    "电话 联系电话 手机 手机号 手机号码 电话号码 联系方式 联系号码 移动电话 联系手机 联系电话号码 "
    "手机电话 通讯方式 电话手机 手机电话号码 联络电话 联系电话手机"
)
SIZE_WORDS = (
    "人口 人口数 家庭人口 家庭人口数 家庭人数 家庭成员数 家庭成员人数 户籍人口 户人口 口数 常住人口 "
    "家庭总人口 总人口 人数 家庭人口人 人口人 在册人口 家庭人口总数 户籍人口数 常住人口数 家庭人口数人 "
    "人口数人 全家人口 户内人口"
)
ADDRESS_WORDS = (
    "住址 地址 家庭住址 家庭地址 居住地址 居住地 详细住址 详细地址 现住址 住所 村民小组门牌 "
    "村民小组门牌号 组门牌 社门牌 家庭详细住址 村组 所在村组 居住地点 家庭住址门牌 住址门牌 社组门牌 "
    "村民小组及门牌 村民小组住址 现居住地址 社门牌号 住址门牌号 家庭居住地址 所在村民小组门牌"
)
ADDRESS_ROLES = {"household": "address"}
PLAIN = {
    "seq": "序号 编号 号 序 No № 行号 顺序号 顺序",
    "group": "联系党小组 所联系党小组 联系的党小组 所联党小组 包联党小组 党小组 "
    "所属党小组 所在党小组 党小组名称 所属小组 党小组网格 党小组及网格 包挂党小组 "
    "党小组别 网格党小组 归属党小组 所在小组 党小组所在网格 党小组所属网格 行业产业党小组",
    "grid": "网格 所属网格 所在网格 网格名称 网格号 网格编号 服务网格 责任网格 归属网格 网格党小组名称 "
    "所属网格名称 网格区域",
    "branch": "党支部 支部 所属党支部 所在党支部 所属支部 所在支部 支部名称 党支部名称 村党支部 党总支部 "
    "党总支部名称 党组织 党组织名称 所属党组织 所在党组织 基层党组织 村党组织 网格党支部",
    "general_branch": "党总支 所属党总支 总支 村党总支 所在党总支 上级党总支",
    "group_kind": "网格类别 网格类型 党小组类别 党小组类型",
    "villager_group": "村民小组 所属村民小组 所在村民小组 村民组 社 所属社 所在社 社别 组社 自然村 屯 "
    "生产队 小队 社组 村社 所在组 所属组 村民小组社 户主所在社 所在自然村 社名 组名",
    "door": "门牌 门牌号 门牌号码 房号 门号 门牌编码 家庭门牌号 户门牌 户门牌号",
    "member_standing": "党员类别 党员类型 正式预备 是否正式 党员身份 党员性质 是否正式党员 正式或预备 "
    "党籍 党员状态 党员属性 正式预备党员 党员类别正式预备",
    "floating": "是否流动 流动党员 是否流动党员 流动情况 是否外出 流动与否 是否为流动党员 外出 流动 "
    "外出流动 是否外出流动 流动状态",
    "takes_part": "是否参加联户 参加联户 是否参与联系 是否参加联系 参与联户 是否联户 是否参与联户 "
    "是否承担联户 是否参加包挂",
    "hub_kind": "中心户类别 中心户类型 中心户示范岗类别 户岗类别 类别中心户示范岗 岗户类别 中心户岗类别",
    "hub_flag": "是否中心户 是否党员中心户 是否为中心户 是否为党员中心户 "
    "是否是中心户 是否中心户户长 是否中心户长",
    "plate_no": "标识牌编号 标识牌号 标识牌 标牌编号 户牌编号 牌号 标识牌编码 挂牌编号 标识牌序号",
    "served_households": "周边农户数 辐射农户数 服务农户数 辐射户数 周边户数 覆盖农户数 服务户数 "
    "辐射带动户数 周边农户 覆盖户数 周边群众户数 服务周边农户数",
    "since": "联系起始时间 起始时间 联系时间 包挂时间 结对时间 联系开始时间 包联时间 挂联时间 "
    "联系起始日期 起始日期 包挂起始时间 包户时间 开始时间 开始日期 联系开始日期 建立联系时间 联系起始年月 "
    "结对日期 包联起始时间 联系日期",
    "remark": "备注 说明 其他 其它 备考 备注说明 附注",
    "household_count": "户数 联系户数 包户数 联系农户数 包联户数 包挂户数 联系群众户数 合计户数 联户数 "
    "包挂农户数 包联农户数 联系群众数 农户数 小计 合计 包挂群众户数 结对户数",
    "member_count": "联系党员数 党员数 党员人数 包挂党员数 联系党员人数 所联系党员数 党员总数",
    "household_code": "户编号",
    "member_code": "党员编号",
    "hub_code": "中心户编号",
    BARE_NAME: "姓名 名字 名单",
    BARE_KIND: "类别 类型 身份 种类",
    BARE_HEAD: "负责人 负责人及电话 负责人姓名 负责人电话 负责人姓名及电话 负责人联系电话",
    BARE_UNIT: "小组 组 组别 队 队别 所在队",
    WEAK_MEMBER: "联系人 责任人 包户人 包联人 联系责任人 包户责任人 包户干部 包联责任人 联系人姓名 "
    "责任人姓名 党员联系人 联户人 包挂人 联户责任人 结对人",
    WEAK_HOUSEHOLD: "村民 户 服务对象 户名 村民姓名 家庭 服务对象姓名 居民",
    WEAK_BRANCH: "行政村 村 村名 村别 所属村 所在村 村社区 所属行政村 单位 单位名称 填报单位 所在行政村 "
    "村名称 村居",
}
PRIVATE_WORDS = re.compile(
    r"身份证|证件|公民身份|出生|生日|年龄|岁数|周岁|银行|卡号|账号|帐号|账户|帐户|开户|一卡通|存折|社保|医保|参保|养老|"
    r"性别|民族|学历|文化程度|文化|入党|转正|党龄|申请书|收入|低保|贫困|脱贫|五保|特困|致贫|困难|健康|残疾|疾病|患病|病|"
    r"宗教|信仰|婚姻|婚否|与户主|户主关系|家庭成员|子女|孩子|儿童|照片|相片|政治面貌|刑释|矫正|上访|信访|吸毒|精神|"
    r"计生|孕|微信|QQ|籍贯|血型|定位|坐标|经度|纬度|车牌|指纹|工资|存款|负债|档案|户籍性质|户口性质|监测|劳动能力|务工"
)
OTHER_WORDS = re.compile(
    r"委员|书记|领导|网格长|网格员|村长|主任|干部|驻村|指导员|班子|填表|审核|职务|监督|村民小组长|社长|队长|报送|经办"
)
SUFFIXES = re.compile(r"(?:基本情况|基本信息|情况|信息|明细|资料|一栏|栏)$")
MARKS = re.compile(r"[\s:*/_\-.,、·\"'“”‘’;?!|~+&和与及的]+")
BRACKETED = re.compile(r"\([^()]*\)")


def _aliases() -> dict[str, str]:
    table: dict[str, str] = {}
    for role, words in ROLES.items():
        phone = {
            "household": "household_phone",
            "member": "member_phone",
            "hub": "hub_phone",
            "hub_head": "hub_phone",
        }
        for word in words.split():
            table[word] = role
            table |= {word + name: role for name in NAME_WORDS.split()}
            table |= {word + name: phone.get(role, "group_leader_phone") for name in PHONE_WORDS.split()}
            table |= {
                word + "姓名" + name: phone.get(role, "group_leader_phone") for name in ("电话", "联系电话")
            }
            table |= {f"{word}姓名电话": role, f"{word}电话姓名": role}
            if role == "household":
                table |= {word + name: "household_size" for name in SIZE_WORDS.split()}
                table |= {word + name: "address" for name in ADDRESS_WORDS.split()}
                table |= {word + "人口": "household_size", word + "姓名人口": "household"}
    table |= dict.fromkeys(PHONE_WORDS.split(), BARE_PHONE)
    table |= dict.fromkeys(SIZE_WORDS.split(), "household_size")
    table |= dict.fromkeys(ADDRESS_WORDS.split(), "address")
    for field, words in PLAIN.items():
        table |= dict.fromkeys((MARKS.sub("", word) for word in words.split()), field)
    return (
        table
        | {"户主人口": "household", "户电话": "household_phone", "家庭电话": "household_phone"}
        | {
            "户联系电话": "household_phone",
            "家庭联系电话": "household_phone",
            "农户数": "household_count",
            "群众数": "household_count",
            "户主联系方式": "household_phone",
        }
    )


ALIASES = _aliases()


@dataclass
class Column:
    """One column of a table: its title as people see it and what it means ("" for nothing we know)."""

    index: int
    title: str
    field: str = ""
    spread: bool = False  # covered by a title merged over several columns


def normal(title: str) -> str:
    return MARKS.sub("", title.translate(CLEAN_LOOSE))


@lru_cache(maxsize=8192)
def variants(title: str) -> tuple[str, ...]:
    """The forms of a title that may be known as an alias: with and without what stands in brackets."""
    whole = normal(title)
    flat = whole.replace("(", "").replace(")", "")
    short = BRACKETED.sub("", whole)
    forms = [short, SUFFIXES.sub("", short), flat, SUFFIXES.sub("", flat)]
    return tuple(dict.fromkeys(form for form in forms if form))


@lru_cache(maxsize=8192)
def classify(child: str, parent: str = "") -> str:
    """What a title means, with the title above it in a header of two rows."""
    if len(child) > 40 or len(parent) > 40:
        return ""
    if parent and re.fullmatch(r"\d{1,2}|[①-⑳]|[一二三四五六七八九十]{1,2}", child):
        return classify_one(parent)  # the numbers 1, 2, 3… under 联系户
    if parent and child and parent != child:
        return classify_pair(child, parent)
    return classify_one(child or parent)


WITH_PHONE = re.compile(r"(.{2,}?)\s*(?:及|和|与|、|/|,|\+)\s*(?:联系)?(?:电话|手机|手机号|手机号码|方式)")


WITH_LEADER = re.compile(r"(?:所[在属])?党小组\s*(?:名称)?\s*(?:及|和|与|、|/|\(|\n)\s*(?:党?小?组长|负责人)")


def classify_one(title: str) -> str:
    if WITH_LEADER.match(title.translate(CLEAN_LOOSE).strip()):
        return "group"
    both = WITH_PHONE.fullmatch(title.translate(CLEAN_LOOSE).strip())
    if both and classify_one(both.group(1)) in PERSONS:
        return classify_one(both.group(1))
    known = [ALIASES[form] for form in variants(title) if form in ALIASES]
    if known and known[0] in {BARE_NAME, BARE_PHONE}:
        return next((field for field in known if not field.startswith("?")), "") or bracketed(title, known[0])
    if known:
        return known[0]
    if known_numbered := numbered(title):
        return known_numbered
    if PRIVATE_WORDS.search(normal(title)):
        return PRIVATE
    return OTHER if OTHER_WORDS.search(normal(title)) else ""


NUMBERED = {"household", "household_size", "household_phone", "address", "door", "member", "member_phone"}
NUMBERED |= {WEAK_HOUSEHOLD, WEAK_MEMBER, BARE_PHONE, BARE_NAME}
_NUMBER = r"(?:[一二三四五六七八九十]{1,3}|\d{1,2}|[①-⑳])"
_NUMBERED = re.compile(rf"^(?P<head>.*(?:户|户主|农户|群众|党员|人口|口数|电话|姓名|住址)){_NUMBER}$")


def numbered(title: str) -> str:
    """联系户1, 第三户, 户主2电话: one of many columns of the same kind."""
    whole = normal(title).replace("(", "").replace(")", "")
    if not re.search(r"[\d一二三四五六七八九十①-⑳]", whole):
        return ""
    forms = [re.sub(rf"第{_NUMBER}户", "户", whole), re.sub(r"(户主?|党员)\d{1,2}(?=\D)", r"\1", whole)]
    if found := _NUMBERED.match(whole):
        forms.append(found["head"])
    forms += [form.removeprefix("户") for form in forms if form.startswith("户") and len(form) > 2]
    known = (ALIASES.get(form, "") for form in forms if form != whole)
    return next((field for field in known if field in NUMBERED), "")


def bracketed(title: str, bare: str) -> str:
    """联系电话(党员), 姓名(户主): the brackets say whose."""
    inside = BRACKETED.search(normal(title))
    role = role_of(inside.group()) if inside else ""
    return (role if bare == BARE_NAME else PERSONS[role]) if role else bare


def classify_pair(child: str, parent: str) -> str:
    for above in variants(parent):
        for below in variants(child):
            if above + below in ALIASES:
                return ALIASES[above + below]
    both = normal(parent) + normal(child)
    if PRIVATE_WORDS.search(both):
        return PRIVATE
    alone = classify_one(child)
    if not alone.startswith("?") or alone not in {BARE_NAME, BARE_PHONE}:
        return alone
    role = role_of(parent)
    if not role:
        return OTHER if OTHER_WORDS.search(normal(parent)) else alone
    if alone == BARE_NAME:
        return role
    return ALIASES[ROLES[role].split()[0] + "电话"]


def role_of(parent: str) -> str:
    """Whose name or phone stands under a title that is no alias itself, such as 联系群众基本情况(户)."""
    text = normal(parent)
    if re.search(r"小组长|组长", text):
        return "group_leader"
    if OTHER_WORDS.search(text):
        return ""
    if re.search(r"群众|农户|户主|联系户|包联户|帮扶户", text):
        return "household"
    if re.search(r"中心户|示范岗", text):
        return "hub"
    return "member" if "党员" in text else ""


def suggestion(title: str) -> str:
    """The nearest known header word of an unknown title, only ever shown to a person."""
    from rapidfuzz import fuzz, process  # slow import, seldom needed

    known = [word for word, field in ALIASES.items() if not field.startswith("?") and field not in NOT_STORED]
    best = process.extractOne(normal(title), known, scorer=fuzz.ratio, score_cutoff=75)
    return best[0] if best else ""


PERSONS = {
    "household": "household_phone",
    "member": "member_phone",
    "hub": "hub_phone",
    "hub_head": "hub_phone",
    "group_leader": "group_leader_phone",
    OTHER: "",
}


def settle(columns: list[Column], samples: list[list[str]]) -> None:
    """Give words that mean nothing alone (姓名, 电话…) a meaning from neighbours and the cells below."""
    for column in columns:
        cells = [row[column.index] for row in samples if row[column.index]]
        if column.field in {"household", "member"} and cells and all(cell.isdigit() for cell in cells):
            column.field += "_count"
        if column.field == "hub" and cells and all(is_flag(cell) for cell in cells):
            column.field = "hub_flag"
    have = {column.field for column in columns}
    for column in columns:
        settled = {
            WEAK_MEMBER: "member" if "member" not in have else "",
            WEAK_HOUSEHOLD: "household" if "household" not in have else "",
            WEAK_BRANCH: "branch" if "branch" not in have else "",
            BARE_NAME: bare_name(have),
            BARE_UNIT: bare_unit(column, samples, have),
            BARE_HEAD: bare_head(column.title, have),
            BARE_KIND: bare_kind(column, samples),
        }.get(column.field)
        if settled is not None:
            column.field = settled
            have.add(settled)
    for column in columns:
        if column.field == BARE_PHONE:
            column.field = phone_owner(column, columns, samples)


def is_flag(text: str) -> bool:
    try:
        return parse_flag(text) is not None or is_nothing(text)
    except Unclear:
        return False


def bare_name(have: set[str]) -> str:
    if "household" not in have and ("member" in have or "household_size" in have or "address" in have):
        return "household"
    return "member" if "member" not in have else ""


def bare_head(title: str, have: set[str]) -> str:
    owner = "hub_head" if "hub" in have else "group_leader" if "group" in have else ""
    if not owner:
        return ""
    return PERSONS[owner] if re.search(r"电话$", normal(title)) and "及" not in title else owner


def bare_unit(column: Column, samples: list[list[str]], have: set[str]) -> str:
    cells = [row[column.index] for row in samples if row[column.index]]
    social = sum(1 for cell in cells if re.search(r"社$|队$|屯$|村民小组$|社\d", cell))
    if social * 2 > len(cells) or "group" in have:
        return "villager_group" if "villager_group" not in have else ""
    return "group"


def bare_kind(column: Column, samples: list[list[str]]) -> str:
    cells = "".join(row[column.index] for row in samples)
    if re.search(r"正式|预备", cells):
        return "member_standing"
    if re.search(r"中心户|示范岗|岗", cells):
        return "hub_kind"
    return "group_kind" if re.search(r"行业|产业|地域", cells) else ""


def phone_owner(column: Column, columns: list[Column], samples: list[list[str]]) -> str:
    """A bare 电话 belongs to the person named before it, unless the numbers themselves say otherwise."""
    taken = {other.field for other in columns}
    left = [other for other in columns if other.index < column.index and other.field in PERSONS]
    guess = PERSONS[left[-1].field] if left else ""
    if left and left[-1].field == OTHER and left[-1].index == column.index - 1:
        return OTHER
    open_fields = [field for field in dict.fromkeys(PERSONS.values()) if field and field not in taken]
    open_fields = [
        field for field in open_fields if any(PERSONS.get(other.field) == field for other in columns)
    ]
    if guess not in open_fields:
        guess = ""
    shared = shared_by_members(column, columns, samples)
    if shared is True and guess in {"household_phone", ""} and "member_phone" in open_fields:
        return "member_phone"
    if shared is False and guess != "household_phone" and "household_phone" in open_fields:
        return "household_phone"
    order = ["member_phone", "household_phone", "hub_phone", "group_leader_phone"]
    return guess or next((field for field in order if field in open_fields), OTHER)


def shared_by_members(column: Column, columns: list[Column], samples: list[list[str]]) -> bool | None:
    """True: members show one number over several rows; False: they show several; None: can't tell."""
    holders = [other.index for other in columns if other.field in {"group", "grid", "hub", "member"}]
    fields = {other.field for other in columns}
    if not {"member", "household"} <= fields:
        return None
    numbers: dict[tuple[str, ...], list[str]] = {}
    current = [""] * len(holders)
    for row in samples:
        current = [row[index] or before for index, before in zip(holders, current, strict=True)]
        if row[column.index]:
            numbers.setdefault(tuple(current), []).append(row[column.index])
    several = sum(1 for found in numbers.values() if len(set(found)) > 1)
    same = sum(1 for found in numbers.values() if len(found) > 1 and len(set(found)) == 1)
    if several * 5 > len(numbers) and several > same:
        return False
    return True if same > several else None
