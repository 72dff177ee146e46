PYTHON ?= python3.11
BIN := .venv/bin
# Processes that run tests, each with a model of its own, in about 2 GB at the most.
PROCESSES ?= 2
# A module's tests stay in one process, as what they share is made once.
PYTEST := $(BIN)/pytest --numprocesses $(PROCESSES) --dist loadscope

.PHONY: help install run rasa test check images format bench clean

help:  ## Show these targets.
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: .venv/installed  ## Make .venv and install everything into it.

# PyTorch comes first and pinned: a looser wish may bring another build of it, with gigabytes of GPU libraries.
.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --disable-pip-version-check --quiet torch==2.13.0
	$(BIN)/pip install --disable-pip-version-check --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

run: install  ## Build the index from the bundled library and serve the chat at http://127.0.0.1:8000.
	$(BIN)/doctors-note import --if-empty markdown data/articles
	$(BIN)/doctors-note serve

rasa: install  ## Try the sample assistant of Rasa in the terminal; needs Python 3.10, named by PYTHON310 if it must be.
	$(BIN)/doctors-note import --if-empty markdown data/articles
	$(BIN)/python -m scripts.rasa_stack

test: install  ## Run all tests, in two processes, or as many as PROCESSES says.
	$(PYTEST)

check: install  ## Run every check: format, lint, types, import direction, tests.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST)

images: install  ## Do what all Dockerfiles say, in folders that are removed: many minutes, and gigabytes. Python 3.10 as for rasa.
	$(BIN)/pytest tests/test_containers.py -m "images or not images"

format: install  ## Format the code.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install  ## Measure a turn, throughput, start-up, memory and search.
	$(BIN)/python -m benchmarks.turn
	$(BIN)/python -m benchmarks.runtime
	$(BIN)/python -m benchmarks.indexing
	$(BIN)/python -m benchmarks.search

clean:  ## Remove what was installed and built; the data folder (var/) stays.
	rm -rf .venv .venv-rasa build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
