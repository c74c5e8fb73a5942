# Newsdesk. `make` alone lists what can be made.

GO       ?= go
FUZZTIME ?= 60s
BENCH    ?= .
ROUNDS   ?= 5
SEED     ?= 1
EDITIONS ?= 300
ARGS     ?=
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)

BUILD = CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)'
TOOL  = $(GO) tool -modfile=tools.mod

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  \033[1m%-12s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  ARGS='…' adds arguments to demo, run and matrix; FUZZTIME=60s and BENCH=regexp narrow fuzz and bench."

.PHONY: assets
assets: ## the pages' scripts, from npm; left out where there is no npm
	@.ci/assets

.PHONY: build
build: assets ## bin/newsdesk and bin/wechat-sandbox, static
	@mkdir -p bin
	$(BUILD) -o bin/ ./cmd/...

.PHONY: demo
demo: build ## publish a sample article to the sandbox and a website, and watch
	bin/newsdesk demo $(ARGS)

.PHONY: run
run: build ## serve with everything embedded, data in ./data
	bin/newsdesk serve $(ARGS)

.PHONY: test
test: ## everything CI asks for: packages, format, vet, lint, tests with the race detector
	@GO='$(GO)' .ci/test

.PHONY: quick
quick: assets ## the tests alone, without the race detector
	$(GO) test -count=1 ./...

.PHONY: race
race: assets ## every package but the browsers and the drills under the race detector, 15 minutes or so
	$(GO) test -race -count=1 -p 2 -timeout 30m $$($(GO) list ./... | grep -v -e '/internal/web$$' -e '/internal/drill$$')

.PHONY: matrix
matrix: ## the whole fault matrix: real processes hurt at every step, the sandbox's log is the judge
	cd internal/drill && $(GO) test -run TestMatrix -count=1 -timeout 60m -whole $(ARGS)

.PHONY: chaos
chaos: ## a long random day: EDITIONS over several accounts, processes and Redis hurt at random; SEED decides the plan
	cd internal/drill && CHAOS_SEED=$(SEED) CHAOS_EDITIONS=$(EDITIONS) $(GO) test -run '^TestChaos$$' -count=1 -timeout 20m -v

.PHONY: lint
lint: ## golangci-lint as pinned in tools.mod
	@GO='$(GO)' .ci/lint

.PHONY: vuln
vuln: ## known vulnerabilities, where the database can be reached
	@GO='$(GO)' .ci/vuln

.PHONY: bench
bench: ## the figures; BENCH=regexp narrows them
	@GO='$(GO)' BENCH='$(BENCH)' .ci/bench

.PHONY: bench-photos
bench-photos: ## photos against sharp (npm): processor time, wall time, memory, likeness; ROUNDS=5
	@GO='$(GO)' ROUNDS='$(ROUNDS)' .ci/bench-photos

.PHONY: bench-draft
bench-draft: ## from parcel to prepared draft against @wenyan-md/core (npm), and memory under forty photos
	@GO='$(GO)' .ci/bench-draft

.PHONY: bench-site
bench-site: ## one change among 100,000 articles, and building them (ARTICLES=5000: a quick look); pages on a slow link, searching
	@GO='$(GO)' ARTICLES='$(ARTICLES)' .ci/bench-site
	$(GO) test ./internal/site -run '^TestPaint$$' -count=1 -timeout 10m -v -paint
	$(GO) test ./internal/site/search -run '^TestMeasure$$' -count=1 -timeout 20m -v -search-articles 10000

.PHONY: screenshots
screenshots: assets ## every page in ./screenshots: three widths, both languages, light and dark, full and empty
	@mkdir -p screenshots
	$(GO) test ./internal/web -run TestEveryPage -count=1 -timeout 30m -look '$(CURDIR)/screenshots'

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME each
	@GO='$(GO)' FUZZTIME='$(FUZZTIME)' .ci/fuzz

.PHONY: fmt
fmt: ## format the code
	$(TOOL) gofumpt -w cmd internal

.PHONY: clean
clean: ## remove what was built; data stays
	rm -rf bin internal/web/script/node_modules
	find internal/web/script/dist -type f ! -name .keep -delete
