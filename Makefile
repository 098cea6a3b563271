# SPDX-License-Identifier: BSD-2-Clause
#
# The commands. Each does all of its own set-up; "make help" lists them. How things are
# compiled stands in scripts/build.mk, what is compiled in the objects.mk of each directory,
# what can be chosen in the Kconfig files.
#
#   MODEL=flat|discontig|sparse|vmemmap   overrides the choice in .config, without editing it
#   KCONFIG_OVERRIDES="NAME=value ..."    the same for any other symbol; has a build directory of
#                                         its own, which VARIANT=name names
#   V=1                                   show the commands

MODEL             ?=
KCONFIG_OVERRIDES ?=
VARIANT           ?=
PATH              ?= /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH BIOS DTB MEM SMP APPEND QEMU_ARGS TIMEOUT GDB_ARGS LIBFDT_SRC V

kconf   := python3 scripts/kconf.py
prepare  = $(kconf) prepare --model="$(MODEL)" --set='$(KCONFIG_OVERRIDES)' --variant="$(VARIANT)"
# $(call build,ARCH,TARGET): compile one target; the shell variable $$config is its directory.
build    = config=$$($(prepare)) && \
	$(MAKE) --no-print-directory -f scripts/build.mk CONFIG=$$config ARCH=$(1) $(2)

.PHONY: image
image: ## (default) build/MODEL/Image and build/MODEL/kernel.elf
	@scripts/deps build
	+@$(call build,riscv,image)

.PHONY: run
run: ## boot QEMU virt through OpenSBI, to the monitor; DTB= MEM= SMP= APPEND= QEMU_ARGS= BIOS=
	@scripts/deps run
	+@$(call build,riscv,image) && scripts/run-qemu $$config/Image

.PHONY: debug
debug: ## the same, stopped, with gdb attached and the project's gdb commands loaded
	@scripts/deps debug
	+@$(call build,riscv,image) && scripts/debug-qemu $$config

.PHONY: host
host: ## build/host/MODEL/pagewright: the same memory code as a Linux program, with sanitizers
	@scripts/deps test
	+@$(call build,host,program)

.PHONY: test
test: ## every test and check; closes with one line: N passed, N failed, N skipped
	@scripts/deps test
	+@$(kconf) prepare >/dev/null && tests/run-tests

.PHONY: unit
unit: ## the unit tests alone, for all four memory models
	@scripts/deps test
	+@tests/run-tests unit

.PHONY: boot-test
boot-test: ## the boots alone, on the host and in QEMU
	@scripts/deps test
	+@tests/run-tests boot

.PHONY: check
check: ## the static checks alone: format, cppcheck, layers
	@scripts/deps test
	+@tests/run-tests check

.PHONY: bench
bench: ## instructions per phase and per operation, all models, 1 GiB and 16 GiB
	@scripts/deps run
	+@scripts/bench.py

.PHONY: bench-update
bench-update: ## the same, and what it measures becomes the budget
	@scripts/deps run
	+@scripts/bench.py --update

.PHONY: menuconfig
menuconfig: ## choose the memory model and the rest, in a menu
	@scripts/deps build
	@$(kconf) menuconfig

.PHONY: defconfig olddefconfig oldconfig savedefconfig
defconfig:     ## .config from configs/defconfig
olddefconfig:  ## .config brought up to date, new symbols with their defaults
oldconfig:     ## .config brought up to date, asking for each new symbol
savedefconfig: ## build/defconfig: only what differs from the defaults
defconfig olddefconfig oldconfig savedefconfig:
	@scripts/deps build
	@$(kconf) $@

.PHONY: compile_commands.json
compile_commands.json: ## for clangd and other tools
	@scripts/deps build
	+@$(call build,riscv,compile-commands) >$@.tmp
	@sed -e '1s/^/[/' -e '$$!s/$$/,/' -e '$$s/$$/]/' $@.tmp >$@ && rm $@.tmp

.PHONY: clean distclean
clean: ## remove what was built, but not libfdt's source
	@find build -mindepth 1 -maxdepth 1 ! -name deps -exec rm -rf {} + 2>/dev/null || true
distclean: ## remove everything that make ever wrote, .config too
	@rm -rf build .config .config.old compile_commands.json

.PHONY: help
help: ## this table
	@sed -n 's/^\([a-z_.-]*\): *## /\1\t/p' Makefile | \
		while IFS="$$(printf '\t')" read -r name text; do \
			printf '  make %-22s %s\n' "$$name" "$$text"; done
	@echo
	@echo '  MODEL=flat|discontig|sparse|vmemmap overrides .config for one command; V=1 shows more.'
