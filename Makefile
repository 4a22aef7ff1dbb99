# The GitOps Toolkit in TypeScript. `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
ROOT := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))
export PATH := $(ROOT).toolchain/bin:$(ROOT)node_modules/.bin:$(PATH)

# Options are handed on: make bench N=500, make demo ARGS=--cluster
ARGS ?=
N ?= 100
FROM ?=
MINUTES ?= 4320

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: deps
deps: ## Bring the toolchain and the locked dependencies (npm registry only)
	@node scripts/toolchain.mjs
	@pnpm install --frozen-lockfile --silent

.PHONY: build
build: deps ## Bundle each program to one file: packages/*-controller/dist/main.js, packages/cli/dist/gotk.js
	@pnpm --silent build

.PHONY: generate
generate: deps ## Write crds/ and docs/reference/ from the schemas in packages/api
	@pnpm --silent generate

.PHONY: lint
lint: deps ## Format, lint, unused code, direction of dependencies
	@pnpm --silent lint

.PHONY: typecheck
typecheck: deps ## Check types, package by package
	@pnpm --silent typecheck

.PHONY: verify
verify: generate lint typecheck ## What a reviewer would refuse: stale generated files, lint, types
	@git diff --exit-code --stat -- crds docs/reference

.PHONY: control-plane
control-plane: deps ## Build the embedded control plane once (etcd, kube-apiserver, controller-manager, kubectl)
	@node packages/testkit/src/control-plane/build-main.ts

.PHONY: programs
programs: ## Bring what tests run against: sshd, gpg, docker-registry (Debian), versitygw, kustomize (Go)
	@node scripts/programs.mjs

.PHONY: test
test: deps build control-plane programs ## Everything: unit tests, then the controllers against a real control plane
	@pnpm --silent test $(ARGS)

.PHONY: test-unit
test-unit: deps programs ## Fast feedback: no cluster
	@pnpm --silent test:unit $(ARGS)

.PHONY: crash
crash: build control-plane ## Kill kustomize-controller at each write of every scenario; make test samples the longest
	@GOTK_CRASH=whole pnpm --silent test:integration test/faults/kustomization/crash.test.ts $(ARGS)

.PHONY: faults
faults: build control-plane programs ## The faults of Kustomizations in full, of which make test has samples: less memory, longer walks
	@GOTK_FAULTS=whole pnpm --silent test:integration test/faults/kustomization $(ARGS)

.PHONY: upgrade
upgrade: build control-plane ## Swap kustomize-controller for that of an earlier revision and back, in the middle of its work (FROM=<revision>; default: the last release, or 50 commits ago)
	@other=$$(node scripts/earlier-program.ts kustomize-controller $(FROM)) && \
	  GOTK_OTHER_BUNDLE=$$other pnpm --silent test:integration --reporter=verbose test/faults/kustomization/upgrade.test.ts $(ARGS)

.PHONY: soak
soak: build control-plane ## Disturb kustomize-controller for MINUTES=4320 (three days): its memory, handles and threads stay as they are
	@GOTK_SOAK_MINUTES=$(MINUTES) pnpm --silent test:integration --reporter=verbose test/faults/kustomization/soak.test.ts $(ARGS)

.PHONY: deflake
deflake: deps control-plane programs ## Repeat the tests in random order, with other cases for each property, until one breaks
	@for round in $$(seq 1 $${ROUNDS:-20}); do echo "round $$round"; GOTK_SEED=$$RANDOM pnpm --silent test --sequence.shuffle $(ARGS) || exit 1; done

.PHONY: fidelity
fidelity: deps programs ## Build overlays of public projects, and compare with the real kustomize (needs Go, and its module proxy)
	@node test/fidelity/public-overlays-main.ts $(ARGS)

.PHONY: fidelity-charts
fidelity-charts: deps ## Render Helm's own test charts and 75 public ones, with 3 sets of values each, and compare with the real Helm (needs Git and Go; ARGS=--remote for a mirror of GitHub)
	@node scripts/programs.mjs fidelity-charts
	@node test/fidelity/helm-test-charts-main.ts
	@node test/fidelity/public-charts-main.ts $(ARGS)

.PHONY: flux
flux: deps build control-plane ## Flux's own CLI and controllers against ours: take-over, differences (builds them once, with Go)
	@node scripts/programs.mjs && node scripts/programs.mjs flux
	@pnpm --silent test:flux $(ARGS)

.PHONY: demo
demo: build $(if $(findstring --cluster,$(ARGS)),,control-plane) ## A commit goes live: the whole vertical, narrated (ARGS=--cluster for the cluster of $KUBECONFIG)
	@pnpm --silent demo $(ARGS)

.PHONY: up
up: build control-plane ## Leave a control plane and the controllers running
	@node test/demo/up.ts $(ARGS)

.PHONY: down
down: deps ## Stop what make up started, and nothing else
	@node test/demo/down.ts $(ARGS)

.PHONY: bench
bench: build control-plane ## Seconds, CPU, memory and API requests of Kustomizations (N=100,500,1000 for more tables, ARGS=--json)
	@pnpm --silent bench --n $(N) $(ARGS)

.PHONY: bench-cold-start
bench-cold-start: build control-plane ## How soon a kustomize-controller works, alone and among 10,000 Kustomizations (ARGS=--json)
	@node test/bench/cold-start-main.ts $(ARGS)

.PHONY: bench-runtime
bench-runtime: deps control-plane ## Reconciles a second over 5,000 objects, memory of 10,000 watched ones
	@node test/bench/reconciles-main.ts && node test/bench/informer-memory-main.ts --rounds 1

.PHONY: bench-sources
bench-sources: build programs control-plane ## Sources: clones against git, 100 repositories on one server, a Helm index of 30 MiB
	@node test/bench/git-clone-main.ts && node test/bench/sources-main.ts --n $(N) $(ARGS) && node test/bench/helm-index-main.ts

.PHONY: bench-kustomize
bench-kustomize: deps ## An overlay of 1,000 resources, built by us and by kustomize (ARGS=--json)
	@node test/bench/kustomize-main.ts $(ARGS)

.PHONY: bench-helm
bench-helm: deps ## A chart of 160 objects, made to a release by us and by Helm (ARGS="--chart DIRECTORY" for another one, ARGS=--json)
	@node test/bench/helm-render-main.ts $(ARGS)

.PHONY: clean
clean: ## Remove everything that was built in this checkout
	@rm -rf node_modules .toolchain packages/*/node_modules test/*/node_modules examples/*/node_modules packages/*/dist test/*/dist examples/*/dist .run
