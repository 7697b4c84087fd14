# Two commands: `make demo` and `make test`. Everything else is `encore --help`.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PINS := .ci/constraints.txt

.PHONY: demo test lint clean
.DEFAULT_GOAL := demo

demo: $(VENV)/.installed
	$(BIN)/encore demo

test: $(VENV)/.installed lint
	$(BIN)/pytest

lint: $(VENV)/.installed
	$(BIN)/ruff check ranker tests
	$(BIN)/ruff format --check ranker tests
	$(BIN)/mypy
	$(BIN)/lint-imports

# The environment is made once and again when its pins change.
$(VENV)/.installed: pyproject.toml $(PINS)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint $(PINS) uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint $(PINS) --editable '.[train,test]'
	touch $@

clean:
	rm -rf $(VENV) .encore es_plugin/*/target
