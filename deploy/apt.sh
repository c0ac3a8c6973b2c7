#!/usr/bin/env bash
# Install the Debian packages named as arguments, and only those that are missing.
set -euo pipefail

if ! command -v dpkg-query >/dev/null; then
    echo "这台机器不是 Debian 系统，请自行安装：$*" >&2
    exit 1
fi

missing=()
for package in "$@"; do
    status=$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null || true)
    [[ $status == ii* ]] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi

if [ "$(id -u)" -eq 0 ]; then
    as_root=(env)
elif command -v sudo >/dev/null; then
    as_root=(sudo env)
else
    echo "缺少系统软件包：${missing[*]}。请用 root 运行，或先安装 sudo。" >&2
    exit 1
fi
apt=("${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)

echo "正在安装系统软件包：${missing[*]}"
# A dead third-party source must not stop us: what matters is whether the install below succeeds.
"${apt[@]}" update </dev/null || echo "软件源没有全部更新成功，继续尝试安装。" >&2
"${apt[@]}" install --yes --no-install-recommends "${missing[@]}" </dev/null >/dev/null
