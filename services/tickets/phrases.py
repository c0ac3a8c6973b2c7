"""Sentences for each step, to be put into its text and finished by hand."""

from collections.abc import Mapping, Sequence

from services.tickets.rules import ASSIGN, CHASE, DECLINE, FINISH, REOPEN, TURN, WITHDRAW

PHRASES: Mapping[str, Sequence[str]] = {
    FINISH: ("已办好，结果已交申办人。", "已审核通过，", "证件已领回，", "已上传系统，审核通过。"),
    CHASE: ("承诺期限快到了，请抓紧办理。", "已逾期，请今天答复办理情况。", "请告知办到哪一步、还需要什么。"),
    ASSIGN: ("代办员外出，", "由更熟悉这项业务的同志办理。", "申办人要求就近办理。"),
    TURN: ("需要两个以上单位一起办。", "需要上级审批。", "材料齐全，当天可以办完。"),
    DECLINE: ("不在政策规定的对象范围内。", "申请条件不符：", "超过申请期限。", "应由申办人本人到场办理。"),
    WITHDRAW: ("申办人已自行办理。", "申办人不再需要。", "重复受理，已并入"),
    REOPEN: ("申办人对结果有异议。", "上级退回补正。", "政策调整，可以办理。"),
}


def phrases_for(code: str) -> Sequence[str]:
    """Those of a step; none for steps without words."""
    return PHRASES.get(code, ())
