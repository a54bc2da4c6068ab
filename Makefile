# Two commands: `make run` measures the sample foot, `make test` checks everything. Both make what they need.

PYTHON ?= python3
RUN_ENV := .venv
TEST_ENV := .venv-test
# tests that draw: a process of their own, because Mesa's LLVM and the one of Triton, which torch loads, crash together
WINDOWS := Testing/browser Testing/unit/browser Testing/unit/desktop Testing/unit/mrml
INPUTS := pyproject.toml $(wildcard constraints/*.txt)

.PHONY: run test test-meshes benchmarks pictures samples clean

# a light torch, no torchvision
run: $(RUN_ENV)/installed
	$(RUN_ENV)/bin/footdeformity analyze --ap Resources/Samples/normal_ap.dcm \
	  --lateral Resources/Samples/normal_lateral.dcm --out out/sample
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then $(RUN_ENV)/bin/footdeformity web; else \
	  echo "The reading room in a browser: $(RUN_ENV)/bin/footdeformity web"; fi

# the torch and torchvision pair, which the baseline network needs
test: $(TEST_ENV)/installed
	$(TEST_ENV)/bin/ruff check .
	$(TEST_ENV)/bin/ruff format --check .
	$(TEST_ENV)/bin/mypy
	$(TEST_ENV)/bin/python -m pytest $(WINDOWS)
	$(TEST_ENV)/bin/python -m pytest Testing/unit $(addprefix --ignore=,$(WINDOWS))

# needs the bone meshes: make test-meshes MESHES=folder
test-meshes: $(TEST_ENV)/installed
	MESHES=$(abspath $(MESHES)) $(TEST_ENV)/bin/python -m pytest Testing/unit/simulation/test_mesh_foot.py -s

benchmarks: $(TEST_ENV)/installed
	for script in Testing/benchmarks/bench_*.py; do $(TEST_ENV)/bin/python $$script || exit 1; done

pictures: run $(TEST_ENV)/installed
	$(RUN_ENV)/bin/python Testing/pictures/measured_foot.py out/sample Resources/Screenshots/measured_foot.jpg
	$(TEST_ENV)/bin/python Testing/pictures/reading_room.py Resources/Screenshots/reading_room.jpg
	$(TEST_ENV)/bin/python Testing/pictures/module_icons.py

# needs the bone meshes: make samples MESHES=folder
samples: $(RUN_ENV)/installed
	$(RUN_ENV)/bin/python -m FootDeformityTrainingLib.simulation.make_samples --meshes $(MESHES) --out Resources/Samples

$(RUN_ENV)/installed: $(INPUTS)
	sh .ci/system-packages
	sh .ci/make-venv $(PYTHON) $(RUN_ENV)
	$(RUN_ENV)/bin/pip install --quiet -c constraints/run.txt -e ".[browser]"
	touch $@

$(TEST_ENV)/installed: $(INPUTS)
	sh .ci/system-packages browser
	sh .ci/make-venv $(PYTHON) $(TEST_ENV)
	$(TEST_ENV)/bin/pip install --quiet -c constraints/test.txt -e ".[test]"
	touch $@

clean:
	rm -rf $(RUN_ENV) $(TEST_ENV) out build dist
