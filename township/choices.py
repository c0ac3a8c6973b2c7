"""Fixed choices of accounts and of the audit log."""

from django.db.models import TextChoices


class OfficeRole(TextChoices):
    """What an account is for; village people have none and get their rights from their posts."""

    SYSTEM_ADMIN = "system_admin", "系统管理员"
    CLERK = "clerk", "乡党政办"
    LEADER = "leader", "乡领导"
    AUDITOR = "auditor", "审计员"
    BY_POST = "by_post", "按村内任职"


class Deed(TextChoices):
    """What an audit entry says was done."""

    SIGN_IN = "sign_in", "登录"
    SIGN_IN_FAILED = "sign_in_failed", "登录失败"
    SIGN_OUT = "sign_out", "退出"
    PASSWORD = "password", "修改密码"
    ACCOUNT = "account", "账号管理"
    CREATE = "create", "新增"
    CHANGE = "change", "修改"
    MOVE = "move", "调整"
    CLOSE = "close", "注销"
    REOPEN = "reopen", "恢复"
    UNDO = "undo", "撤销"
    IMPORT = "import", "导入"
    EXPORT = "export", "导出"
    REVEAL = "reveal", "查看完整号码"
    LOOK = "look", "查看"


class JobState(TextChoices):
    """How far a job has come; 'interrupted' is computed from its last sign of life, not stored."""

    QUEUED = "queued", "排队中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "未完成"
    CANCELLED = "cancelled", "已取消"


class TextSize(TextChoices):
    """Screen text size, kept per account."""

    NORMAL = "normal", "标准"
    LARGE = "large", "大字版"
