# Two commands: `make run` measures the sample foot, `make test` checks everything. Both make what they need.

PYTHON ?= python3
RUN_ENV := .venv
TEST_ENV := .venv-test
INPUTS := pyproject.toml $(wildcard constraints/*.txt)

.PHONY: run test benchmarks pictures samples clean

# a light torch, no torchvision
run: $(RUN_ENV)/installed
	$(RUN_ENV)/bin/footdeformity analyze --ap Resources/Samples/normal_ap.dcm \
	  --lateral Resources/Samples/normal_lateral.dcm --out out/sample

# the torch and torchvision pair, which the baseline network needs
test: $(TEST_ENV)/installed
	$(TEST_ENV)/bin/ruff check .
	$(TEST_ENV)/bin/ruff format --check .
	$(TEST_ENV)/bin/mypy
	$(TEST_ENV)/bin/python -m pytest

benchmarks: $(TEST_ENV)/installed
	for script in Testing/benchmarks/bench_*.py; do $(TEST_ENV)/bin/python $$script || exit 1; done

pictures: run
	$(RUN_ENV)/bin/python Testing/pictures/measured_foot.py out/sample Resources/Screenshots/measured_foot.jpg

# needs the bone meshes: make samples MESHES=folder
samples: $(RUN_ENV)/installed
	$(RUN_ENV)/bin/python -m FootDeformityTrainingLib.simulation.make_samples --meshes $(MESHES) --out Resources/Samples

$(RUN_ENV)/installed: $(INPUTS)
	sh .ci/make-venv $(PYTHON) $(RUN_ENV)
	$(RUN_ENV)/bin/pip install --quiet -c constraints/run.txt -e .
	touch $@

$(TEST_ENV)/installed: $(INPUTS)
	sh .ci/make-venv $(PYTHON) $(TEST_ENV)
	$(TEST_ENV)/bin/pip install --quiet -c constraints/test.txt -e ".[test]"
	touch $@

clean:
	rm -rf $(RUN_ENV) $(TEST_ENV) out build dist
