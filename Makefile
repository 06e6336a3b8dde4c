# Ravand. `make run` and `make test` do all set-up by themselves; `make help` lists the rest.

PYTHON ?= $(shell command -v python3.12 >/dev/null 2>&1 && python3.12 -c 'import venv' 2>/dev/null && echo python3.12 || echo python3)
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help setup assets run run-scaled test test-faults bench screenshots clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: .venv/.test ## a virtual environment with everything in it

.venv/.run: setup.cfg constraints.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what Ravand runs on…"
	@$(INSTALL) -e .
	@touch $@

.venv/.test: .venv/.run
	@echo "Installing what its tests need…"
	@$(INSTALL) -e '.[dev]'
	@touch $@

.venv/.scaled: .venv/.run
	@echo "Installing PostgreSQL, Redis and Caddy…"
	@$(INSTALL) -e '.[scaled]'
	@touch $@

assets: .venv/.run ## build styles, scripts and fonts into web/static/dist
	@$(BIN)/python -m web.assets build

run: assets ## serve Ravand on http://127.0.0.1:8000 with the demo organisation (RAVAND_DEMO=0: empty)
	@$(BIN)/ravand serve

run-scaled: assets .venv/.scaled ## the same on PostgreSQL and Redis: four web processes, two workers, a proxy
	@$(BIN)/ravand scaled

test: setup assets ## every check: style, types, imports, tests on SQLite, PostgreSQL, Redis and Chromium
	@$(BIN)/python -m tests.run

test-faults: setup assets ## kill, cut and flood everything, for long: docs/reference/fault-trials.md
	@$(BIN)/python -m tests.run faults

bench: setup assets ## measure, print the tables, write build/bench.json
	@$(BIN)/python -m benchmarks

screenshots: setup assets ## write every page, both languages, light and dark, 1400 and 390 px
	@$(BIN)/python -m tests.screenshots

clean: ## remove what was built, keep the data
	rm -rf .venv build web/static/dist web/assets/node_modules
