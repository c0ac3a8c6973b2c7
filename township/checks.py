"""System checks that name a missing part of the installation in plain Chinese."""

import shutil
import subprocess
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}
FONT_FAMILIES = ("Noto Serif CJK SC", "Noto Sans CJK SC")


def font_found(family: str) -> bool:
    """Ask fontconfig, which WeasyPrint uses too, whether `family` is installed."""
    fc_match = shutil.which("fc-match")
    if fc_match is None:
        return False
    answer = subprocess.run(
        [fc_match, "-f", "%{family}", family], capture_output=True, text=True, check=False
    )
    return family in answer.stdout


@register(Tags.compatibility)
def chinese_fonts(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Without a complete CJK font every PDF would show empty boxes."""
    missing = [family for family in FONT_FAMILIES if not font_found(family)]
    if not missing:
        return []
    return [
        Warning(
            f"缺少中文字体：{'、'.join(missing)}，导出的 PDF 会缺字。",
            hint="请安装 fonts-noto-cjk（apt-get install fonts-noto-cjk），再重新启动。",
            id="township.W001",
        )
    ]


@register(Tags.database)
def sqlite_mode(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """The tree's lock on SQLite is BEGIN IMMEDIATE; without it concurrent edits corrupt the tree."""
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3"):
        return []
    options = database.get("OPTIONS", {})
    found: list[CheckMessage] = []
    if options.get("transaction_mode") != "IMMEDIATE":
        found.append(
            Error(
                "SQLite 的事务方式不是 IMMEDIATE，多人同时改网格树会损坏数据。",
                hint='请把数据库 OPTIONS 的 transaction_mode 设为 "IMMEDIATE"。',
                id="township.E001",
            )
        )
    if "journal_mode=WAL" not in options.get("init_command", ""):
        found.append(
            Error(
                "SQLite 没有使用 WAL 日志方式，读写会互相等待。",
                hint="请在数据库 OPTIONS 的 init_command 中加上 PRAGMA journal_mode=WAL。",
                id="township.E002",
            )
        )
    return found


@register(Tags.security, deploy=True)
def plain_http(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Plain HTTP is for this machine only, unless the office has decided otherwise knowingly."""
    if settings.HTTPS or set(settings.ALLOWED_HOSTS) <= LOOPBACK:
        return []
    return [
        Warning(
            "系统对外提供服务却没有启用 HTTPS，密码会以明文在网络上传输。",
            hint="请在 nginx 上配置证书，并设置 TOWNSHIP_HTTPS=1。",
            id="township.W002",
        )
    ]
