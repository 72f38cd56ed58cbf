# The commands of PASTI. `make` alone lists them.
#
# Everything is made once, in .venv, from locked packages whose hashes are checked; a stamp in .venv says that it is done.
# Another Python: make run PYTHON=/path/to/python3. More words for the program: make test ARGS="tests/bot -x".

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run chat venv test check bench learn lock chromium clean

PIP := .venv/bin/python -m pip --disable-pip-version-check --no-input
PIP_LOCKED := $(PIP) install -qq --require-hashes --only-binary :all:
NO_PACKAGES := { echo "PASTI: the packages could not be installed (see above). Is there a network? Then try again." >&2; exit 1; }

help:
	@echo "make run     serve PASTI at http://127.0.0.1:8080 (Ctrl-C stops it)"
	@echo "make chat    talk to PASTI in this terminal"
	@echo "make test    check everything, as a change has to pass it"
	@echo "make check   only lint, format, types and the direction of imports"
	@echo "make bench   measure speed and memory"
	@echo "make learn   learn anew from the example sentences, after changing them, cues, words or names"
	@echo "make venv    only make .venv, with .venv/bin/pasti"
	@echo "make lock    resolve the packages of pyproject.toml anew (ARGS=--upgrade: the newest)"
	@echo "make clean   remove what was made, but not data/"

# --- Using it

run: .venv/.run-stamp
	@exec .venv/bin/pasti run $(ARGS)

chat: .venv/.run-stamp
	@exec .venv/bin/pasti chat $(ARGS)

venv: .venv/.run-stamp
	@echo "Ready: .venv/bin/pasti"

# --- Changing it

# Two more than there are cores: browsers and killed programs are waited for, and leave cores to others.
WORKERS := $(shell expr $$(nproc 2>/dev/null || echo 2) + 2)

test: .venv/.test-stamp chromium check
	@CHROMIUM="$$($(FIND_CHROMIUM))" .venv/bin/pytest -n $(WORKERS) --dist worksteal $(ARGS)
	@test -n "$(ARGS)" || PASTI_TEST_DATABASE=postgresql .venv/bin/pytest -n $(WORKERS) --dist worksteal $(ON_POSTGRESQL)

# Again on PostgreSQL: what reads and writes rows. The server comes with the packages of the tests. Not again: what opens
# Chromium, always makes a PostgreSQL of its own, starts PASTI on files of SQLite, or has no database.
ON_POSTGRESQL := tests/storage tests/handlers tests/bot -m "not browser" --ignore-glob='*_postgresql.py' \
	$(addprefix --ignore=tests/, handlers/test_side_by_side.py handlers/dialogue bot/documents \
	$(patsubst %, bot/test_%.py, two_processes case_cli case_import_cli knowledge_cli officer_cli provider_cli whatsapp_cli \
	lock logs serve terminal formatting keys live media_types outgoing_files pace settings spreadsheet typesetting \
	webchat webchat_limits webchat_stream))

check: .venv/.test-stamp
	@.venv/bin/ruff check --quiet
	@.venv/bin/ruff format --quiet --check || { echo "Some files are not formatted: .venv/bin/ruff format" >&2; exit 1; }
	@.venv/bin/mypy --no-error-summary
	@report=$$(.venv/bin/lint-imports --no-logo 2>&1) || { echo "$$report" >&2; exit 1; }
	@echo "Lint, format, types and imports are in order."

bench: .venv/.test-stamp chromium
	@CHROMIUM="$$($(FIND_CHROMIUM))" exec .venv/bin/python -m tests.benchmarks $(ARGS)

learn: .venv/.test-stamp
	@.venv/bin/python -m knowledge.learning
	@echo "Learnt anew: knowledge/content/learnt. What it is worth: pasti evaluate, make test."

# Without addresses, so that a lock tells nothing of the machine that made it; the second follows the first.
UV = $(shell command -v uv || echo .venv-lock/bin/uv)
COMPILE = UV_SYSTEM_CERTS=1 $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate pyproject.toml --extra install $(ARGS)

lock: .venv/.place
	@command -v uv >/dev/null || test -x .venv-lock/bin/uv || { \
		.venv/bin/python -m venv .venv-lock && echo '*' > .venv-lock/.gitignore && \
		.venv-lock/bin/python -m pip --disable-pip-version-check --no-input install -qq uv; } || $(NO_PACKAGES)
	@$(COMPILE) -o requirements.lock
	@$(COMPILE) --extra test --constraint requirements.lock -o requirements-test.lock
	@echo "requirements.lock and requirements-test.lock are up to date."

clean:
	@rm -rf .venv .venv-lock .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis screenshots *.egg-info
	@find bot handlers knowledge storage tests -name __pycache__ -type d -prune -exec rm -rf {} +

# --- What the commands stand on

# A virtual environment does not survive being copied elsewhere, nor the loss of its Python: then it is made anew.
ifneq ($(shell test -x .venv/bin/python && cat .venv/.place 2>/dev/null),$(CURDIR))
.PHONY: .venv/.place
endif

.venv/.place:
	@for python in $(or $(PYTHON),python3.11 python3.12 python3.13 python3); do \
		"$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
		python=; \
	done; \
	test -n "$$python" || { \
		echo "PASTI needs Python 3.11 or newer with its module venv. On Debian and Ubuntu: apt-get install python3-venv" >&2; \
		exit 1; }; \
	"$$python" -m venv --clear .venv
	@pwd -P > $@

.venv/.run-stamp: .venv/.place requirements.lock pyproject.toml
	@echo "Installing the packages of PASTI: once, for half a minute …"
	@$(PIP_LOCKED) -r requirements.lock || $(NO_PACKAGES)
	@$(PIP) install -qq --no-index --no-deps --no-build-isolation -e .
	@touch $@

.venv/.test-stamp: .venv/.run-stamp requirements-test.lock
	@echo "Installing the packages of the tests: once, for half a minute …"
	@$(PIP_LOCKED) -r requirements-test.lock || $(NO_PACKAGES)
	@touch $@

FIND_CHROMIUM := for name in "$$CHROMIUM" chromium chromium-browser google-chrome; do \
	command -v "$$name" 2>/dev/null && break; done
NO_CHROMIUM := { echo "PASTI: the tests of the pages need Chromium, and it could not be installed here." \
	"Install it (Debian: apt-get install chromium), or name one: make test CHROMIUM=/path/to/it" >&2; exit 1; }

# apt-get runs programs of /usr/sbin, which a bare PATH lacks. When it fails, its list of packages may be out of date.
chromium:
	@$(FIND_CHROMIUM) >/dev/null || { \
		test "$$(id -u)" = 0 || sudo="sudo -n"; \
		apt="$$sudo env PATH=$$PATH:/usr/sbin:/sbin DEBIAN_FRONTEND=noninteractive apt-get -qq"; \
		install="$$apt install -y --no-install-recommends chromium"; \
		command -v apt-get >/dev/null && $$sudo true 2>/dev/null && \
		echo "Installing Chromium for the tests of the pages: once, for a minute …" && \
		{ $$install >/dev/null 2>&1 || { $$apt update >/dev/null && $$install >/dev/null; }; } && \
		$(FIND_CHROMIUM) >/dev/null; } || $(NO_CHROMIUM)
