# The verbs of the project, the same here and in CI. `make` prints them.
#
#   PORT=9000   base port of the local stack       LOCAL=dir   folder of its data
#   ROLE, AREA  for `make token`                   GOAL=id     for `make bench`
#   ISSUER=url  tokens of an OIDC issuer of your own     SETTINGS=file  JSON, put over the settings of the services
#   PYTHON      the interpreter to build with      KAFKA=host:port   a bus of your own instead of the embedded one
#   COUNTY=empty      `make run` without the demo county; for `make first-day`, the folder of a county
#   KUBERNETES=1.35   another tested control plane     HELM=3   one Helm for `make test-chart`, another for the cluster
#   KAFKA_VERSION=4.3.1   another tested release for `make kafka` and `make test-kafka` (the bus suite runs on all)

PORT ?= 8000
LOCAL ?= .local
WORKERS ?= 4
APART := county or faults or noun or kafka or large or chart or cluster or image or client or oidc or handbook or java or browser or restore
export PORT LOCAL KAFKA KAFKA_VERSION KUBERNETES HELM ISSUER SETTINGS COUNTY

# Children are to keep their compiled modules: without them eight processes start three times as slowly.
unexport PYTHONDONTWRITEBYTECODE

PY := .venv/bin/python
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help env run demo token doctor first-day test test-faults check bench reset test-large kafka test-kafka lock generate noun test-noun check-asyncapi \
  compose-env test-chart test-cluster test-image test-client test-forms test-browser test-oidc test-handbook test-restore

help:  ## what can be done here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

env:  ## create .venv from the hashed lock (every other verb does so by itself)
	@for python in $(PYTHON) python3 python3.11 python3.12 python3.13 python3.14; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    exec "$$python" deploy/local/environment.py >&2; \
	  fi; \
	done; \
	echo "xiangli: Python 3.11 or newer is needed; here is $$(python3 --version 2>/dev/null || echo none). Install one, or name it: make PYTHON=/path/to/python3.11" >&2; \
	exit 1

run: env  ## start the whole county: PostgreSQL, bus, issuer, four APIs, four workers (Ctrl-C stops it)
	@exec $(PY) -m deploy.local.launcher

demo: env  ## tell the story of a household over HTTP, against the running stack or one of its own
	@exec $(PY) -m deploy.local.story

token: env  ## print a bearer token: make token ROLE=village_clerk AREA=450481100201
	@exec $(PY) -m deploy.local.tokens "$(ROLE)" "$(AREA)" $(if $(DEPARTMENT),--department "$(DEPARTMENT)") $(if $(SUBJECT),--subject "$(SUBJECT)")

doctor: env  ## check everything that the running stack needs: database, bus, issuer, clocks, certificates, disks
	@exec $(PY) -m deploy.local.doctor

first-day: env  ## enter a county into the running stack, from its divisions to a clerk: make first-day [COUNTY=folder]
	@exec $(PY) -m deploy.first_day $(filter-out empty,$(COUNTY)) --at http://127.0.0.1:$(PORT) \
	  --development-issuer http://127.0.0.1:$$(( $(PORT) + 13 )) $(ARGS)

test: env  ## all tests that need nothing but this machine (bound: ten minutes on two cores)
	$(PY) -m pytest -q -n $(WORKERS) --dist loadgroup -m "not ($(APART))" $(ARGS)

check: env  ## ruff, mypy --strict, import rules, stale generated files, freshness of the locks
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) -m deploy.local.generate --check
	$(PY) -m deploy.local.locks --check

test-county: env  ## whole counties as they run: the story, every example of the documents, a first day, areas that change (three minutes)
	$(PY) -m pytest -q -n $(WORKERS) --dist loadgroup -m "county and not faults" tests/e2e $(ARGS)

test-faults: env  ## whole counties whose processes, broker and database are killed, restarted and doubled (five minutes)
	$(PY) -m pytest -q -n $(WORKERS) --dist loadgroup -m faults tests/e2e $(ARGS)

test-restore: env  ## databases come back from base backup and WAL, alone and together; lost broker, PgBouncer (needs Debian's pgbouncer)
	$(PY) -m pytest -q -m restore $(ARGS)

bench: env  ## measure the goals against their controls: make bench [GOAL=id]
	$(PY) -m tests.bench $(GOAL)

reset: env  ## throw away the data of the local stack in LOCAL (asks a running stack to be stopped first)
	@exec $(PY) -m deploy.local.reset

test-large: env  ## scale, chaos, long fuzzing, every release of PostgreSQL, canaries of what comes next (hours)
	$(PY) -m pytest -q -m large $(ARGS)
	$(PY) -m tests.large.canary

kafka: env  ## start a real Apache Kafka, one node (needs Java 17 and Maven)
	@exec $(PY) -m deploy.kafka run

test-kafka: env  ## the bus suite on every tested release of real Apache Kafka, the rest and the story on one
	$(PY) -m pytest -q -m kafka $(ARGS)

test-chart: env  ## the Helm chart: lint, schemas, policies, what Helm 4 and 3 render (fetches helm and kube-score with Go)
	@for helm in $(or $(HELM),4 3); do \
	  echo "with Helm $$helm:"; HELM=$$helm $(PY) -m pytest -q -n $(WORKERS) --dist loadgroup tests/chart -m chart $(ARGS) || exit 1; \
	done

compose-env: env  ## write deploy/compose.env: fresh secrets for deploy/compose.yaml
	@exec $(PY) -m deploy.compose

test-cluster: env  ## the chart in a real Kubernetes control plane (builds one with Go: ten minutes the first time; KUBERNETES=1.35, 1.36)
	$(PY) -m pytest -q -m cluster $(ARGS)

test-image: env  ## Dockerfile and compose file; the image's steps in a plain root folder (needs root and debootstrap)
	$(PY) -m pytest -q -m image $(ARGS)

test-client: env  ## generated clients in TypeScript, Python, Java and Kotlin, and the documents through their official parsers (needs Node, Java 17, Maven)
	$(PY) -m pytest -q -m client $(ARGS)

test-forms: env  ## the forms of ledgers in JavaRosa, the form engine of phones (needs a JDK 17 and Maven)
	$(PY) -m pytest -q -m java $(ARGS)

test-browser: env  ## the page of forms in a real Chromium, without a network and back (needs Node and Debian's chromium)
	$(PY) -m deploy.forms_page
	$(PY) -m pytest -q -m browser $(ARGS)

test-oidc: env  ## a real Keycloak with our realm (needs Java 17 and Maven)
	$(PY) -m pytest -q -m oidc $(ARGS)

test-handbook: env  ## every command of the operators' handbook, executed
	$(PY) -m pytest -q -m handbook $(ARGS)

check-asyncapi: env  ## the events document through AsyncAPI's own parser (needs Node; part of test-client)
	$(PY) -m pytest -q -m client tests/clients/test_documents.py -k asyncapi

generate: env  ## write docs/api, docs/events.md and the AsyncAPI document again
	$(PY) -m deploy.local.generate

noun: env  ## write a new noun that passes its tests: make noun SERVICE=registry NOUN=orchards [ONE=orchard] [TITLE=果园]
	@$(PY) -m deploy.noun "$(SERVICE)" "$(NOUN)" --one "$(ONE)" --title "$(TITLE)"
	@$(PY) -m deploy.local.generate

test-noun: env  ## a noun scaffolded into a copy of the tree passes make check and its own tests (minutes)
	$(PY) -m pytest -q -m noun $(ARGS)

lock: env  ## resolve requirements*.in again into hashed, universal locks without index addresses
	$(PY) -m deploy.local.locks
