# Everything that a newcomer, a contributor and a build machine run. `make help` lists it.
# No target needs anything but git, make and Python 3.11 with its venv module; the rest is fetched into caches.

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := build/tools/bin/uv
RUN := .venv/bin
PYTEST := $(RUN)/python -m pytest

export UV_PYTHON_DOWNLOADS := never
export HF_HUB_OFFLINE := 1

.DEFAULT_GOAL := help
.PHONY: help demo down test check format generate test-unit test-integration test-e2e model chaos \
	bench-coldstart bench-reconcile bench-scaleout bench-copycost bench-control bench-prediction clean

help: ## Show this list
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/.synced ## From a bare checkout to a real Weaviate that the operator brings back inside its SLO
	@$(RUN)/python -m tests.demo

down: ## Remove every local cluster of this checkout, and all that it left on the machine
	@if [ -x $(RUN)/python ]; then $(RUN)/python -m tests.cluster down --all; \
	else echo "Nothing to remove: no cluster was ever started from this checkout."; fi

test: ## Everything that must pass
	@$(MAKE) --no-print-directory check test-unit test-integration test-e2e

check: .venv/.synced ## Lint, types, layers, and that generated files are fresh
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports
	$(RUN)/lint-imports --config tests/cluster/layers.toml
	$(RUN)/python -m vectortier.api.crd --check
	$(RUN)/python -m vectortier.api.reference --check

format: .venv/.synced ## Format the code and mend what can be mended automatically
	$(RUN)/ruff check --fix .
	$(RUN)/ruff format .

generate: .venv/.synced ## Write crds/ and docs/reference/ from the models
	$(RUN)/python -m vectortier.api.crd
	$(RUN)/python -m vectortier.api.reference

test-unit: .venv/.synced ## Fast tests: no cluster, no root, seconds
	$(PYTEST) -n auto --maxprocesses 4 tests/unit

test-integration: .venv/.synced ## Against a real kube-apiserver, a real Envoy and a real Weaviate on loopback; no root
	$(PYTEST) tests/integration tests/contract tests/cluster tests/model

test-e2e: .venv/.synced ## On a real node of its own, with the real kubelet; needs root on Linux
	@$(RUN)/python -m tests.cluster doctor --size node || { \
	  echo "Not run: tests/e2e. The line above says what it needs. To run only the rest: make test-unit test-integration"; exit 1; }
	$(PYTEST) tests/e2e

model: .venv/.synced ## Ten thousand schedules of faults against a model, and bugs that they must find; no cluster, no root
	$(RUN)/python -m tests.model

chaos: .venv/.synced ## Faults on a real cluster while a tier grows, restarts and shrinks; adds runs to build/bench/chaos.json
	$(RUN)/python -m tests.chaos

bench-coldstart: .venv/.synced ## 20 cold starts with one voter and 20 with three: seconds until Ready
	$(RUN)/python -m tests.benchmarks.coldstart

bench-reconcile: .venv/.synced ## From a spec change to the applied children, also while Weaviate hangs; writes when idle
	$(RUN)/python -m tests.benchmarks.reconcile

bench-scaleout: .venv/.synced ## What a copy costs searches: ours beside a naive COPY in the same run
	$(RUN)/python -m tests.benchmarks.scaleout

bench-copycost: .venv/.synced ## Where the tail of a COPY comes from: when the target serves, and Weaviate's copy settings
	$(RUN)/python -m tests.benchmarks.copycost

bench-control: .venv/.synced ## Our policy beside HPA, KEDA, Vespa and the optimum, simulated; no cluster, no root
	$(RUN)/python -m tests.benchmarks.control

bench-prediction: .venv/.synced ## The simulation's model fitted to a real tier, and what it predicts of three other loads
	$(RUN)/python -m tests.benchmarks.prediction

clean: down ## Remove what was built in this checkout (shared caches stay)
	rm -rf build dist .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv build/tools || { echo "Python's venv module is needed: apt-get install python3-venv"; exit 1; }
	@build/tools/bin/pip --quiet --disable-pip-version-check install uv==$(UV_VERSION)

.venv/.synced: pyproject.toml uv.lock | $(UV)
	@$(UV) --quiet sync --frozen --python $(PYTHON)
	@touch $@
