# Each target installs what it needs. Nothing outside this directory is changed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SITE := .site
# The tests that cover domain and application, most of them in memory.
COVERING := tests/unit tests/payments tests/contract tests/http
PIP := $(BIN)/pip --disable-pip-version-check install --quiet
# uv takes a fifth of pip's time. pip is the fallback if only pip knows the index or certificate.
INSTALL = $(BIN)/uv pip install --no-config --quiet --compile-bytecode --require-hashes \
	--python $(BIN)/python -r $(1) || $(PIP) --require-hashes -r $(1)
# Hashes instead of URLs: the lock files do not depend on the package index.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header

# Always write compiled modules: the tests start more than a hundred processes.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: serve test soak test-stripe stripe-test-key bench check coverage docs fmt lock setup \
	dev clean

serve: setup ## Start the service with an embedded database and demo data.
	@exec $(BIN)/cowork serve --demo $(ARGS)

test: dev ## Run the whole test suite against a real PostgreSQL.
	@$(BIN)/pytest $(ARGS)

soak: dev ## Run the tests that take minutes: long random runs, many kills, floods.
	@$(BIN)/pytest -n 0 -m soak $(ARGS)

test-stripe: stripe-test-key dev ## Run the Stripe tests against a test account: STRIPE_SECRET_KEY=sk_test_…
	@$(BIN)/pytest -n 0 tests/payments/stripe_account.py $(ARGS)

stripe-test-key:
	@case "$$STRIPE_SECRET_KEY" in sk_test_*) ;; *) echo "make test-stripe needs the secret key\
 of a Stripe test account: STRIPE_SECRET_KEY=sk_test_… make test-stripe" >&2; exit 1;; esac

bench: dev ## Measure throughput, latency, CPU and memory.
	@$(BIN)/python -m tests.bench $(ARGS)

check: dev ## Run the linter, type checker, import contracts, style and migration checks.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.style.check_style
	@$(BIN)/python -m tests.migrations.online_migrations

coverage: dev ## Measure the branch coverage of domain and application, and check its floor.
	@$(BIN)/coverage run -m pytest -n 0 -q -k "not postgres" $(COVERING)
	@$(BIN)/coverage report

docs: $(SITE)/venv/.installed ## Build the documentation site into .site/html.
	@$(SITE)/venv/bin/python -m docs.site.build

fmt: dev ## Format, and auto-fix lint findings.
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

setup: $(VENV)/.installed ## Create .venv with the runtime dependencies.

dev: $(VENV)/.installed-dev

lock: dev ## Update the lock files from pyproject.toml.
	@$(LOCK) --upgrade --extra server --group build pyproject.toml -o requirements.lock
	@$(LOCK) --constraint requirements.lock --extra server --group build --group dev \
		pyproject.toml -o requirements-dev.lock
	@$(LOCK) --upgrade --group docs pyproject.toml -o requirements-docs.lock

clean: ## Remove the virtual environments and the built site. Data in .cowork is not affected.
	@rm -rf $(VENV) $(SITE)

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "cowork-api needs Python 3.11 or newer; set PYTHON to one." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.python requirements.lock pyproject.toml
	@echo "Installing cowork-api into $(VENV) ..."
	@sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.lock > $(VENV)/uv.lock
	@$(PIP) --require-hashes -r $(VENV)/uv.lock
	@$(call INSTALL,requirements.lock)
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	@echo "Installing the development tools into $(VENV) ..."
	@$(call INSTALL,requirements-dev.lock)
	@touch $@

$(SITE)/venv/.installed: $(VENV)/.python requirements-docs.lock
	@echo "Installing the documentation tools into $(SITE)/venv ..."
	@$(BIN)/python -m venv $(SITE)/venv
	@$(SITE)/venv/bin/pip --disable-pip-version-check install --quiet --require-hashes \
		-r requirements-docs.lock
	@touch $@
