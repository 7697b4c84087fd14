# Two commands: `make demo` and `make test`. Everything else is `encore --help`.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PINS := .ci/constraints.txt

.PHONY: demo test lint clean distclean
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

# What can be made again; a running stack runs from these, so it is stopped first. Its data stays.
clean:
	if $(BIN)/encore --help >/dev/null 2>&1; then $(BIN)/encore down; fi
	rm -rf $(VENV) build *.egg-info es_plugin/target es_plugin/*/target .*_cache .hypothesis
	find ranker tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The data too: worlds, indices, downloads, events.
distclean: clean
	rm -rf .encore
