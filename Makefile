# earshot: make help lists what there is.
export CGO_ENABLED = 0
GO      ?= go
ARGS    ?=
VERSION ?=
LDFLAGS  = -s -w $(if $(VERSION),-X main.release=$(VERSION))
FUZZTIME ?= 1m
TARGETS  = linux/amd64 linux/arm64 linux/arm darwin/arm64 windows/amd64

.PHONY: help build demo test race lint bench fuzz torture load cross generate tools

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

build: ## build bin/earshot
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/earshot ./cmd/earshot

# The demo's building has mishaps, so the program ends with 1. After the screen
# that is no error of make's.
demo: build ## commission a simulated building (ARGS=--headless without the screen)
	@./bin/earshot demo $(ARGS) || { code=$$?; case "$$code $(ARGS)" in *headless*) exit $$code;; 1\ *) ;; *) exit $$code;; esac; }

tools: ## install what the tests need (mosquitto, tmux), where apt-get is there
	@.ci/tools

test: tools ## run all tests
	$(GO) test -shuffle=on $(TESTFLAGS) ./...

race: tools ## run all tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -shuffle=on ./...

lint: ## gofmt, vet, staticcheck, tidy
	@test -z "$$(gofmt -l .)" || { echo "gofmt would change:"; gofmt -l .; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) mod tidy -diff

bench: ## run the benchmarks, benchstat-ready (BENCH=regexp, COUNT=n)
	$(GO) test -run '^$$' -bench '$(or $(BENCH),.)' -benchmem -count $(or $(COUNT),1) ./...

fuzz: ## run every fuzz target for FUZZTIME each
	@.ci/fuzz $(FUZZTIME)

torture: tools ## kill the program at KILLS (200) moments and see that nothing is lost
	$(GO) test -run TestTorture -timeout 2h -v ./cmd/earshot -kills $(or $(KILLS),200)

load: tools ## a gateway with 10,000 meters and 300 telegrams a second, for LOAD (10m)
	$(GO) test -run '^$$' -bench Gateway -benchtime 1x -timeout 2h ./cmd/earshot -load $(or $(LOAD),10m)

cross: ## build for every platform
	@for t in $(TARGETS); do \
	  os=$${t%/*}; arch=$${t#*/}; ext=; [ $$os = windows ] && ext=.exe; \
	  echo "$$os/$$arch"; \
	  GOOS=$$os GOARCH=$$arch GOARM=7 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o dist/earshot-$$os-$$arch$$ext ./cmd/earshot || exit 1; \
	done

generate: ## make generated files again
	$(GO) generate ./...
