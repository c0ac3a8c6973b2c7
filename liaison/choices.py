"""The levels of 包挂联系 that are not the tree itself."""

from django.db.models import TextChoices


class Level(TextChoices):
    """Upper edges of the four-level liaison (二(四)1); E3 to E5 are the tree."""

    TOWN_LEADER = "E0", "乡领导→党支部"
    GENERAL_BRANCH = "E1", "总支班子→网格党支部"
    COMMITTEE = "E2", "支部委员→党小组"
