#!/usr/bin/env bash
# Make .venv from the system's python3 and bring it to one lock file: venv.sh deploy/requirements.txt
set -euo pipefail
cd "$(dirname "$0")/.."

lock=$1
stamp=.venv/$(basename "$lock").sha256
wanted=$(sha256sum "$lock" | cut -d ' ' -f 1)

# A venv whose Python was upgraded or moved away no longer starts pip: it is made anew, stamps and all.
usable() {
    .venv/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

if usable; then
    if [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ]; then
        exit 0
    fi
else
    python=${PYTHON:-python3}
    if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        echo "需要 Python 3.11 或更新的版本。" >&2
        exit 1
    fi
    # Debian splits ensurepip off into python3-venv; any other Python brings it along.
    "$python" -c 'import ensurepip, venv' 2>/dev/null || deploy/apt.sh python3-venv
    "$python" -m venv --clear .venv
fi

echo "正在安装 Python 依赖（$lock），首次约需一分钟……"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --root-user-action ignore \
    --require-hashes --only-binary :all: --requirement "$lock"
echo "$wanted" >"$stamp"
