# Two commands are enough: `make demo` and `make test`. The others are for developers.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test test-long test-browser test-services fuzz bench check messages clean setup

demo: .venv/.runtime locale/nl/LC_MESSAGES/django.mo  ## everything on this machine, with the demo scenario
	$(BIN)/python manage.py demo

test: setup  ## the whole suite but the long random runs and the browser stories
	$(BIN)/python -m pytest -m "not long and not browser and not cluster and not services"

test-long: setup  ## large random runs, and faults on a cluster of its own; ONLY=cluster for the latter
	$(BIN)/python -m pytest -m "$(or $(ONLY),long or cluster)" -n 2

test-browser: setup  ## stories per role in Chromium, with accessibility checks
	$(BIN)/python -m pytest -m browser -n 0

test-services: setup  ## the suite on a running PostgreSQL, RabbitMQ and Redis, where present; ONLY="tests/billing" for a part
	.ci/services $(BIN)/python -m pytest -m "not long and not browser and not cluster and not services" $(ONLY)
	$(BIN)/python -m pytest -m services -n 1

fuzz: setup  ## twenty seconds of random documents at the reader of messages
	$(BIN)/python -m tests.istandaard.fuzz --seconds 20

bench: setup  ## ratios of our speed to bare libraries and plain SQL
	$(BIN)/python -m tests.bench $(PARTS)

check: setup  ## everything that reads the code without running it
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy hoofdaannemer messaging subcontracts qualifications billing manage.py
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/python manage.py makemigrations --check --dry-run
	.ci/deploy-check $(BIN)/python

setup: .venv/.development locale/nl/LC_MESSAGES/django.mo

messages:  ## collect what users read into locale/nl (needs gettext)
	$(BIN)/python manage.py makemessages --locale nl --no-obsolete --no-wrap --add-location file --ignore ".*" --ignore "tests/*"

locale/nl/LC_MESSAGES/django.mo: locale/nl/LC_MESSAGES/django.po | .venv/.runtime
	$(BIN)/pybabel --quiet compile --domain django --directory locale --locale nl

.venv/.runtime: requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

.venv/.development: requirements-dev.lock | .venv/.runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

clean:  ## stop the embedded database and remove its data, the environment and caches
	-$(BIN)/python -c "from hoofdaannemer import embedded; embedded.remove()"
	rm -rf .venv .home .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
