# Greffe. `make help` lists what can be asked.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q install
UV_LOCK := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock" --group build
PIP_WHEEL := deploy/vendor/pip-26.3-py3-none-any.whl
WORKERS ?= 2

.PHONY: help up test check bench fuzz lock clean

help:  ## Lister les commandes
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

up: .venv/.installed  ## Installer et démarrer Greffe avec ses dossiers de démonstration
	@exec $(BIN)/greffe up --demo

test: .venv/.installed-dev  ## Lancer tous les tests
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

check: .venv/.installed-dev  ## Vérifier le style, les types et les frontières entre paquets
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python -m mypy
	@$(BIN)/lint-imports

bench: .venv/.installed-dev  ## Mesurer les débits et les délais
	@$(BIN)/python -m bench

fuzz: .venv/.installed-dev  ## Chercher longuement des contre-exemples
	@$(BIN)/python -m pytest -n $(WORKERS) -m hypothesis --hypothesis-profile fuzz

lock: .venv/.installed-dev  ## Recalculer les versions verrouillées
	@$(UV_LOCK) pyproject.toml -o requirements.lock
	@$(UV_LOCK) --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:  ## Effacer l'environnement et les caches, jamais les données
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.installed: requirements.lock pyproject.toml | .venv/bin/pip
	@echo "Installation des dépendances verrouillées…" >&2
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.installed-dev: requirements-dev.lock requirements.lock pyproject.toml | .venv/bin/pip
	@echo "Installation des dépendances verrouillées et des outils de développement…" >&2
	@$(PIP) --require-hashes -r requirements-dev.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch .venv/.installed $@

.venv/bin/pip:
	@for python in python3 python3.13 python3.12 python3.11 python3.14; do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi; \
		python=; \
	done; \
	if [ -z "$$python" ]; then \
		echo "Python 3.11 ou plus récent manque : apt install python3" >&2; exit 1; \
	fi; \
	if "$$python" -c 'import ensurepip' 2>/dev/null; then \
		"$$python" -m venv .venv; \
	else \
		"$$python" -m venv --without-pip .venv; \
		$(BIN)/python $(PIP_WHEEL)/pip install --disable-pip-version-check -q --no-index $(PIP_WHEEL); \
	fi
