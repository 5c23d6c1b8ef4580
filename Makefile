# Two commands matter: `make demo` (install what is missing, make the film) and `make test` (install, run the tests).
SHELL := /bin/bash
PYTHON ?= python3
BPY_PYTHON ?= python3.11
DEMO := out/demo
PROMPT ?= A peacock greets the dawn, slow and proud, spreading its wings
DANCE ?= dai-peacock
export OMP_NUM_THREADS ?= 2

.PHONY: help demo test lint setup system blender addon clean

help:            ## Say what there is to do
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: setup      ## Install what is needed and make the film, the .blend, the clips and the report in out/demo
	@tools/demo $(DEMO) "$(PROMPT)" $(DANCE)

test: setup      ## Install what is needed and run the tests
	@tools/install-system-packages chromium  # pages are looked at in a real browser
	OMP_NUM_THREADS=1 .venv/bin/python -m pytest -m "not slow" -n 2 --dist loadfile

lint: setup      ## Check the style
	.venv/bin/ruff check .

setup: system .venv/.installed blender  ## Install everything: system packages, .venv, .venv-bpy

system:
	@tools/install-system-packages

.venv/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt "torch>=2.11"
	.venv/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt -e ".[dev]"
	.venv/bin/python -m ritual.body.compiled  # once, so that nobody waits for it later
	@touch $@

# bpy wants Python 3.11 and numpy < 2, so it lives in an environment of its own; without it Debian's Blender renders
blender:
	@if [ ! -e .venv-bpy/.installed ]; then \
	  if command -v $(BPY_PYTHON) >/dev/null 2>&1; then \
	    $(BPY_PYTHON) -m venv .venv-bpy && .venv-bpy/bin/python -m pip install -q --disable-pip-version-check "bpy==5.0.1" "pytest>=8" \
	      && touch .venv-bpy/.installed; \
	  else echo "$(BPY_PYTHON) is not here, so bpy 5.0 is left out; Debian's Blender renders instead." >&2; fi; fi

addon: setup     ## Build the Blender extension into dist/
	.venv/bin/python addon/build.py

clean:           ## Remove results and environments
	rm -rf out dist .venv .venv-bpy
