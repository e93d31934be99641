# Needs Python 3.11 to 3.13, make and the package registries; everything else is installed into .venv from the lock file.
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := $(UV) run --no-sync
DEMO ?= demo
BENCH ?= all
export UV_PYTHON_PREFERENCE ?= only-system

.PHONY: demo test lab lint front bench soak docs pictures clean

FRONT := $(wildcard workbench/widgets/front/*.* workbench/widgets/front/src/* workbench/widgets/front/src/*/*)

.venv/.synced: pyproject.toml uv.lock $(FRONT)
	@test -x "$(UV)" || command -v "$(UV)" >/dev/null || { $(PYTHON) -m venv .tools && .tools/bin/pip install --quiet uv; }
	@$(UV) sync --locked --quiet
	@touch $@

demo: .venv/.synced ## the main job on our own sample exports
	@$(RUN) workbench demo $(DEMO)

test: .venv/.synced ## all tests but the long ones
	@$(RUN) python tests/browser/chromium.py
	@$(RUN) pytest -m "not soak" -n 2 --dist loadfile --no-loadscope-reorder

lab: .venv/.synced ## JupyterLab on the demo workspace
	@test -d $(DEMO) || $(RUN) workbench demo $(DEMO)
	@$(RUN) workbench -C $(DEMO) lab

lint: .venv/.synced
	@$(RUN) ruff check . && $(RUN) ruff format --check . && $(RUN) mypy

front: .venv/.synced ## the browser's side of the widgets, and its types
	@$(RUN) python workbench/widgets/front/build.py --types

bench: .venv/.synced ## workloads against peers: make bench BENCH=B1
	@$(UV) sync --locked --quiet --group bench
	@$(RUN) python benchmarks/run.py $(BENCH)

soak: .venv/.synced ## the long fuzzing, kills and tampering; the browser tests with a slow line
	@$(RUN) pytest -m soak -s
	@WORKBENCH_LINE_MS=400 $(RUN) pytest -m "browser and not soak"

docs: .venv/.synced ## what is generated from the library
	@$(RUN) python -m workbench.rules.catalogue

pictures: .venv/.synced ## the README's pictures of the review and of a workshop, from a real JupyterLab
	@PYTHONPATH=tests $(RUN) python -m browser.readme_pictures
	@PYTHONPATH=tests $(RUN) python -m browser.workshop_pictures

clean:
	rm -rf .venv .tools $(DEMO)
