SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := warehouse-demo
DEMO_PEOPLE := 5000
DEMO_SEED := 20
SECONDS := 300
GIGABYTES := 10
BENCH_SESSIONS ?= 10000000
SOURCE := pipeline expectations dashboard tests benchmarks

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run demo test check fix bench coverage verdicts golden clean browser

help: ## Show the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

run: demo ## Build the demonstration and serve its dashboard on http://127.0.0.1:8501
	$(BIN)/needling dashboard --home $(DEMO)

demo: $(VENV)/.ready build/.demo-drops ## Simulate about 5,000 people and publish them into ./warehouse-demo
	$(BIN)/needling run --home $(DEMO) $$(dirname build/demo-drops/*/source.toml data/samples/*/source.toml)

test: check browser ## Set everything up, check, and run every test with coverage
	$(BIN)/pytest -n 3 --cov --cov-report=term --cov-report=html

check: $(VENV)/.ready ## Look for faults without editing anything
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m docs.generate --check

fix: $(VENV)/.ready ## Format, mend what can be mended, write the generated documents anew
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/python -m docs.generate
	$(BIN)/python -m pipeline.validate.catalogue

fuzz: $(VENV)/.ready ## Damage files for SECONDS, keep what breaks a reader; then try many orders of arrival
	$(BIN)/python -m tests.fuzz.readers --seconds $(SECONDS)
	HYPOTHESIS_PROFILE=long $(BIN)/pytest -q -o timeout=0 tests/flow/test_order.py tests/fuzz

large: $(VENV)/.ready ## Ingest a file of GIGABYTES within 2 GB of memory, and 10,000 small files
	$(BIN)/python benchmarks/large_file.py --gigabytes $(GIGABYTES)
	$(BIN)/python -m benchmarks.many_files

bench: $(VENV)/.ready ## Measure every figure of docs/benchmarks.md, about an hour (BENCH_SESSIONS=1000000: minutes)
	$(BIN)/python -m benchmarks.ingest --format csv --sessions $(BENCH_SESSIONS)
	$(BIN)/python -m benchmarks.ingest --format ndjson --sessions $(BENCH_SESSIONS)
	$(BIN)/python -m benchmarks.ingest --format parquet --sessions $(BENCH_SESSIONS)
	$(BIN)/python -m benchmarks.ingest --nightly --sessions $(BENCH_SESSIONS)
	$(BIN)/python -m benchmarks.marts --sessions $(BENCH_SESSIONS)
	$(BIN)/python -m benchmarks.start
	$(BIN)/python -m benchmarks.studies --rows $$((10 * $(BENCH_SESSIONS)))
	$(BIN)/python -m benchmarks.end_to_end
	$(BIN)/python -m benchmarks.dashboard --participants $$(($(BENCH_SESSIONS) / 10))
	$(BIN)/python -m docs.generate

coverage: $(VENV)/.ready ## Simulate what intervals hold, for docs/operating-characteristics.md, about an hour (RESUME=--resume: go on)
	$(BIN)/python -m benchmarks.coverage $(RESUME)
	$(BIN)/python -m docs.generate

verdicts: $(VENV)/.ready ## Judge every kind of claim in worlds whose truth is known, for docs/verdicts.md, about a quarter of an hour
	$(BIN)/python -m benchmarks.verdicts
	$(BIN)/python -m docs.generate

golden: ## Make the golden numbers of the estimators anew (needs R)
	@command -v Rscript >/dev/null || { echo "needling: Rscript is missing; tests/golden/make_golden.R names the Debian packages" >&2; exit 1; }
	Rscript tests/golden/make_golden.R

clean: ## Remove everything that can be made again; no home but the demonstration's
	rm -rf $(VENV) $(DEMO) build dist htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results
	find $(wildcard $(SOURCE)) -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.ready: requirements.lock pyproject.toml
	@.ci/environment $(PYTHON) $(VENV)
	@touch $@

browser:
	@.ci/browser

build/.demo-drops: | $(VENV)/.ready
	$(BIN)/needling simulate --participants $(DEMO_PEOPLE) --seed $(DEMO_SEED) --out build/demo-drops
	@touch $@
