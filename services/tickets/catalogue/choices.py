"""Words of the catalogue: what an item is about, and what kind of paper it asks for."""

from django.db.models import TextChoices


class ItemCategory(TextChoices):
    """类别, as residents ask for them."""

    INSURANCE = "insurance", "社会保险"
    HEALTH = "health", "医疗卫生"
    RELIEF = "relief", "民政救助"
    DISABLED = "disabled", "残疾人服务"
    FAMILY = "family", "计生与家庭"
    FARMING = "farming", "农业生产"
    LAND = "land", "土地与建房"
    JOBS = "jobs", "就业创业"
    PAPERS = "papers", "户籍与证件"
    VETERANS = "veterans", "退役军人"
    PARTY = "party", "党员服务"
    LAW = "law", "法律与调解"
    TRADE = "trade", "经营办照"
    OTHER = "other", "其他"


class PaperKind(TextChoices):
    """Whether the paper itself is handed in or a copy of it."""

    ORIGINAL = "original", "原件"
    COPY = "copy", "复印件"
    BOTH = "both", "原件及复印件"
