#!/usr/bin/env bash
# Run the suite: test.sh [sqlite] [postgresql] [e2e]; all three when none is named. PYTEST_ARGS is handed on.
set -uo pipefail
cd "$(dirname "$0")/.."

runs=("$@")
if [ ${#runs[@]} -eq 0 ]; then
    runs=(sqlite postgresql e2e)
fi

# Settings of a shell that also runs the demo must not leak into the tests.
unset DATABASE_URL
# Dozens of processes load the same modules: compiled once, each starts in half the time.
unset PYTHONDONTWRITEBYTECODE
for name in $(compgen -v TOWNSHIP_); do unset "$name"; done

logs=$(realpath -m "${TEST_LOGS:-var/tests}")
mkdir -p "$logs"
read -ra extra <<<"${PYTEST_ARGS:-}"

run_pytest() {
    case $1 in
        sqlite) .venv/bin/python -m pytest -n "${WORKERS:-2}" --dist worksteal -m "not e2e" "${extra[@]}" </dev/null ;;
        postgresql) deploy/with_postgres.sh .venv/bin/python -m pytest -n "${WORKERS:-2}" --dist worksteal -m "not e2e" "${extra[@]}" ;;
        e2e) .venv/bin/python -m pytest -n "${WORKERS:-2}" --dist worksteal -m e2e "${extra[@]}" </dev/null ;;
        *) echo "不认识的测试组：$1（应为 sqlite、postgresql 或 e2e）" >&2; return 2 ;;
    esac
}

failed=0
for name in "${runs[@]}"; do
    echo "== pytest: $name"
    # -o pipefail: the status is pytest's (or the server's), not tee's.
    run_pytest "$name" 2>&1 | tee "$logs/$name.log" || failed=1
done

echo "== pytest, closing lines"
for name in "${runs[@]}"; do
    printf '%-11s %s\n' "$name" "$(grep -E '^=+ .* in [0-9.]+s' "$logs/$name.log" | tail -n 1)"
done
exit "$failed"
