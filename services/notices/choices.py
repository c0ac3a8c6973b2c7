"""Fixed choices of boards, plates and cards."""

from django.db.models import TextChoices

from grids.choices import Kind


class Notice(TextChoices):
    """What is printed: a grid's board, a hub's plate, a member's card for households."""

    BOARD = "board", "公示牌"
    PLATE = "plate", "标识牌"
    CARD = "card", "联系卡"


# Whose each of them is.
KIND_OF = {Notice.BOARD: Kind.GRID, Notice.PLATE: Kind.HUB, Notice.CARD: Kind.MEMBER}


class BoardPaper(TextChoices):
    """Paper of a board, laid crosswise; each is half the one before, so one drawing fits all."""

    A2 = "a2", "A2（594×420 毫米）"
    A3 = "a3", "A3（420×297 毫米）"
    A4 = "a4", "A4（297×210 毫米）"


class Copies(TextChoices):
    """How many cards of each holder."""

    HOUSEHOLDS = "households", "每户一张"
    SHEET = "sheet", "每人十张（一页）"


class HangState(TextChoices):
    """How far a board or plate has come; computed from its two days."""

    NONE = "none", "未制作"
    MADE = "made", "已制作，未挂牌"
    HUNG = "hung", "已挂牌"


class SuggestionState(TextChoices):
    """How far what somebody wrote into the box has come."""

    NEW = "new", "未读"
    READ = "read", "已读"
    HANDLED = "handled", "已办"
