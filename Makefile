# `make demo` and `make test` are all it takes; `make` alone lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

# llama.cpp's AMX code crashes when GCC before 12.4 compiled it (llama.cpp issue 20824), and is not needed.
# Older compilers and other processors do not know these flags, and have no AMX code to leave out.
NO_AMX := -mno-amx-tile -mno-amx-int8 -mno-amx-bf16
ifneq ($(shell echo 'int x;' | $(CC) -Werror $(NO_AMX) -x c -c -o /dev/null - 2>&1 || echo no),)
NO_AMX :=
endif
# With make instead of ninja, CMake would compile on one core.
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

.PHONY: help
help: ## list these
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 20

.PHONY: install
install: $(INSTALLED) ## only make the virtual environment

.PHONY: weights
weights: $(INSTALLED) ## only fetch the default model, check its sha256, and make the copy for this processor
	@$(BIN)/python scripts/demo.py --only-weights
	@$(BIN)/qwen-magic optimise

.PHONY: demo
demo: $(INSTALLED) ## install, fetch the model, answer the questions of the quickstart notebook in this terminal
	@$(BIN)/python scripts/demo.py

.PHONY: lab
lab: $(INSTALLED) ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) notebooks/quickstart.ipynb

.PHONY: test
test: $(INSTALLED) ## run all tests: real model, real browser
	@command -v chromium || command -v chromium-browser || command -v google-chrome || \
		echo "No Chromium: the browser tests are going to fail. Install it, for instance: apt-get install chromium" >&2
	$(BIN)/pytest --durations=15

.PHONY: lint
lint: $(INSTALLED) ## ruff and mypy
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

.PHONY: check
check: lint test ## what CI runs: lint, then test

.PHONY: notebooks
notebooks: $(INSTALLED) ## run the notebooks and save their outputs, to be committed
	$(BIN)/python scripts/save_notebooks.py

.PHONY: clean
clean: ## remove the virtual environment and what tools left behind; downloaded models stay
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# Installed once, and again when pyproject.toml changes.
$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "qwen_magic needs Python 3.11 or later; name one: make PYTHON=python3.12")'
	@command -v c++ >/dev/null || { echo "A C++ compiler is needed, for instance: apt-get install g++" >&2; exit 1; }
	@echo "Installing into $(VENV); compiling llama.cpp takes 3 to 6 minutes on two cores, once."
	test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	CFLAGS="$(CFLAGS) $(NO_AMX)" CXXFLAGS="$(CXXFLAGS) $(NO_AMX)" CMAKE_BUILD_PARALLEL_LEVEL=$(CORES) \
		$(BIN)/pip install --editable '.[lab,test]'
	@touch $@
