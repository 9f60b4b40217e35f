# The one entry point. Each target finds a JDK 25 by itself and installs missing Debian packages when run as root.
.DEFAULT_GOAL := help
.PHONY: help quickstart build test it test-v2 test-systemd bench conformance strangers faults soak install clean

PREFIX ?= /usr/local
export PREFIX DESTDIR

help: ## list these targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

quickstart: build ## build, then show an image built and a container run, all in a scratch folder (root)
	@scripts/quickstart

build: ## compile and package without tests, into build/priok; bin/priok and bin/priokd run it
	@# Error Prone and NullAway, half of the time, are for who changes something: a test run on a clean clone has them.
	@scripts/maven -T 1C -DskipTests -Dcompiler.checks=-g -Dcompiler.test-checks=-g package
	@scripts/build-image

test: ## all tests; those that make containers need root. Ends with "N passed, N failed"
	@PRIOK_V2=1 scripts/run-tests

it: ## only the integration and end-to-end tests (root)
	@scripts/run-tests -pl checks/it,checks/e2e -am -Dtest='dev.priok.it.*IT,dev.priok.e2e.*Test' -Dsurefire.failIfNoSpecifiedTests=false

test-v2: ## the integration tests tagged v2, on a machine with pure cgroup v2 (qemu; root the first time)
	@scripts/maven -DskipTests -pl checks/it -am package
	@checks/v2vm/run-tests

bench: build ## measure beside Debian's Docker and crun, started for that (root)
	@scripts/bench $(WHAT)

conformance: build ## unmodified clients against a daemon of their own, examples/notes by docker-compose, a container beside real Docker's, the registry by the OCI's suite (root, go)
	@PRIOK_EXAMPLES_BASE=$$(examples/base) PRIOK_PEERS=$$(checks/peers/fetch docker.io containerd runc docker-registry) scripts/run-tests -De2e.excludedGroups=none -pl checks/e2e -am -Dtest='dev.priok.e2e.*Test,dev.priok.registryserver.PageTest' -Dsurefire.failIfNoSpecifiedTests=false
	@checks/registry-conformance/run 1.1 dev

strangers: build ## Moby's, Docker's and docker-py's own integration tests against a priokd started for them (root, Go, Python; module proxy, PyPI, GitHub)
	@checks/strangers/moby $(WHAT)
	@checks/strangers/docker-py
	@[ -n "$(WHAT)" ] || checks/strangers/builder
	@[ -n "$(WHAT)" ] || checks/strangers/registry

faults: ## kill -9 at 200 random moments (ROUNDS=), 1000 networks (CYCLES=), random requests, and see what is lost (root)
	@scripts/run-tests -pl checks/it -am -Dpriok.network.cycles=$${CYCLES:-1000} -Dtest='dev.priok.it.NetworkIT#cycles_leaveNothing' -Dsurefire.failIfNoSpecifiedTests=false
	@scripts/run-tests -pl checks/e2e -am -Dpriok.model.operations=$${OPERATIONS:-3000} -Dtest='dev.priok.e2e.ContainerModelTest' -Dsurefire.failIfNoSpecifiedTests=false
	@scripts/run-tests -pl checks/e2e -am -Dpriok.kill.rounds=$${ROUNDS:-200} -Dtest='dev.priok.e2e.SurvivalTest,dev.priok.e2e.KillRoundsTest,dev.priok.e2e.BuildKillTest,dev.priok.daemon.RegistryKillTest' -Dsurefire.failIfNoSpecifiedTests=false

soak: build ## a mix of all operations against one daemon for half an hour (MINUTES=); a line of figures a minute goes to build/soak.txt (root)
	@rm -f build/soak.txt
	@scripts/run-tests -pl checks/e2e -am -Dpriok.soak.seconds=$$(($${MINUTES:-30} * 60)) -Dpriok.soak.report=$$PWD/build/soak.txt -Dpriok.daemon=$$PWD/build/priok/bin/priokd -Dtest='dev.priok.e2e.SoakTest' -Dsurefire.failIfNoSpecifiedTests=false
	@cat build/soak.txt

test-systemd: build ## install in a guest booted by systemd, and see what the units promise (qemu; root the first time)
	@checks/v2vm/test-systemd

install: ## install build/priok below PREFIX (/usr/local), staged in DESTDIR; build first
	@[ -f build/priok/.stamp ] || $(MAKE) --no-print-directory build
	@scripts/install

clean: ## remove what was built
	@rm -rf build
	@find . -name target -type d -path '*/*' -not -path './.git/*' -prune -exec rm -rf {} +
