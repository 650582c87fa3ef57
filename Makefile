# Everything is set up by itself: a virtual environment in .venv, from lock files with hashes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Prefect is imported by every process; byte code halves that. Where it is turned off, it is turned on here.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo up test test-long check bench lock clean

demo: $(VENV)/.installed
	$(BIN)/metarr demo

up: $(VENV)/.installed
	$(BIN)/metarr up

# Most tests wait more than they work, so several run beside each other; those with a whole stack or a real Kodi, which is
# skipped where none is installed, have the machine to themselves.
test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n 4 -m "not stack and not kodi and not long"
	$(BIN)/python -m pytest -m "(stack or kodi) and not long"

# Storms, thousands of films, kills at every step.
test-long: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m long

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_architecture.py

# A table, and the report under docs/; SIZE=--quick for a little of each, SIZE=--thorough for many more films.
bench: $(VENV)/.installed
	$(BIN)/python -m benchmarks $(SIZE)

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Metarr needs Python 3.11 or newer; name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --compile --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	$(BIN)/python -m compileall -q flows tasks deployments metarr_core
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --compile --require-hashes -r requirements-dev.lock
	touch $@

# After a change of the dependencies: newest versions that fit, with hashes, and no name of an index.
lock:
	uv pip compile --quiet --no-header --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		pyproject.toml --group build -o requirements.lock
	uv pip compile --quiet --no-header --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		pyproject.toml --group build --group dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache
