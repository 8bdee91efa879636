# Two commands are enough: `make run` and `make test`. `make help` lists the rest.
PYTHON ?= $(firstword $(foreach v,python3.13 python3.12 python3.11 python3.14 python3 python,$(shell $(v) -c 'import sys; print("$(v)") if sys.version_info >= (3, 11) else None' 2>/dev/null | grep -v None)))
PORT ?= 8000
BIN := .venv/bin
# Python keeps compiled modules, whatever the shell says: they make every start after the first one quick.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run setup setup-dev test test-long test-scaled check e2e faults fuzz bench bench-pages bench-load flood bench-desk bench-themes lock kept-state translations clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## set up, then start web and worker on http://127.0.0.1:8000 (PORT= to change)
	@exec $(BIN)/flask --app wsgi serve --try --port $(PORT)

setup: .venv/installed ## the set-up alone: virtual environment and packages

setup-dev: .venv/installed-dev

.venv/installed: requirements.txt
	@$(call install,requirements.txt)
	@touch $@

.venv/installed-dev: tests/requirements.txt requirements.txt
	@$(call install,tests/requirements.txt)
	@touch $@ .venv/installed

# uv installs in seconds; where it cannot be had, pip does the same more slowly. Both compile what they install: processes
# that start at the same time would each do it for themselves.
define install
test -n "$(PYTHON)" || { echo "Cabin needs Python 3.11 or newer, and none was found. Install it, or say make PYTHON=/path/to/python3."; exit 1; }; \
test -x $(BIN)/python || { echo "Making a virtual environment in .venv ..."; $(PYTHON) -m venv .venv || exit 1; }; \
echo "Installing the packages of $(1) ..."; \
if command -v uv >/dev/null 2>&1; then uv pip install --quiet --compile-bytecode --python $(BIN)/python -r $(1); \
elif $(BIN)/python -m pip install --quiet --disable-pip-version-check uv 2>/dev/null && $(BIN)/uv --version >/dev/null 2>&1; \
then $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -r $(1); \
else echo "uv is not to be had here; pip takes about a minute."; false; fi \
|| $(BIN)/python -m pip install --quiet --disable-pip-version-check -r $(1)
endef

test: setup-dev ## set up and run all tests but the long ones
	@$(BIN)/python -m pytest -n auto --dist loadgroup --no-loadscope-reorder -m "not long and not faults and not fuzz and not scaled"

test-long: setup-dev ## the long tests: scikit-learn's checks, very many posts, many years, every address as every role, the demo, what the web process imports, a hundred lives of merged posts, replayed launches, heavy jobs whose processes end, a product manager without a mouse
	@$(BIN)/python -m pytest -n auto --dist loadgroup --no-loadscope-reorder -m long

# Not in a browser, and without what is about SQLite; SUITE= for a part of it.
SUITE ?= tests
test-scaled: setup-dev ## two web processes and two workers as one site on PostgreSQL and Valkey; then the whole suite on PostgreSQL
	@$(BIN)/python -m pytest tests/scaled -m scaled
	@FORUM_TEST_DATABASE=postgresql $(BIN)/python -m pytest $(SUITE) -n auto --dist loadgroup --no-loadscope-reorder \
		-m "not long and not faults and not fuzz and not browser and not scaled"

check: setup-dev ## lint, types, import map
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/mypy
	@$(BIN)/python -m pytest tests/architecture -n auto --dist loadgroup

e2e: setup-dev ## every page in a browser: two colour schemes, two widths, axe
	@$(BIN)/python -m pytest tests/e2e/test_pages.py tests/e2e/test_journey.py -n auto --every-look

faults: setup-dev ## processes killed under writes, fits and mail, a clock that jumps, a database that is full, locked or gone, damaged models
	@$(BIN)/python -m pytest tests/faults -n 2 --dist worksteal -m faults

fuzz: setup-dev ## odd text, files, questions and addresses, and odd input on every form as five roles
	@$(BIN)/python -m pytest tests/fuzz -n auto --dist worksteal -m fuzz

bench: setup-dev ## speed as ratios: to the least that could show the same pages, then of every page to a bare one of its size
	@$(BIN)/python -m tests.bench
	@SIZE=$(or $(SIZE),1000,10000,100000) $(BIN)/python -m tests.bench.pages

bench-pages: setup-dev ## every page beside a bare one of its size; SIZE=, DATABASE=postgresql, SERVER=granian
	@$(BIN)/python -m tests.bench.pages

bench-load: setup-dev ## votes per second from 32 connections, ten times too many readers, memory after very many requests
	@$(BIN)/python -m tests.bench.load

flood: setup-dev ## a thousand posts in a minute by twenty new accounts, limits on and off: does the site keep answering
	@$(BIN)/python -m tests.bench.flood

bench-desk: setup-dev ## what the theme review costs with 20,000 posts, and accepting a whole diff; POSTS= for another size
	@$(BIN)/python -m tests.bench.desk

bench-themes: setup-dev ## themes beside other engines' on FILE= (JSON lines with labels); BERTOPIC=1 for that too, SIZE=100000 for very many posts
	@$(BIN)/python -m tests.bench.themes

lock: ## renew the exact pins in both requirements files
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --upgrade pyproject.toml -o requirements.txt
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --group dev -c requirements.txt pyproject.toml -o tests/requirements.txt

kept-state: setup-dev ## keep the schema with the demo, from which later migrations are tested; anew after each change of 0001
	@$(BIN)/python -m tests.migrations.keeping

translations: setup-dev ## bring the catalogues in forum/translations up to date with the source
	@$(BIN)/python -m forum.translations.catalogues

clean: ## remove what was set up and all data (var/)
	@rm -rf .venv var
