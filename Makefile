# Everything a fresh machine needs is Python 3.11 or newer, git and make. `make help` says what there is.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup browser demo test suite test-long lint types arrows format schemas bench simulate mutants screenshots clean

# The first Python that is new enough and can make an environment. Another: make setup PYTHON=/path/to/python3
PYTHON ?= $(shell for python in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$python -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; \
	done)
UV_VERSION := $(shell sed -n '/^name = "uv"$$/{n;s/^version = "\(.*\)"$$/\1/p;}' uv.lock)
BIN := .venv/bin
READY := .venv/ready
WORKERS ?= 2
# What of this machine is installed besides, a requirement a line (docs/plugins.md): uv sync alone would remove it.
PLUGINS := $(wildcard plugins.txt)
MANIFESTS := uv.lock pyproject.toml $(wildcard core/pyproject.toml tenants/pyproject.toml web/pyproject.toml plugins/*/pyproject.toml)
LIMIT := $(shell command -v timeout >/dev/null && echo timeout 600)

# The browser that the tests would take (tests/servers.py), started and closed.
try_browser = PYTHONPATH=tests $(BIN)/python -c 'import asyncio, servers; asyncio.run(servers.try_browser())'

# The environment is this one, whatever is active around it; Python is the one that is there.
unexport VIRTUAL_ENV
# What one process has compiled the others need not: a run of the tests starts dozens.
unexport PYTHONDONTWRITEBYTECODE
export UV_PROJECT_ENVIRONMENT := .venv
export UV_PYTHON_DOWNLOADS := never

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## make .venv with everything in it, from the lock file

$(BIN)/uv:
	@test -n "$(PYTHON)" || { echo "Frontdesk needs Python 3.11 or newer with its venv module (Debian: python3-venv)."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

# --locked refuses a lock file that no longer fits the manifests, and asks no index when it does.
# Plugins come afterwards, and change no version of what the lock file names.
$(READY): $(MANIFESTS) $(PLUGINS) | $(BIN)/uv
	$(BIN)/uv sync --all-packages --locked
ifneq ($(PLUGINS),)
	$(BIN)/uv export --quiet --all-packages --locked --no-hashes --no-emit-workspace --output-file .venv/locked.txt
	$(BIN)/uv pip install --python $(BIN)/python --requirement plugins.txt --constraint .venv/locked.txt
endif
	@touch $@

# Of Debian's two, the one without windows first: a page takes half of the time in it.
browser: setup ## see that there is a browser for the tests, and install one if there is none
	@if $(try_browser) 2>/dev/null; then exit 0; fi; \
	echo "No browser starts here yet: installing one."; \
	$(LIMIT) $(BIN)/playwright install chromium; \
	if $(try_browser) 2>/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then as_root=; else as_root="sudo -n"; fi; \
	if command -v apt-get >/dev/null; then $$as_root apt-get update && for browser in chromium-headless-shell "chromium chromium-sandbox"; do \
		$$as_root apt-get install -y --no-install-recommends $$browser fonts-liberation && $(try_browser) 2>/dev/null && exit 0; done; fi; \
	$(try_browser) || { echo "No browser could be started: please install Chromium or Chrome, then try again."; exit 1; }

demo: setup ## serve a portal with made-up tenants at http://127.0.0.1 (its data: .demo)
	$(BIN)/frontdesk demo

test: setup browser lint ## everything that must hold before a change lands
	@$(MAKE) --no-print-directory -j3 suite types arrows

# The types and the arrows are looked at meanwhile: each of them would leave all cores but one idle.
suite:
	$(BIN)/pytest -m "not long" -n $(WORKERS) --dist loadfile

test-long: setup browser ## swarms and measurements, for when there is time
	$(BIN)/pytest -m long

lint: setup ## ruff: mistakes and layout
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup ## mypy, strict
	$(BIN)/mypy

arrows: setup ## web, then tenants, then core; plugins know core alone
	$(BIN)/lint-imports

format: setup ## lay out the code and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schemas: setup ## cut the schemas of answers anew from Stripe's document (tests/data/served_fields.txt)
	PYTHONPATH=tests $(BIN)/python tests/served_schemas.py

bench: setup ## the home page against a bare answer, and subscriptions renewed a second
	$(BIN)/python benchmarks
	$(BIN)/python benchmarks/renewals.py

simulate: setup ## a made-up business over ten years, everything proved after every commit (SEED=7 plays one again)
	PYTHONPATH=tests $(BIN)/python tests/simulation.py $(if $(SEED),--seed $(SEED))

mutants: setup ## change the sums of core in every small way, and see that a fast test notices (docs/mutants.md)
	$(BIN)/python tests/mutants.py

screenshots: setup browser ## photograph every page in two brands (.screenshots/index.html); fails where one does not fit
	PYTHONPATH=tests:e2e $(BIN)/python e2e/screenshots.py

clean: ## remove what can be made again (the demo's data stays)
	rm -rf .venv .mutants .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
