# begone's commands; `make` alone lists them.

VENV ?= .venv
BIN := $(VENV)/bin
CORPUS ?= ../shared/corpus
ARGS ?=

export BEGONE_HOST ?= 127.0.0.1
export BEGONE_PORT ?= 8000
# One page keeps one core busy; more threads only wait for each other (DESIGN: p95 566 ms against 7.5 with one).
export OMP_NUM_THREADS ?= 1

RUN_STAMP := $(VENV)/.run-installed
DEV_STAMP := $(VENV)/.dev-installed
FUZZ_STAMP := $(VENV)/.fuzz-installed
# The locks are complete, so nothing is left to resolve (--no-deps; older pips also stumble over lxml's extras).
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps

.DEFAULT_GOAL := help

##@ Use

.PHONY: serve
serve: $(RUN_STAMP) ## Start the service on BEGONE_HOST:BEGONE_PORT (127.0.0.1:8000)
	@exec $(BIN)/python -m app

##@ Check

.PHONY: test
test: $(DEV_STAMP) ## Run the tests with coverage (ARGS="-k dom --no-cov" for a part)
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal --cov $(ARGS)

.PHONY: lint
lint: $(DEV_STAMP) ## Look for mistakes and bad style (ruff)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: types
types: $(DEV_STAMP) ## Check the types (mypy --strict)
	$(BIN)/mypy

.PHONY: format
format: $(DEV_STAMP) ## Lay the code out and mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: audit
audit: $(DEV_STAMP) ## Look the image's dependencies up among known vulnerabilities (needs the network)
	$(BIN)/python -m scripts.audit

.PHONY: sbom
sbom: $(DEV_STAMP) ## Write the list of all run-time parts, with their hashes (build/sbom.json, CycloneDX)
	@mkdir -p build
	$(BIN)/cyclonedx-py requirements requirements/run.txt --output-reproducible --output-file build/sbom.json

.PHONY: fuzz
fuzz: $(FUZZ_STAMP) ## Feed the engine what nobody would write (ARGS="--inputs 1000000 --jobs 2 --record")
	$(BIN)/python -m fuzz $(ARGS)

.PHONY: fuzz-api
fuzz-api: $(FUZZ_STAMP) ## Hold a running service against its OpenAPI document (ARGS="--max-examples 1000")
	$(BIN)/python -m fuzz.api $(ARGS)

.PHONY: docker-lint
docker-lint: $(DEV_STAMP) ## Check the Dockerfile (hadolint)
	$(BIN)/hadolint Dockerfile

.PHONY: deploy-lint
deploy-lint: $(DEV_STAMP) ## Hold deploy/ against the schemas of Kubernetes and Compose
	@for version in $(KUBERNETES); do \
		$(BIN)/kubernetes-validate --strict --quiet -k $$version $(MANIFESTS) || exit 1; \
	done
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec deploy/compose.yaml

# The oldest version that still gets fixes, and the newest whose schemas the validator has.
KUBERNETES := 1.34 1.37
# kubectl reads the kustomization itself; no cluster has a schema for it.
MANIFESTS := $(filter-out %/kustomization.yaml,$(wildcard deploy/kubernetes/*.yaml))

.PHONY: docker-steps
docker-steps: $(DEV_STAMP) ## Carry out the Dockerfile's steps in a scratch folder, without a Docker engine
	$(BIN)/python -m scripts.docker_steps

##@ Train and measure

.PHONY: train
train: $(DEV_STAMP) ## Train the model from CORPUS (../shared/corpus)
	$(BIN)/python -m training.train --corpus $(CORPUS) $(ARGS)

.PHONY: report
report: $(DEV_STAMP) ## Write the report on the model: figures, curves, worst mistakes (build/report.html)
	$(BIN)/python -m training.report $(ARGS)

.PHONY: gate
gate: $(DEV_STAMP) ## Hold the model's figures against their floors (ARGS="--set" sets them anew)
	$(BIN)/python -m training.gate --corpus $(CORPUS) $(ARGS)

.PHONY: bench
bench: $(DEV_STAMP) ## Time begone beside other tools on the same pages (ARGS="--pages 20 --rounds 3")
	$(BIN)/python -m benchmarks --corpus $(CORPUS) $(ARGS)

.PHONY: bench-against
bench-against: $(DEV_STAMP) ## Time whole answers beside another commit's (ARGS="--revision HEAD~1 --runs 4")
	$(BIN)/python -m benchmarks.against --corpus $(CORPUS) $(ARGS)

.PHONY: bench-load
bench-load: $(DEV_STAMP) ## Put the service under load on loopback (ARGS="--seconds 3 --memory-pages 500")
	$(BIN)/python -m benchmarks.load --corpus $(CORPUS) $(ARGS)

.PHONY: soak
soak: $(DEV_STAMP) ## Keep the service busy for long, with hostile requests, and see whether it grows (ARGS="--minutes 30")
	$(BIN)/python -m benchmarks.soak --corpus $(CORPUS) $(ARGS)

##@ Keep in order

.PHONY: readme
readme: $(DEV_STAMP) ## Write the README's tables and its example answer anew from the code
	$(BIN)/python -m scripts.readme

.PHONY: lock
lock: $(DEV_STAMP) ## Pin the newest dependencies that requirements/*.in allow
	rm -f requirements/*.txt
	$(LOCK) requirements/run.in --output-file requirements/run.txt
	$(LOCK) requirements/run.in requirements/otel.in --constraint requirements/run.txt --output-file requirements/otel.txt
	$(LOCK) requirements/dev.in --constraint requirements/otel.txt --output-file requirements/dev.txt
	$(LOCK) requirements/sbom.in --constraint requirements/dev.txt --output-file requirements/sbom.txt
	$(LOCK) requirements/fuzz.in --constraint requirements/dev.txt --output-file requirements/fuzz.txt

# One version of everything for all Pythons and systems (fork strategy "fewest"), so that a model trained on one
# machine is loaded with the same libraries on another.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock"

.PHONY: clean
clean: ## Remove what was made: .venv, caches, coverage
	rm -rf $(VENV) build .coverage .coverage.* htmlcov .hypothesis .mypy_cache .pytest_cache .ruff_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo

# Virtual environment. A stamp older than its lock file means: install again.

$(BIN)/python:
	@scripts/venv.sh $(VENV)

$(RUN_STAMP): requirements/run.txt | $(BIN)/python
	@echo "Installing what the service needs into $(VENV) ..."
	@$(PIP) -r requirements/run.txt
	@touch $@

# dev.txt holds everything in run.txt, at the same versions.
$(DEV_STAMP): requirements/dev.txt | $(BIN)/python
	@echo "Installing what development needs into $(VENV) ..."
	@$(PIP) -r requirements/dev.txt
	@touch $(RUN_STAMP) $@

# fuzz.txt holds everything in dev.txt, at the same versions.
$(FUZZ_STAMP): requirements/fuzz.txt | $(BIN)/python
	@echo "Installing what fuzzing needs into $(VENV) ..."
	@$(PIP) -r requirements/fuzz.txt
	@touch $(RUN_STAMP) $(DEV_STAMP) $@
