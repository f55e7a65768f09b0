# The few commands a developer runs; `make help` names them.
PYTHON ?= python3
WORKERS ?= 3
TESTS ?=
VERSION := 1.1.0
SCENARIO ?= errors
N ?= 10000
SEED ?= 100000

BIN := .venv/bin
STAMP := .venv/.installed
SOURCES := cockpit screens widgets playbooks tests benchmarks
BENCHMARKS ?= playbook hosts output idle journal engine metrics rules rehearsal weeks

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help rehearse fly test bench check format snapshots reference lock clean

help:  ## what there is
	@sed -n 's/^\([a-z][a-z-]*\):.*##  *\(.*\)/  make \1\t\2/p' Makefile | expand -t 20
	@echo '  PYTHON=python3.12 picks the Python, WORKERS=0 runs the tests one by one, TESTS=tests/journal runs some,'
	@echo '  VERSION=1.2.0 flies a version that is rolled back by itself; SCENARIO=happy rehearses one that goes well.'

rehearse: needs-setup $(STAMP)  ## practise a release with everything played: nothing is contacted
	@XDG_STATE_HOME="$(CURDIR)/.rehearsal" $(BIN)/cockpit rehearse --scenario $(SCENARIO) || [ $$? -eq 5 ]  # 5: rolled back, as it is to be

fly: needs-fly $(STAMP)  ## release the quickstart service to three OpenSSH servers on this machine
	@$(BIN)/python -m tests.loopback.fly --version $(VERSION) || [ $$? -eq 5 ]  # 5: rolled back, as 1.2.0 is to be

test: needs-test $(STAMP)  ## run every test
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal $(TESTS)

bench: needs-test $(STAMP)  ## run every benchmark of benchmarks/
	@for name in $(BENCHMARKS); do echo "== $$name"; $(BIN)/python -m benchmarks.$$name || exit; done

campaign: needs-setup $(STAMP)  ## fly N random releases in virtual time on all cores, from seed SEED on
	@$(BIN)/python -m tests.simulation.campaign --releases $(N) --seed $(SEED)

check: needs-test $(STAMP)  ## format, lint, types, imports, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -q -n $(WORKERS) --dist worksteal

format: needs-setup $(STAMP)  ## format the sources, and fix what ruff can fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

snapshots: needs-setup $(STAMP)  ## take the SVG snapshots of the screens anew
	$(BIN)/pytest --snapshot-update -m snapshot

reference: needs-setup $(STAMP)  ## write playbooks/REFERENCE.md and SCENARIOS.md anew from the models
	$(BIN)/python -c 'from cockpit.playbook.model.reference import reference; print(reference(), end="")' \
		> playbooks/REFERENCE.md
	$(BIN)/python -c 'from cockpit.rehearsal.written.reference import reference; print(reference(), end="")' \
		> playbooks/SCENARIOS.md

lock: needs-setup $(STAMP)  ## pin the newest versions that pyproject.toml allows
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --upgrade --generate-hashes \
		--no-header --no-emit-index-url --no-emit-find-links --quiet --output-file requirements.lock

clean:  ## remove what these commands made
	rm -rf .venv .fly .rehearsal build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache snapshot_report.html
	find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +

needs-%:
	@sh tests/loopback/needs.sh $* "$(PYTHON)"

$(STAMP): requirements.lock pyproject.toml
	@echo 'setting up .venv, which takes about a minute'
	@test -x $(BIN)/pip || "$(PYTHON)" -m venv --clear .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
