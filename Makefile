# Grapevine. `make` prints this help; `make run` and `make test` are all a newcomer needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup run test check format lint types contracts templates migrations messages docs coverage \
        test-sqlite test-postgres test-spark test-races-short test-crash-short test-api test-journeys test-setup test-races test-crash \
        simulate mutants bench-orders bench-lists bench-import bench-insight bench-rollups bench-discovery demo clean

VENV := .venv
PYTHON := $(VENV)/bin/python
BIN := $(VENV)/bin
OPTIONS := -q -rs -n 2 --dist loadfile --no-loadscope-reorder -m "not journey and not race and not crash"
ON_SPARK := grapevine/insight/tests/test_cube_engines.py grapevine/insight/tests/test_engine_jobs.py \
            grapevine/insight/tests/test_training_spark.py
MEASURED := grapevine/ledger grapevine/goods grapevine/trade

help:  ## Print this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup:  ## Make .venv with everything the product needs, and the command .venv/bin/grapevine
	@sh tools/setup.sh run

run: setup  ## Start everything on embedded defaults, with a demo world (PORT, GRAPEVINE_HOME, DATABASE_URL)
	@exec $(BIN)/grapevine up --demo

test: test-setup check test-sqlite test-postgres coverage test-races-short test-crash-short test-journeys  ## Prove everything
	@echo "make test: everything passed."

test-setup:
	@sh tools/setup.sh test

check: format lint types contracts templates migrations messages docs  ## Format, lint, types, borders, templates, migrations, texts, pages made from code

format:
	$(BIN)/ruff format --check .
lint:
	$(BIN)/ruff check .
types:
	$(BIN)/mypy grapevine tools tests conftest.py
contracts:
	PYTHONPATH=. $(BIN)/lint-imports --no-logo
templates:
	$(BIN)/pytest -q tests/test_architecture.py -k template
migrations:
	GRAPEVINE_HOME=$$(mktemp -d) $(BIN)/grapevine manage makemigrations --check --dry-run
messages:
	$(PYTHON) -m tools.messages --check
docs:
	$(PYTHON) -m tools.states --check
	$(PYTHON) -m tools.events --check
	$(PYTHON) -m tools.client --check

test-sqlite:  ## Unit and property tests on SQLite
	@mkdir -p build && $(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(OPTIONS) $(MEASURED)
	$(BIN)/pytest $(OPTIONS) $(MEASURED:%=--ignore=%)
test-postgres:  ## Those that touch the database, on PostgreSQL started for the occasion
	$(PYTHON) -m tools.postgres $(BIN)/coverage run -m pytest $(OPTIONS) grapevine/goods
	$(PYTHON) -m tools.postgres $(BIN)/pytest $(OPTIONS) --ignore=grapevine/goods
coverage:  ## Every branch of the ledger, the counter, prices, payments and doors was tried by the two runs above
	$(BIN)/coverage combine -q
	$(BIN)/coverage report
test-races-short:  ## A few rounds of every race of many real processes, on both databases
	$(PYTHON) -m tests.races 2
test-races:  ## 200 rounds of each (ROUNDS=…; SEED=… plays one again); ends with a line of JSON
	$(PYTHON) -m tests.races $(or $(ROUNDS),200)
test-api:  ## Requests made from the API's document (REQUESTS=…): no fault, no undocumented answer; ends with a line of JSON
	$(PYTHON) -m tests.fuzzing $(or $(REQUESTS),20000)
test-spark:  ## The analytics on PySpark, beside DuckDB, in .venv-spark (needs Java 17; no part of `make test`, which says so)
	@sh tools/setup.sh spark
	ANALYTICS_MEMORY_MB=1024 .venv-spark/bin/pytest -v -rs $(ON_SPARK)
test-journeys:  ## Whole journeys in headless Chromium, against real processes
	$(BIN)/pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m journey tests/journeys

simulate:  ## Histories of trade on a model and on the product (SEEDS=1000 START=0; SEEDS=1 tells every step)
	@$(PYTHON) -m tools.simulate
test-crash-short:  ## A few processes killed and started again, on both databases
	$(PYTHON) -m tools.crashes --short
test-crash:  ## Processes killed at every named place and at any moment, on both databases (ends with a line of JSON)
	$(PYTHON) -m tools.crashes
mutants:  ## Plant faults in a copy of the money and stock paths; tests must notice each (ends with a line of JSON)
	$(PYTHON) -m tools.mutants

bench-orders:  ## Orders a second, their CPU, a hot SKU, a million past orders (PostgreSQL; ends with a line of JSON)
	$(PYTHON) -m tools.postgres $(PYTHON) -m bench.orders
bench-lists:  ## A shop's order list with a million orders: every filter, and the file (PostgreSQL; ends with a line of JSON)
	$(PYTHON) -m tools.postgres $(PYTHON) -m bench.lists
bench-import:  ## A file of goods through the import, goods a second (GOODS=100000; PostgreSQL; ends with a line of JSON)
	$(PYTHON) -m tools.postgres $(PYTHON) -m bench.importing --goods $(or $(GOODS),100000)

bench-insight:  ## The log and what is counted from it: intake, kills, … (PARTS="intake"; ends with a line of JSON)
	PYTHONPATH=. $(PYTHON) -m bench.insight $(PARTS)

bench-rollups:  ## The data cube counted from EVENTS=1,10 million events, beside a raw scan (SQLite; ends with a line of JSON)
	$(PYTHON) -m bench.insight_rollups --millions $(or $(EVENTS),1,10)
bench-discovery:  ## Feeds, ranking and training at their sizes (PARTS="serve rank train growth spark" SIZES="--notes 2000 …"; PostgreSQL; ends with a line of JSON)
	$(PYTHON) -m tools.postgres $(PYTHON) -m bench.discovery $(PARTS) $(SIZES)
demo:  ## Build the demo world without starting anything
	$(BIN)/grapevine demo --people 2000 --seed 7

clean:  ## Remove the virtual environment and caches; the home folder stays
	rm -rf $(VENV) .venv-spark .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
