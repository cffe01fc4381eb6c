# Malaka. `make run` starts it from nothing, `make test` proves it; `make help` lists the rest.
# Nothing is built again while its inputs are unchanged: the stamps in .venv and node_modules remember.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
ifeq ($(strip $(HOME)),)
export HOME := $(CURDIR)/var/home# npm and uv want somewhere to cache
endif
export PATH := $(CURDIR)/.venv/bin:$(PATH)
UV := .venv/bin/uv
PY := .venv/bin/python
LANGUAGE_FILES := $(wildcard locale/*/LC_MESSAGES/*.po)
FRONTEND_FILES := $(shell find frontend templates base/templatetags -type f -not -path 'frontend/dist/*' -not -name '*.pyc')

.DEFAULT_GOAL := help
.PHONY: help run test bench build lint fmt types messages docs requirements clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: export MALAKA_DEMO = 1
run: export MALAKA_STAFF_MFA ?= optional
run: export MALAKA_SITE_URL ?= http://$(HOST):$(PORT)
run: build ## everything from nothing, then web, worker and beat in the foreground (PORT=8000)
	@$(PY) manage.py prepare_demo && exec $(PY) -m lms.supervisor --host $(HOST) --port $(PORT)

test: .venv/.dev build ## every check and test (CI=true: a part that cannot run is a failure)
	@$(PY) -m tests

bench: .venv/.dev build ## the benchmarks beside their limits (BENCH=name for one)
	@$(PY) -m tests.services $(PY) -m benchmarks $(BENCH)

lint: .venv/.dev ## style, import contracts
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	.venv/bin/lint-imports

fmt: .venv/.dev ## put the code in order
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

types: .venv/.dev node_modules/.stamp ## mypy and tsc
	$(PY) -m mypy .
	npm run --silent check

messages: .venv/.dev ## write the strings of code and templates into locale/
	$(PY) manage.py makemessages --locale uz --locale ru --no-location --no-obsolete --no-wrap \
		--ignore .venv --ignore node_modules --ignore var --ignore tests --ignore benchmarks
	$(PY) manage.py derive_cyrillic

docs: ## where the documents are
	@ls docs/*.md docs/*/*.md

build: .venv/.base frontend/dist/.stamp $(LANGUAGE_FILES:.po=.mo) ## environment, front end and catalogues

clean: ## throw away what can be built again; var/ (the data) stays
	rm -rf .venv node_modules frontend/dist locale/*/LC_MESSAGES/*.mo .*_cache

# --- The Python environment: pip fetches uv and Node, uv the rest, every file checked by its hash -----------
.venv/.build: requirements/build.txt
	@$(PYTHON) -c 'import sys, venv; sys.exit("Malaka needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/.base: .venv/.build requirements/base.txt
	$(UV) pip sync --quiet --compile-bytecode --python $(PY) requirements/build.txt $(if $(wildcard .venv/.dev),requirements/dev.txt,requirements/base.txt)
	@touch $@

.venv/.dev: .venv/.base requirements/dev.txt
	$(UV) pip sync --quiet --compile-bytecode --python $(PY) requirements/build.txt requirements/dev.txt
	@touch $@

requirements: ## pin what pyproject.toml asks for (UPGRADE=1 for newer versions)
	$(COMPILE) --group build -o requirements/build.txt
	$(COMPILE) pyproject.toml -o requirements/base.txt
	$(COMPILE) pyproject.toml --group dev -c requirements/base.txt -o requirements/dev.txt

COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate $(if $(UPGRADE),--upgrade)

# --- The front end and the catalogues ---------------------------------------------------------------------
node_modules/.stamp: .venv/.build package.json package-lock.json .npmrc
	npm ci --loglevel=error --no-update-notifier
	@touch $@

frontend/dist/.stamp: node_modules/.stamp $(FRONTEND_FILES)
	npm run --silent build
	@touch $@

%.mo: %.po | .venv/.base
	.venv/bin/pybabel compile --input-file $< --output-file $@
