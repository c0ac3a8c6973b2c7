# Everything one does with a checkout. `make demo` and `make test` need only python3, make, git and root or sudo.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PY := .venv/bin/python
RUNTIME_PACKAGES := fontconfig fonts-noto-cjk libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 tzdata
TEST_PACKAGES := chromium-headless-shell libatomic1 libreoffice-calc-nogui libreoffice-writer-nogui poppler-utils postgresql

export PORT SERVE YEAR PYTHON PYTEST_ARGS WORKERS

.PHONY: help setup demo annexes test-setup test test-sqlite test-postgresql test-e2e test-old-browsers lint types templates migrations format lock clean

help:  ## show this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "%-18s %s\n", $$1, $$2}'

setup:
	@deploy/apt.sh $(RUNTIME_PACKAGES)
	@deploy/venv.sh deploy/requirements.txt

demo: setup  ## an invented township: set up, annexes to var/out/2026, serve on 127.0.0.1:8000 (SERVE=0: do not serve)
	@deploy/demo.sh

annexes: setup  ## write the demo's annexes again
	@SERVE=0 REDO=1 deploy/demo.sh

test-setup:
	@deploy/apt.sh $(RUNTIME_PACKAGES) $(TEST_PACKAGES)
	@deploy/venv.sh deploy/requirements-dev.txt

test: test-setup  ## the whole suite on SQLite, on PostgreSQL, and in the browser
	@deploy/test.sh

test-sqlite: test-setup  ## the suite on SQLite (PYTEST_ARGS="-k roster -x" narrows it)
	@deploy/test.sh sqlite

test-postgresql: test-setup  ## the suite on a throw-away PostgreSQL
	@deploy/test.sh postgresql

test-e2e: test-setup  ## the browser tests
	@deploy/test.sh e2e

test-old-browsers: test-setup  ## the paste grid in Chromium 109 and 88 (wants npm; fails without it)
	@deploy/old_browsers.sh

lint: test-setup  ## ruff: rules and format
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: test-setup  ## mypy
	TOWNSHIP_DEBUG=1 $(PY) -m mypy

templates: test-setup  ## djlint
	$(PY) -m djlint --lint --quiet templates

migrations: test-setup  ## no model change without its migration
	TOWNSHIP_DEBUG=1 $(PY) manage.py makemigrations --check --dry-run

format: test-setup  ## put the code into ruff's format
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

lock: test-setup  ## compile both locks from pyproject.toml (UPGRADE=--upgrade takes newer versions)
	$(PY) -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--quiet $(UPGRADE) --extra postgres --output-file deploy/requirements.txt
	$(PY) -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--quiet $(UPGRADE) --constraint deploy/requirements.txt --extra postgres --extra dev --output-file deploy/requirements-dev.txt

clean:  ## remove what tools leave behind; the data in var/ stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis var/tests
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
