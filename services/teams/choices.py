"""Fixed choices of teams, volunteers and demonstration households."""

from django.db.models import TextChoices


class TeamKind(TextChoices):
    """The kinds of teams the document names."""

    INFORMATION = "information", "综合信息"
    MEDIATION = "mediation", "矛盾调解"
    CULTURE = "culture", "文艺活动"
    OTHER = "other", "其他"


class TeamBasis(TextChoices):
    """因需、因趣: what people need, or what people like."""

    NEED = "need", "因需"
    INTEREST = "interest", "因趣"


class Campaign(TextChoices):
    """What an activity belongs to; on activities only, never on people or households."""

    VANGUARD = "vanguard", "先锋引领"
    FIVE_FIVE = "five_five", "五创五强"
    HELP = "help", "精准扶贫"
    OTHER = "other", "其他"


class HelpKind(TextChoices):
    """The three kinds of help of a demonstration household."""

    MARKET = "market", "供销行情分析"
    TECHNIQUE = "technique", "种养技术指导"
    CHANNEL = "channel", "销售渠道"
