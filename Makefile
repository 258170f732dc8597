# Everything a newcomer types. `make help` lists it.
SHELL := /bin/bash
PY := .venv/bin/python
STAMP := .venv/.ready
DEVSTAMP := .venv/.ready-dev

# Where an image sets this, each of the hundred processes that tests start would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

setup: $(STAMP) ## make .venv from the hashed lock, nothing else

run: $(STAMP) ## start the playground: web on http://127.0.0.1:8080, SMTP on 127.0.0.1:2525
	@exec .venv/bin/holdline playground

test: $(DEVSTAMP) ## lint, types, import contract, and every test that this machine can run
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache
	$(PY) -m pytest -n 2 --dist worksteal

test-long: export HOLDLINE_TEST_LONG = 1
test-long: test ## the same, with every constellation: each story by each door on each database

fuzz: $(DEVSTAMP) ## throw a million mutated letters at the reader (N=1000 for fewer, SEED=7 for others)
	$(PY) -m tests.fuzz $(or $(N),1000000) $(or $(SEED),0)

bench: $(DEVSTAMP) ## print how fast this machine reads mail, beside Python's own email (ONLY=reading for one section)
	$(PY) -m tests.bench $(ONLY)

hostile: $(DEVSTAMP) ## show 3,000 hostile mails to a browser by the whole way in, and count what runs or asks anybody
	HOLDLINE_TEST_HOSTILE=all $(PY) -m pytest -q -s tests/browser/test_hostile_corpus.py

screenshots: $(DEVSTAMP) ## take pictures of every page, at three widths, light and dark, into var/screenshots/ (ONLY=/cases for some)
	$(PY) -m tests.screenshots $(ONLY)

kills: $(DEVSTAMP) ## kill -9 between the statements of answers, undo, merges, and of what is escalated, told and mailed (STRIDE=20: every twentieth)
	$(PY) -m tests.kills_of_deeds $(or $(STRIDE),20)
	HOLDLINE_TEST_LONG=1 HOLDLINE_TEST_STRIDE=$(or $(STRIDE),20) $(PY) -m pytest -q -s tests/faults/test_kills.py -k "sweep or outlives"

marathon: $(DEVSTAMP) ## kill -9 the product at random under eight writers, and count what is lost (KILLS=60, SEED=7)
	$(PY) -m tests.marathon $(or $(KILLS),60) $(SEED)

quarter: $(DEVSTAMP) ## live through a quarter of 5 agents and 10,000 cases, and hold what was told against what had to be (CASES=1000, DAYS=30)
	$(PY) -m tests.figures.quarter $(or $(CASES),10000) $(or $(DAYS),91)

lint: $(DEVSTAMP) ## only the checks that need no tests
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache

format: $(DEVSTAMP) ## put the code into its form
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

lock: $(DEVSTAMP) ## resolve the dependencies anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes -q --no-header --group build pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes -q --no-header --group dev --group build pyproject.toml -c requirements.lock -o requirements-dev.lock

$(STAMP): requirements.lock pyproject.toml
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Holdline needs Python 3.11 or newer."; exit 1; }
	@python3 -m venv .venv || { echo "python3 has no venv module (Debian: apt-get install python3-venv)."; exit 1; }
	.venv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	.venv/bin/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEVSTAMP): $(STAMP) requirements-dev.lock
	.venv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

.PHONY: help setup run test test-long fuzz bench hostile screenshots kills marathon quarter lint format lock
