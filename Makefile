# make        install into .venv, then run the default study up to its report
# make test   install what tests need, then test
# All targets: make help
PYTHON ?= python3
BIN := .venv/bin
# Not := because environments for GPUs have a BIN of their own.
UV = $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode \
	--only-binary :all: --no-binary connection-pool --no-build-isolation-package connection-pool
# setuptools is in installer.txt; connection-pool is pure Python that exists as source only.
EDITABLE = $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation
INSTALLED := .venv/.installed
DEVELOP := .venv/.develop
PLUGINS := build/cluster
REMOTE := build/remote
LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header --quiet

.DEFAULT_GOAL := study
.PHONY: study install cluster remote gpu-tensorflow gpu-jax gpu-check test coverage test-slow \
	test-cluster lint format bench docs notebooks lock schema help

study: $(INSTALLED) ## run the default study: results/showers/report.html
	@$(BIN)/snakemake

install: $(DEVELOP) ## install everything, tools for development too

cluster: $(INSTALLED) envs/cluster.txt ## add Snakemake's plugins for SLURM and HTCondor
	@$(UV) --no-deps -r envs/cluster.txt

remote: $(INSTALLED) envs/remote.txt ## add what reads s3:// and root:// (S3, XRootD)
	@$(UV) --no-deps -r envs/remote.txt

gpu-tensorflow: .venv-gpu-tensorflow/.installed ## make .venv-gpu-tensorflow, for NVIDIA GPUs (docs/gpu.md)

gpu-jax: .venv-gpu-jax/.installed ## make .venv-gpu-jax, for NVIDIA GPUs (docs/gpu.md)

gpu-check: ## train with each backend that is there, on its GPU: samples/s, precision, memory
	@for python in .venv*/bin/python; do echo "$$python:"; $$python benchmarks/gpu_check.py; done

test: $(DEVELOP) $(PLUGINS) $(REMOTE) ## run the tests
	@$(BIN)/python -m pytest -m "not slow" -n auto --dist loadfile -q -rs

coverage: $(DEVELOP) $(PLUGINS) $(REMOTE) ## run the tests and say which lines none of them reaches; a third slower
	@$(BIN)/python -m pytest -m "not slow" -n auto --dist loadfile \
		--cov --cov-report=term:skip-covered -q -rs

test-slow: $(DEVELOP) ## run the tests that train or simulate for long
	@$(BIN)/python -m pytest -m slow -q

test-cluster: $(DEVELOP) $(PLUGINS) ## run the profiles on SLURM and HTCondor of one node (as root)
	@$(BIN)/python -m pytest tests/cluster -v -rs

lint: $(DEVELOP) ## check style, types and the workflow
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/snakefmt --check --compact-diff workflow
	@$(BIN)/snakemake --lint --configfile config/config.yaml

format: $(DEVELOP) ## bring code into the common format
	@$(BIN)/ruff check --fix --quiet || true
	@$(BIN)/ruff format --quiet
	@$(BIN)/snakefmt workflow

bench: $(DEVELOP) ## measure speeds against peers: results/benchmarks.json
	@$(BIN)/python benchmarks/run.py --output results/benchmarks.json

docs: $(DEVELOP) ## build the documentation: build/site/index.html
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

notebooks: study $(DEVELOP) ## run the notebooks of the documentation on the default study again
	@$(BIN)/python docs/site/run_notebooks.py

schema: $(DEVELOP) ## write config/schema.json and the key tables of config/README.md
	@$(BIN)/python -m footprint.config.reference

lock: $(DEVELOP) ## resolve the locked requirements under envs/ anew
	@$(LOCK) envs/installer.in --output-file envs/installer.txt
	@$(LOCK) pyproject.toml --constraint envs/installer.txt --output-file envs/footprint.txt
	@$(LOCK) --group develop --constraint envs/footprint.txt --output-file envs/develop.txt
	@$(LOCK) --group cluster --constraint envs/footprint.txt --output-file envs/cluster.txt \
		$$(sed -nE 's/^([a-z0-9_.-]+)==.*/--no-emit-package \1/p' envs/footprint.txt)
	@$(LOCK) --group remote --constraint envs/footprint.txt --output-file envs/remote.txt \
		$$(sed -nE 's/^([a-z0-9_.-]+)==.*/--no-emit-package \1/p' envs/footprint.txt)
	@$(LOCK) pyproject.toml --group gpu-tensorflow --constraint envs/footprint.txt \
		--excludes envs/gpu-tensorflow-excludes.in --output-file envs/gpu-tensorflow.txt
	@$(LOCK) pyproject.toml --group gpu-jax --constraint envs/footprint.txt \
		--output-file envs/gpu-jax.txt

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

# A whole environment from its lock, the last of the prerequisites.
define INSTALL
@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; \
	sys.exit(0 if (3, 11) <= v <= (3, 13) else "Footprint needs Python 3.11 to 3.13, $(PYTHON) is %d.%d: make PYTHON=python3.12" % v)'
@echo "Installing into $(@D) ($(1))"
@$(PYTHON) -m venv $(@D)
@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	-r envs/installer.txt
@$(UV) -r $(lastword $^)
@$(EDITABLE) --editable .
@$(BIN)/python -m compileall -q src
@touch $@
endef

$(INSTALLED): pyproject.toml envs/installer.txt envs/footprint.txt
	$(call INSTALL,about a minute)

# tensorflow and tensorflow-cpu write the same files: beside .venv, never into it.
.venv-gpu-%/.installed: BIN = $(@D)/bin
.venv-gpu-%/.installed: pyproject.toml envs/installer.txt envs/gpu-%.txt
	$(call INSTALL,about 3 GB to fetch)

$(DEVELOP): $(INSTALLED) envs/develop.txt
	@$(UV) -r envs/develop.txt
	@touch $@

# Beside the other packages, where only their tests look.
$(REMOTE): $(INSTALLED) envs/remote.txt
	@rm -rf $@
	@$(UV) --no-deps --target $@ -r envs/remote.txt
	@touch $@

$(PLUGINS): $(INSTALLED) envs/cluster.txt
	@rm -rf $@
	@$(UV) --no-deps --target $@ -r envs/cluster.txt
	@touch $@
