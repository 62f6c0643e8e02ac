# make run     everything from nothing, then the server at http://localhost:8000
# make test    the whole test suite, real servers included
# make check   format, lint, types, import rules, migrations, contracts, links and tests that the docs name
# make faults  the fault suite alone          make soak    the long profiles
# make bench   the benchmark suite (QUICK=1 for the short one)

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin
VAR := $(or $(VAR_DIR),var)
FRONTEND_SOURCES := $(shell find frontend/src -type f 2>/dev/null) frontend/package.json frontend/vite.config.ts frontend/tsconfig.json

MIGRATIONS := $(wildcard */migrations/*.py livrya/*/migrations/*.py livrya/site/*/migrations/*.py)

export DEBUG ?= true
# The tests start hundreds of processes: each would compile every module again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test test-python test-frontend check faults soak bench format python node frontend dev

help:
	@sed -n 's/^# //p' Makefile

run: python frontend
	@if [ -s $(VAR)/livrya.sqlite3 ] && [ -z "$${DATABASE_URL:-}" ] && $(MAKE) --question $(VAR)/demo.txt; \
		then cat $(VAR)/demo.txt; else rm -f $(VAR)/demo.txt; $(MAKE) --silent $(VAR)/demo.txt; fi
	@exec $(BIN)/python manage.py serve --host $(HOST) --port $(PORT)

# What later commands on this desk need, also in another terminal; see docs/settings.md for when it is not read.
$(VAR)/development.env: | .venv/bin/python
	@mkdir -p $(VAR)
	@umask 077; { echo "# Written by make, for development alone."; echo "DEBUG=true"; \
		echo "SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_hex(32))')"; } > $@

# Kept with what it printed: a later start that finds no new migration has nothing to do here.
$(VAR)/demo.txt: $(MIGRATIONS) .venv/installed
	@mkdir -p $(VAR)
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py demo | tee $(VAR)/demo.partial
	@mv $(VAR)/demo.partial $@

test: dev frontend test-frontend test-python

test-frontend: frontend
	cd frontend && npm run --silent test

# Everything on SQLite with the real servers; the browser by itself; the domain and the engine again on PostgreSQL. The
# engine's tests run in processes of their own: there is no other app in them.
# Three at a time even on two cores: much of it waits for servers.
ENGINE := tests/realtime tests/conformance
PRODUCT := $(ENGINE:%=--ignore=%) --ignore=tests/faults tests
PYTEST := $(BIN)/python -m pytest
THREE := -n 3 --dist loadgroup

test-python: dev frontend
	$(PYTEST) $(THREE) $(ENGINE)
	$(PYTEST) -m "not faults and not soak" tests/faults
	$(PYTEST) $(THREE) -m "not browser and not soak" $(PRODUCT)
	$(PYTEST) -m "browser and not soak" tests/browser tests/livrya/test_studio_faults.py
	$(PYTEST) $(THREE) --postgres -m "not either_database and not soak" $(ENGINE)
	$(PYTEST) $(THREE) --postgres -m "not browser and not either_database and not soak" $(PRODUCT)

# Two at a time: each of them keeps one core busy.
CHECKS := check-types check-style check-imports check-django check-documents check-frontend
.PHONY: $(CHECKS)

check: dev frontend
	@$(MAKE) --no-print-directory --jobs 2 $(CHECKS)

check-types:
	$(BIN)/mypy

check-style:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

check-imports:
	$(BIN)/lint-imports

check-django:
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check
	DEBUG=false TRUSTED_PROXIES=1 SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_hex(32))") \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

check-documents:
	$(BIN)/python manage.py export_contracts --check
	$(BIN)/python -m tests.links

check-frontend:
	cd frontend && npm run --silent typecheck && npm run --silent lint && npm run --silent size

faults: dev
	$(BIN)/python -m pytest -m "not soak" tests/faults
	$(BIN)/python -m pytest -m "not soak" tests/livrya/test_studio_faults.py

soak: dev
	$(BIN)/python -m pytest -m soak

bench: dev
	$(BIN)/python -m benchmarks

format: dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

python: .venv/installed $(VAR)/development.env
dev: .venv/installed-dev $(VAR)/development.env
frontend: node frontend/dist/manifest.json

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Livrya needs Python 3.11 or newer, and there is no $(PYTHON): run make with PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Livrya needs Python 3.11 or newer: run make with PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv .venv

.venv/installed: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/installed-dev: requirements.txt requirements-dev.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch .venv/installed $@

node:
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null \
		|| { echo "Livrya needs Node 20.19 or newer to build its pages: install it from your system's packages and run make again." >&2; exit 1; }

frontend/node_modules/installed: frontend/package.json frontend/package-lock.json
	cd frontend && npm ci --silent --no-audit --no-fund
	@touch $@

frontend/dist/manifest.json: frontend/node_modules/installed $(FRONTEND_SOURCES)
	cd frontend && npm run --silent build
	@touch $@
