# Runs everything inside build/; see tools/ for what each target does.
.DEFAULT_GOAL := help
PYTHON ?= python3
IN_VENV = @build/venv/bin/python -m
export ADDONS ARGS PORT

.PHONY: help
help: ## Show this help
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

.PHONY: setup
setup: ## Fetch Odoo, PostgreSQL and the Python packages into build/
	@$(PYTHON) -m tools.setup

.PHONY: test
test: setup ## Run all tests, or some: make test ARGS="customer_portal_access/tests -k link"
	$(IN_VENV) tools.testing

.PHONY: test-alone
test-alone: export ADDONS = customer_portal_access
test-alone: setup ## Run the core addon's own tests where no glue addon is installed
	@ARGS="$${ARGS:-customer_portal_access/tests}" build/venv/bin/python -m tools.testing

.PHONY: coverage
coverage: export ARGS = $(wildcard customer_portal_access*/tests)
coverage: setup ## Run the addons' own tests and show which lines they miss
	@COVERAGE=1 build/venv/bin/python -m tools.testing
	@build/venv/bin/coverage report

.PHONY: test-odoo
test-odoo: setup ## Run the addon's tests with Odoo's own runner
	$(IN_VENV) tools.odoo_runner

.PHONY: bench
bench: setup ## Run the benchmarks beside stock Odoo, or some: make bench ARGS=inviting
	$(IN_VENV) benchmarks

.PHONY: answers
answers: setup ## Ask for known and unknown addresses, and compare times and words
	$(IN_VENV) benchmarks.answers

.PHONY: demo
demo: setup ## Serve Odoo with demo data on 127.0.0.1:8069 (PORT=), Ctrl-C stops it
	$(IN_VENV) tools.demo

.PHONY: demo-reset
demo-reset: setup ## Throw the demo's data away and serve it afresh
	$(IN_VENV) tools.demo --reset

.PHONY: lint
lint: setup ## Check style, Odoo's and OCA's conventions, translations
	$(IN_VENV) tools.lint

.PHONY: format
format: setup ## Mend what the checkers of `make lint` can mend themselves
	@build/venv/bin/ruff check --fix-only .
	@build/venv/bin/ruff format .
	@build/venv/bin/oca-checks-odoo-module --fix --no-exit $(wildcard customer_portal_access*)

.PHONY: pot
pot: setup ## Write the templates for translators anew
	$(IN_VENV) tools.translations

.PHONY: manuals
manuals: setup ## Make the manuals for customers anew, with pictures from the demo
	$(IN_VENV) tools.manuals

.PHONY: wheel
wheel: setup ## Build the wheel of each addon into build/dist
	$(IN_VENV) tools.wheel

.PHONY: lock
lock: ## Update the lock files in requirements/ to the newest versions
	@$(PYTHON) -m tools.lock

.PHONY: clean
clean: ## Remove everything that was downloaded or generated
	@rm -rf build
