# The commands of this project; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
DATA ?= data
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help install demo serve test bench check format messages clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

$(INSTALLED): pyproject.toml constraints.txt api/frontend/package.json api/frontend/package-lock.json
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

install: $(INSTALLED) ## install into the local environment .venv

demo: $(INSTALLED) ## serve a sample street, with its data in ./data/demo
	$(BIN)/incubator demo --data-dir $(DATA)/demo --port $(PORT)

serve: $(INSTALLED) ## serve with the data in ./data
	$(BIN)/incubator serve --data-dir $(DATA)/service --port $(PORT)

test: $(INSTALLED) ## run every test, on SQLite and PostgreSQL, in a real browser
	$(BIN)/python -m pytest -n 2 --dist loadgroup

bench: $(INSTALLED) ## measure how fast it works, as ratios within the run; takes minutes
	$(BIN)/python -m tests.benchmarks.advance
	$(BIN)/python -m tests.benchmarks.rehearsal

check: $(INSTALLED) ## style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(INSTALLED) ## bring the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: $(INSTALLED) ## collect the pages' sentences into the catalogue
	$(BIN)/python -m api.i18n update

clean: ## remove the local environment and caches, never data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis api/static/vendor tests/browser/vendor
