# Everything a person does with a checkout. `make` alone lists it. Steps in setup/ are safe to run twice or to interrupt.
PYTHON ?= python3
PORT ?= 8000

VENV := .venv/bin
FLASK := $(VENV)/python -m flask --app wsgi
# Files in the order of their folders: the long ones of faults/ begin early instead of being waited for at the end.
PYTEST_ARGS ?= -n auto --dist loadfile --no-loadscope-reorder
# On PostgreSQL too: the domain, the migrations, and of the pages what looks at every one, posts every form, or meets locks.
ENGINE_TESTS ?= tests/models tests/migrations tests/webapp/test_transactions.py tests/webapp/test_broken_posts.py \
	tests/webapp/test_locks.py tests/webapp/test_db.py tests/webapp/test_odd_ids.py tests/webapp/test_saved_filters.py \
	tests/webapp/office tests/webapp/slips --ignore=tests/models/workdays --ignore=tests/models/accounts/test_pinyin.py
# `make sure` takes all that talks to the database. Browsers, PDFs, files and headers do not change with the engine.
ENGINE_FREE := tests/webapp/pdf tests/webapp/manual tests/webapp/test_files.py tests/webapp/test_spreadsheets.py \
	tests/webapp/test_headers.py tests/webapp/test_config.py tests/webapp/test_hostile_files.py tests/webapp/test_xss.py \
	tests/webapp/test_cli_clock.py tests/webapp/public/test_malformed.py tests/models/workdays tests/webapp/test_logs.py \
	tests/webapp/test_proxies.py tests/webapp/test_server.py tests/models/accounts/test_pinyin.py \
	tests/webapp/test_pdf_copy.py tests/webapp/test_presenting.py tests/webapp/test_templating.py tests/webapp/test_turns.py \
	tests/webapp/test_slip_length.py tests/webapp/test_demo.py tests/webapp/test_demo_loading.py

# Settings of somebody's shell that make our Python read other people's modules or another application.
unexport PYTHONPATH PYTHONHOME FLASK_APP FLASK_ENV FLASK_DEBUG

.DEFAULT_GOAL := help
.PHONY: help setup setup-test run test lint types contracts bench sure lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:  ## everything needed to serve: packages, fonts, browser files
	@$(PYTHON) setup/prepare.py run

setup-test:  ## the same, and everything needed to test
	@$(PYTHON) setup/prepare.py test

run: export PORT := $(PORT)
run: setup  ## set up, migrate, load the demo into a new database, serve on 127.0.0.1:8000 (PORT=…)
	@$(FLASK) db upgrade
	@$(FLASK) demo load --if-new
	@echo "Serving on http://127.0.0.1:$(PORT)  (Ctrl-C stops)"
	@( $(FLASK) jobs run --beside $$$$ & ); exec $(VENV)/python -m gunicorn -c webapp/gunicorn_conf.py wsgi:app

lint: setup-test  ## ruff: style and common mistakes
	@$(VENV)/python -m ruff check .

types: setup-test  ## mypy: strict on models/
	@$(VENV)/python -m mypy

contracts: setup-test  ## import-linter: who may import what
	@$(VENV)/lint-imports

test: lint types contracts  ## every check and every test (PYTEST_ARGS=… to choose)
	@$(VENV)/python -m pytest $(PYTEST_ARGS)
	@echo "The same rules on PostgreSQL:"
	@$(VENV)/python -m pytest $(PYTEST_ARGS) --engine postgres $(ENGINE_TESTS)

sure: test  ## the same, and every page on PostgreSQL
	@$(VENV)/python -m pytest $(PYTEST_ARGS) --engine postgres tests/webapp $(addprefix --ignore=,$(ENGINE_FREE))

bench: setup-test  ## every benchmark, a line of JSON each
	@$(VENV)/python -m tests.bench

lock: setup-test  ## write the lock files anew (UPGRADE=1 takes newer versions)
	@bash setup/lock.sh

clean:  ## remove everything set-up made; data in instance/ stays
	rm -rf .venv node_modules static/vendor .fonts .setup-* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
