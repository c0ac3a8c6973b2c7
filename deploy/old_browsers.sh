#!/usr/bin/env bash
# The paste grid in Chromium 109 and 88, the browsers of old office machines: fetched by npm into var/, never installed.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v npm >/dev/null || { echo "没有 npm：旧浏览器的测试需要 Node 18 以上" >&2; exit 1; }

home=$PWD/var/old-browsers
mkdir -p "$home/data"
if ! cmp -s tests/old_browsers/package-lock.json "$home/package-lock.json" || [ ! -e "$home/fetched" ]; then
    rm -rf "$home"/fetched "$home"/chromium-*
    cp tests/old_browsers/package.json tests/old_browsers/package-lock.json "$home/"
    (cd "$home" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    touch "$home/fetched"
fi

# A browser that stops answering must end the step, not hold it for ever.
exec env NODE_PATH="$home/node_modules" OLD_BROWSERS_HOME="$home" PYTHON="$PWD/.venv/bin/python" \
    PUPPETEER_DISABLE_HEADLESS_WARNING=true DJANGO_SETTINGS_MODULE=township.settings TOWNSHIP_DEBUG=1 TOWNSHIP_DATA_DIR="$home/data" \
    timeout --kill-after=10 "${OLD_BROWSERS_SECONDS:-300}" node tests/old_browsers/run.js
