#!/usr/bin/env bash
# Run a command with DATABASE_URL naming a throw-away PostgreSQL, stopped and removed whatever happens.
set -euo pipefail

bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
if [ -z "$bin" ]; then
    echo "找不到 PostgreSQL，请先运行 make test-setup。" >&2
    exit 1
fi

# Not under $TMPDIR: the account postgres must be able to enter it.
home=$(mktemp -d /tmp/township-pg.XXXXXX)
owner=()
if [ "$(id -u)" -eq 0 ]; then
    chown postgres: "$home"
    owner=(runuser -u postgres --)   # the server refuses to run as root
fi
child=
started=

finish() {
    local status=$?
    trap '' INT TERM HUP
    trap - EXIT
    if [ -n "$child" ]; then
        kill -TERM -- "-$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    fi
    if [ -n "$started" ]; then
        (cd "$home" && "${owner[@]}" "$bin/pg_ctl" -D "$home/data" -m immediate -s stop) || true
    fi
    rm -rf "$home"
    exit "$status"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

cd "$home"
"${owner[@]}" bash -c 'umask 077; echo "$1" >password' - "$password"
"${owner[@]}" "$bin/initdb" -D data -U township --auth=scram-sha-256 --pwfile=password \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync >initdb.log 2>&1 || { cat initdb.log >&2; exit 1; }
started=yes
# Durability is bought with time, and nothing here outlives the run; no query here is worth compiling.
"${owner[@]}" "$bin/pg_ctl" -D data -l "$home/server.log" -w -s start -o "-p $port \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories=$home -c max_connections=200 \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 \
    -c jit=off" || { cat server.log >&2; exit 1; }
PGPASSWORD=$password "$bin/createdb" -h 127.0.0.1 -p "$port" -U township township
cd "$OLDPWD"

export DATABASE_URL="postgres://township:$password@127.0.0.1:$port/township"
# The command gets a process group of its own, so that an interrupt here reaches all of it and then us.
set -m
"$@" </dev/null &
child=$!
set +m
status=0
wait "$child" || status=$?
child=
exit "$status"
