"""Fixed choices of Party life."""

from django.db.models import TextChoices


class MeetingKind(TextChoices):
    """三会一课, and the two others that a branch holds (二(三)1)."""

    ASSEMBLY = "assembly", "党员大会"
    COMMITTEE = "committee", "支委会"
    GROUP = "group", "党小组会"
    LECTURE = "lecture", "党课"
    ORG_LIFE = "org_life", "组织生活会"
    THEME_DAY = "theme_day", "主题党日"


class Absence(TextChoices):
    """Why somebody was not there; no health data is kept (decisions 1)."""

    AWAY = "away", "外出"
    LEAVE = "leave", "请假"
    OTHER = "other", "其他"
    NOT_DUE = "not_due", "不计应到"


class EducationForm(TextChoices):
    """The three forms the document names."""

    TRAINING = "training", "集中培训"
    TALK = "talk", "座谈交流"
    HOME = "home", "上门送学"


class FloatingReason(TextChoices):
    """Why a member is away; what they do there is nobody's business."""

    WORK = "work", "务工"
    BUSINESS = "business", "经商"
    STUDY = "study", "求学"
    FAMILY = "family", "随家人居住"
    OTHER = "other", "其他"


class Channel(TextChoices):
    """The four ways of keeping in touch that the document names."""

    PHONE = "phone", "电话回访"
    QQ = "qq", "QQ群"
    WECHAT = "wechat", "微信群"
    POST = "post", "寄发资料"
