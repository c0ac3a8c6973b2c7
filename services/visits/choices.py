"""Fixed choices of visits; a need is a service to be done, never a kind of person (domain 10)."""

from django.db.models import TextChoices


class Mode(TextChoices):
    """How somebody was reached."""

    HOME = "home", "入户"
    PHONE = "phone", "电话"
    SITE = "site", "现场"


class Occasion(TextChoices):
    """Why somebody went (二(四)2 经常走访、四清、必到、必报、必访)."""

    USUAL = "usual", "日常"
    MUST_VISIT = "must_visit", "必访"
    CALLBACK = "callback", "回访"
    FOUR_CLEAR = "four_clear", "四清"
    MUST_ATTEND = "must_attend", "必到"
    MUST_REPORT = "must_report", "必报"


class Need(TextChoices):
    """A service that is asked for."""

    ERRANDS = "errands", "代购代办"
    HOSPITAL = "hospital", "送医陪护"
    BATHING = "bathing", "助浴助洁"
    MEALS = "meals", "助餐送餐"
    LISTENING = "listening", "心理疏导"
    JOBS = "jobs", "就业信息"
    FARMING = "farming", "生产技术"
    SELLING = "selling", "产品销路"
    REPAIRS = "repairs", "房屋水电维修"
    ROADS = "roads", "道路和公共设施"
    CLEANLINESS = "cleanliness", "环境卫生"
    MEDIATION = "mediation", "矛盾调解"
    POLICY = "policy", "政策咨询"
    OTHER = "other", "其他"


class Disposal(TextChoices):
    """What was done with what was asked."""

    ANSWERED = "answered", "当场答复"
    ERRAND = "errand", "转代办"
    REPORTED = "reported", "上报"
    MEDIATED = "mediated", "转调解"


class Satisfaction(TextChoices):
    """What was said at the call-back; of the work, not of a person."""

    GOOD = "good", "满意"
    FAIR = "fair", "基本满意"
    POOR = "poor", "不满意"


class MatterSource(TextChoices):
    """Where an opinion or a request came from."""

    VISIT = "visit", "走访"
    CALLER = "caller", "来访"
    PHONE = "phone", "来电"
    MEETING = "meeting", "会议座谈"
    BOX = "box", "意见箱"
    OTHER = "other", "其他"


class MatterState(TextChoices):
    """收集→审核→转办→督办→反馈→归档."""

    COLLECTED = "collected", "待审核"
    REVIEWED = "reviewed", "待转办"
    HANDED = "handed", "办理中"
    PRESSED = "pressed", "督办中"
    ANSWERED = "answered", "已反馈"
    ARCHIVED = "archived", "已归档"


class MatterLevel(TextChoices):
    """Who deals with it now (二(四)2 向上反映协调)."""

    GROUP = "group", "党小组"
    BRANCH = "branch", "村党组织"
    TOWNSHIP = "township", "乡镇"


class EventKind(TextChoices):
    """必到 (the first three) and 必报 (the other five)."""

    SUDDEN = "sudden", "突发事件"
    ACCIDENT = "accident", "意外事件"
    QUARREL = "quarrel", "邻里矛盾纠纷"
    UNREST = "unrest", "不稳定因素"
    HAZARD = "hazard", "安全隐患"
    INFLOW = "inflow", "外来人员流入"
    DAMAGE = "damage", "公共设施损坏"
    BUILDING = "building", "乱搭乱建"


ATTENDED = (EventKind.SUDDEN, EventKind.ACCIDENT, EventKind.QUARREL)
REPORTED = tuple(kind for kind in EventKind if kind not in ATTENDED)


class ReportTo(TextChoices):
    """To whom something was reported."""

    LEADER = "leader", "党小组长"
    BRANCH = "branch", "村党组织"
    OFFICE = "office", "乡党政办"
    STATION = "station", "乡镇站所"
    POLICE = "police", "派出所"
    OTHER = "other", "其他单位"


class Pace(TextChoices):
    """How often a household is visited at least."""

    DAYS_15 = "15", "15 天"
    DAYS_30 = "30", "30 天"
    DAYS_60 = "60", "60 天"
    DAYS_90 = "90", "90 天"
    DAYS_180 = "180", "180 天"
