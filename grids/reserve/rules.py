"""The steps of the reserve (二(二)): recommend, review, train, use or leave."""

from grids.reserve.choices import ReserveState
from township.lifecycle import Lifecycle, Step

CLERK, SECRETARY = "clerk", "secretary"
BOTH = {CLERK, SECRETARY}

RESERVE = Lifecycle(
    {str(value): label for value, label in ReserveState.choices},
    (
        Step(
            "review",
            "审查入库",
            {ReserveState.RECOMMENDED},
            ReserveState.TRAINING,
            {CLERK},
            {"text": "审查意见"},
        ),
        Step("train", "登记培养", {ReserveState.TRAINING}, ReserveState.TRAINING, BOTH, {"text": "培养情况"}),
        Step("use", "登记使用", {ReserveState.TRAINING}, ReserveState.USED, {CLERK}, {"text": "使用岗位"}),
        Step(
            "leave",
            "出库",
            {ReserveState.RECOMMENDED, ReserveState.TRAINING},
            ReserveState.LEFT,
            {CLERK},
            {"text": "出库原因"},
        ),
        Step(
            "back",
            "重新入库",
            {ReserveState.USED, ReserveState.LEFT},
            ReserveState.TRAINING,
            {CLERK},
            {"text": "理由"},
        ),
    ),
)
