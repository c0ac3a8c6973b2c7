#!/usr/bin/env bash
# Set up the invented township in the data folder, write its annexes and, unless SERVE=0, serve it on loopback.
set -euo pipefail
cd "$(dirname "$0")/.."
umask 027

year=${YEAR:-2026}
port=${PORT:-8000}
data=$(realpath -m "${TOWNSHIP_DATA_DIR:-var}")
out=$data/out/$year
mkdir -p "$out"

# DEBUG stays off: the demo runs the way an office does, only on plain HTTP and on loopback alone.
key=$data/secret_key
if [ ! -s "$key" ]; then
    (umask 077 && .venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(50))' >"$key.new" && mv "$key.new" "$key")
fi
TOWNSHIP_SECRET_KEY=$(cat "$key")
export TOWNSHIP_SECRET_KEY TOWNSHIP_DATA_DIR=$data TOWNSHIP_DEBUG=0 TOWNSHIP_HTTPS=0
export TOWNSHIP_ALLOWED_HOSTS=127.0.0.1,localhost
unset TOWNSHIP_BEHIND_PROXY TOWNSHIP_TRUSTED_ORIGINS
manage=(.venv/bin/python manage.py)

# A set is complete when all eight files are there and none is older than the code that draws them.
annexes_current() {
    local number format file
    for number in 1 2 3 4; do
        for format in xlsx pdf; do
            file=$(compgen -G "$out/*_附件${number}_${year}.$format" | head -n 1) || return 1
            [ -s "$file" ] || return 1
            [ -z "$(find township grids liaison services reports templates static deploy/requirements.txt \
                \( -name '*.py' -o -name '*.html' -o -name '*.css' -o -name requirements.txt \) \
                -newer "$file" -print -quit)" ] || return 1
        done
    done
}

echo "== 数据库"
"${manage[@]}" migrate --no-input --verbosity 0
"${manage[@]}" collectstatic --no-input --verbosity 0

echo "== 演示数据"
accounts=$data/demo_accounts.log   # printed last, where it is still on the screen when the server runs
"${manage[@]}" load_demo | (umask 077 && cat >"$accounts")

echo "== 附件 1–4 → $out"
if [ -z "${REDO:-}" ] && annexes_current; then
    echo "已有全部八个文件，未重新导出（重新导出：make annexes）。"
else
    "${manage[@]}" export_annexes --year "$year" --out "$out"
fi
ls -1 "$out"

echo "== 地址与账号"
echo "网址：http://127.0.0.1:$port/"
cat "$accounts"

if [ "${SERVE:-1}" = 0 ]; then
    echo "已准备好。运行 make demo 启动服务。"
    exit 0
fi
if ! .venv/bin/python -c "import socket; socket.create_server(('127.0.0.1', $port)).close()" 2>/dev/null; then
    echo "端口 $port 已被占用。请先停止占用它的程序，或换一个端口：make demo PORT=8001" >&2
    exit 1
fi
echo "按 Ctrl+C 停止。"
exec .venv/bin/python -m gunicorn --config deploy/gunicorn.conf.py --bind "127.0.0.1:$port" township.wsgi
