# earshot: make help lists what there is.
export CGO_ENABLED = 0
GO      ?= go
ARGS    ?=
VERSION ?=
LDFLAGS  = -s -w $(if $(VERSION),-X main.release=$(VERSION))
FUZZTIME ?= 1m
TARGETS  = linux/amd64 linux/arm64 linux/arm darwin/arm64 windows/amd64

# Most tests wait rather than compute: many at once.
PARALLEL = -p 4 -parallel 16
# Tests whose name begins with TestSlow have real deadlines of tens of seconds:
# make slow. Those below run the whole program for seconds: not in make check.
SLOW  = ^TestSlow
# Those have bounds of memory that the race detector breaks: not in make race.
HEAVY = ^TestFlood$$
WHOLE = ^Test(Walk|Scripts|Torture|Receivers|ReceiversListen|Stopped|ProgressOnATerminal|StoreMadeReadOnly|Day|TakeOver|TakeOverHeadless|NoTakeOver|RecordingAtAnySpeed|FrozenTerminal|InterruptedTwice|BrokerRestartsUnderLoad|BytesPerSecond|Flood|NoiseOverTCP|Soak|SoakGoroutines|MuteBroker|SilentDongle|BadChildProcess)$$

.PHONY: help build check demo test slow race lint format bench fuzz torture corpus load soak cross packages notices audit generate pictures tools

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

check: tools format ## before each commit, within a minute: gofmt, vet, staticcheck and the quick tests
	$(GO) vet ./...
	$(GO) tool staticcheck -checks all ./...
	$(GO) test $(PARALLEL) -skip '$(SLOW)|$(WHOLE)' ./...

test: tools ## run all tests but those of make slow, within four minutes
	$(GO) test $(PARALLEL) -shuffle=on -skip '$(SLOW)' $(TESTFLAGS) ./...

slow: tools ## run the tests with real deadlines of tens of seconds
	$(GO) test $(PARALLEL) -run '$(SLOW)' $(TESTFLAGS) $$(grep -rl --include='*_test.go' 'func TestSlow' . | xargs -n1 dirname | sort -u)

race: tools ## run the tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -timeout 30m -parallel 4 -shuffle=on -skip '$(SLOW)|$(HEAVY)' ./...

format: ## gofmt finds nothing to change
	@test -z "$$(gofmt -l .)" || { echo "gofmt would change:"; gofmt -l .; exit 1; }

lint: format ## gofmt, vet, staticcheck, tidy
	$(GO) vet ./...
	$(GO) tool staticcheck -checks all ./...
	$(GO) mod tidy -diff

bench: ## run the benchmarks, benchstat-ready (BENCH=regexp, COUNT=n)
	$(GO) test -run '^$$' -bench '$(or $(BENCH),.)' -benchmem -count $(or $(COUNT),1) ./...

fuzz: ## run every fuzz target for FUZZTIME each
	@.ci/fuzz $(FUZZTIME)

torture: tools ## kill the program at KILLS (200) moments, run each other mode RUNS (30) times; MODE=kill: one mode
	$(GO) test -run TestTorture -timeout 2h -v ./cmd/earshot -kills $(or $(KILLS),200) -runs $(or $(RUNS),30) $(if $(MODE),-mode $(MODE))

corpus: ## commission real telegrams (CORPUS=FILE.jsonl, each line with ID, Key and Hex)
	$(GO) test -tags corpus -run TestRealTelegrams ./cmd/earshot -corpus '$(abspath $(CORPUS))'

load: tools ## a gateway with 10,000 meters, FAILING (0) of them with a wrong key, and 300 telegrams a second, for LOAD (10m)
	$(GO) test -run '^$$' -bench Gateway -benchtime 1x -timeout 2h ./cmd/earshot -load $(or $(LOAD),10m) -failing $(or $(FAILING),0)

soak: tools ## run for SOAK (1h) while broker and source restart each minute: memory, goroutines, descriptors
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && GOEXPERIMENT=goroutineleakprofile $(GO) test -c -o $$dir/soak ./cmd/earshot && cd cmd/earshot && \
	{ $$dir/soak -test.run '^TestSoakGoroutines$$' -test.timeout 0 -test.v -soak $(or $(SOAK),1h) & inside=$$!; \
	  $$dir/soak -test.run '^TestSoak$$' -test.timeout 0 -test.v -soak $(or $(SOAK),1h); code=$$?; wait $$inside && exit $$code; }

cross: ## build for every platform
	@for t in $(TARGETS); do \
	  os=$${t%/*}; arch=$${t#*/}; ext=; [ $$os = windows ] && ext=.exe; \
	  echo "$$os/$$arch"; \
	  GOOS=$$os GOARCH=$$arch GOARM=7 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o dist/earshot-$$os-$$arch$$ext ./cmd/earshot || exit 1; \
	done

packages: ## .deb, .rpm, archives, SBOM and checksums in dist (VERSION=1.2.3)
	@VERSION='$(or $(VERSION),0.0.0)' TARGETS='$(TARGETS)' .ci/packages

notices: ## the licences of all that is linked, in dist/THIRD-PARTY-NOTICES
	@mkdir -p dist
	@.ci/notices $(TARGETS) >dist/THIRD-PARTY-NOTICES

audit: ## verify the modules, list newer ones, and look for known vulnerabilities where their database can be reached
	@.ci/audit

pictures: tools ## draw the screens of the demo anew, as docs/pictures/*.svg, and record it as demo.cast
	$(GO) test ./cmd/earshot -run "^TestWalk$$" -count 1 -pictures "$(CURDIR)/docs/pictures"

generate: ## make generated files again
	$(GO) generate ./...
