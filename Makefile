# Two commands are for everybody: `make run` and `make test`. The others are for developers; `make help` lists all.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
# Two workers: the tests start servers of their own, more would only contend. Each begins with one half and takes of the
# other's when it is done, so that what the tests of a file share is made once for most files.
WORKERS ?= 2
DISTRIBUTED = -n $(WORKERS) --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help run test check fix bench lint types contracts docs web e2e faults conformance fuzz lock clean setup setup-dev

help: ## List the commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup:
	@$(PYTHON) tools/environment.py run

setup-dev:
	@$(PYTHON) tools/environment.py dev

run: setup ## Set everything up and start the demo at http://127.0.0.1:54321
	@$(BIN)/python tools/web.py build
	@exec $(BIN)/millstream demo

test: setup-dev ## Set everything up and run every test
	@$(BIN)/python tools/web.py build
	@$(BIN)/python tools/web.py test
	@$(MAKE) --no-print-directory lint types contracts
	@$(PYTEST) $(DISTRIBUTED) tests apps web/e2e

check: setup-dev lint types contracts ## The habit before each commit: format, lint, types, contracts, unit, postgres, behaviour
	@$(PYTEST) $(DISTRIBUTED) -q tests/architecture tests/documentation tests/unit tests/postgres tests/behaviour -m "not slow"

lint:
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .

types:
	@$(BIN)/mypy

contracts:
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

fix: setup-dev ## Format and mend what can be mended by machine
	@$(BIN)/ruff format --quiet . ; $(BIN)/ruff check --fix --quiet .

docs: setup-dev ## Write the generated reference tables
	@$(BIN)/python -m tools.reference

web: setup-dev ## Build the portals and run the front end's own tests
	@$(BIN)/python tools/web.py build && $(BIN)/python tools/web.py test

e2e: setup-dev ## Browser tests alone
	@$(BIN)/python tools/web.py build && $(PYTEST) web/e2e

SEED ?= 1
STORMS = $(addprefix tests/postgres/kit/test_,storms.py claims.py pools.py)

faults: setup-dev ## Fault scenarios alone, and what each lost; FULL=1: in full size, SEED=7: chosen anew, ONLY=snapshot: by name
	@$(PYTEST) tests/faults $(STORMS) -s --faults-seed=$(SEED) $(if $(FULL),--full-faults) $(if $(ONLY),-k "$(ONLY)")

conformance: setup-dev ## Unmodified clients and shared data sets alone; CASES=folder runs a folder of PostgREST cases
ifdef CASES
	@$(BIN)/python -m tests.conformance.postgrest "$(CASES)"
else
	@$(BIN)/python tools/web.py build && $(PYTEST) tests/conformance
endif

SECONDS ?= 60
fuzz: setup-dev ## Ask the data API, and the parsers of Socket.IO, at random for a fixed time each: SECONDS=60
	@$(PYTEST) -p tests.fixtures.fuzzing tests/postgres/rest/fuzz_requests.py tests/unit/socketio/fuzz_parsers.py --fuzz-seconds=$(SECONDS) -s -q

bench: setup-dev ## Measure against peers and limits in the same run; print ratios
	@$(BIN)/python tools/web.py install
	@$(BIN)/python -m bench

COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --strip-extras --allow-unsafe
lock: setup-dev ## Resolve the dependencies anew
	@$(COMPILE) --only-build-deps --build-deps-for=editable -o requirements-build.lock pyproject.toml
	@$(COMPILE) -o requirements.lock pyproject.toml
	@$(COMPILE) --extra dev -o requirements-dev.lock pyproject.toml

clean: ## Remove what was built, not the data
	@rm -rf .venv .node node_modules */*/dist apps/*/portal/dist src/millstream/asgi/admin_page
