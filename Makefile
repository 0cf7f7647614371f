# make help | demo | test | check | bench | lock — each sets itself up; only Python 3.11+, make and a package index are assumed.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test check static lock bench chaos clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

demo: $(VENV)/.run ## the whole product on this machine, no Slack account: prints one address to open
	@$(BIN)/coopbot demo $(ARGS)

test: $(VENV)/.dev ## every test (real SQLite, PostgreSQL, HTTP, browser where there is one)
	@$(BIN)/pytest -n 3 --dist worksteal $(ARGS)

check: static test ## what CI runs: format, lint, types, import floors, tests

static: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.bench ## measure beside the peers in one run: medians and ratios, kept in bench/last.json
	@$(BIN)/python bench/run.py $(ARGS)

KILLS ?= 200
chaos: $(VENV)/.dev ## kill it KILLS times (200) amid faults, on both databases; SEED repeats a draw
	CHAOS_KILLS=$(KILLS) CHAOS_SEED=$(or $(SEED),0) $(BIN)/pytest -n 3 --dist worksteal tests/chaos $(ARGS)

lock: ## renew the lock files from pyproject.toml (needs uv)
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml --group build -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml --group build --group dev -c requirements.lock -o requirements-dev.lock
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml --group build --group bench -c requirements.lock -o requirements-bench.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "coopbot needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.bench: requirements-bench.lock $(VENV)/.run
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@
