# SPDX-License-Identifier: BSD-2-Clause
#
# The commands. Each does all of its own set-up; "make help" lists them. How things are
# compiled stands in scripts/build.mk, what is compiled in the objects.mk of each directory,
# what can be chosen in the Kconfig files.
#
#   MODEL=flat|discontig|sparse|vmemmap   overrides the choice in .config, without editing it
#   KCONFIG_OVERRIDES="NAME=value ..."    the same for any other symbol; has a build directory of
#                                         its own, which VARIANT=name names
#   AFTER=examples/kernel                 a kernel of your own in place of the prompt
#   V=1                                   show the commands

MODEL             ?=
KCONFIG_OVERRIDES ?=
# What runs after bring-up in place of the prompt: a directory, as examples/kernel (docs/building-on.md).
AFTER             ?=
VARIANT           ?= $(subst /,-,$(AFTER))
PATH              ?= /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH BIOS MACHINE DTB MEM SMP APPEND QEMU_ARGS TIMEOUT GDB_ARGS LIBFDT_SRC V

kconf   := python3 scripts/kconf.py
prepare  = $(kconf) prepare --model="$(MODEL)" --set='$(KCONFIG_OVERRIDES)' --variant="$(VARIANT)"
# $(call build,ARCH,TARGET): compile one target; the shell variable $$config is its directory.
build    = config=$$($(prepare)) && \
	$(MAKE) --no-print-directory -f scripts/build.mk CONFIG=$$config ARCH=$(1) \
		$(if $(AFTER),,AFTER=kernel/monitor) $(2)

.PHONY: image
image: ## (default) build/MODEL/Image and build/MODEL/kernel.elf
	@scripts/deps build
	+@$(call build,riscv,image)

.PHONY: run
run: ## boot QEMU through OpenSBI, to the monitor; MACHINE=virt DTB= MEM= SMP= APPEND= QEMU_ARGS= BIOS=
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

# The programs that mmview runs, one per model (and section size); then mmview itself, in one file.
mmview_sizes := 64M 128M 256M 512M 1G
mmview_built  = $(foreach size,$(mmview_sizes),$(if $(wildcard build/mmview/vmemmap-$(size)),$(size)))
mmview_program = config=$$($(kconf) prepare --all-models --model="$(1)" --variant="$(or $(2),mmview)" \
		--set='$(strip $(if $(2),SECTION_SIZE_$(2)=y) $(KCONFIG_OVERRIDES))') && \
	$(MAKE) --no-print-directory -f scripts/build.mk CONFIG=$$config ARCH=host FLAVOUR=mmview \
		OUT=build/mmview/$(1)$(if $(2),-$(2)) program

.PHONY: mmview
mmview: $(mmview_built:%=mmview-%)
mmview: ## build/host/mmview: what all four models make of a .dtb or .dts, side by side
	@scripts/deps mmview
	+@$(foreach model,flat discontig sparse vmemmap,$(call mmview_program,$(model)) &&) true
	@rm -rf build/mmview/app && mkdir -p build/mmview/app build/host
	@cp tools/mmview/*.py VERSION build/mmview/app
	@python3 -m zipapp build/mmview/app -c -p '/usr/bin/env python3' -o build/host/mmview.new
	@mv build/host/mmview.new build/host/mmview
	@echo 'build/host/mmview is ready: build/host/mmview FILE.dtb, or --help'

# The SPARSE models with another section size: mmview asks for them when --section-size is given.
.PHONY: $(mmview_sizes:%=mmview-%)
$(mmview_sizes:%=mmview-%): mmview-%:
	@scripts/deps mmview
	+@$(call mmview_program,sparse,$*) && $(call mmview_program,vmemmap,$*)

# What is known of a board stands in firmware/BOARD/board.conf: see firmware/README.md.
BOARD ?=
export BOARD SOURCE_DATE_EPOCH

.PHONY: sdcard
sdcard: ## build/BOARD/sdcard.img for BOARD=visionfive2 or visionfive: a card for the board's own firmware
	@scripts/board "$(BOARD)" >/dev/null
	@scripts/deps card
	+@$(call build,riscv,image) && mkdir -p "build/$(BOARD)" && \
		scripts/sdcard "$(BOARD)" $$config/Image "build/$(BOARD)/sdcard.img"

OPENSBI     ?=
OPENSBI_SRC ?=
TREE        ?=
export OPENSBI OPENSBI_SRC TREE

.PHONY: firmware
firmware: ## OpenSBI and kernel in one file, for BOARD=; OPENSBI_SRC=, OPENSBI=, TREE=: see firmware/README.md
	@scripts/board "$(BOARD)" >/dev/null
	@scripts/deps run card $(if $(OPENSBI_SRC),opensbi)
	+@$(call build,riscv,image) && scripts/firmware "$(BOARD)" $$config "build/$(BOARD)"

.PHONY: check-image
check-image: ## is what was built for BOARD= right? partitions, files, headers; prints where all will lie in RAM
	@scripts/board "$(BOARD)" >/dev/null
	@scripts/deps card
	+@$(call build,riscv,image) && scripts/check-image "$(BOARD)" --image "$$config/Image"

.PHONY: flash
flash: $(if $(DEV),sdcard)
flash: ## write that image to a card, DEV=/dev/sdX, after questions, and read it back
	@scripts/board "$(BOARD)" >/dev/null
	@scripts/flash "$(BOARD)" "build/$(BOARD)/sdcard.img" "$(DEV)"

PREFIX  ?= /usr/local
DESTDIR ?=
installed_programs = $(foreach p,flat discontig sparse vmemmap $(mmview_sizes:%=sparse-%) \
	$(mmview_sizes:%=vmemmap-%),build/mmview/$(p)/pagewright:$(p))

.PHONY: install
install: mmview $(mmview_sizes:%=mmview-%)
install: ## mmview, its programs, manual and completion, into PREFIX=/usr/local; DESTDIR=
	@for d in bin libexec/pagewright share/man/man1 share/bash-completion/completions; do \
		install -d "$(DESTDIR)$(PREFIX)/$$d" || exit; done
	@install -m 755 build/host/mmview "$(DESTDIR)$(PREFIX)/bin/mmview"
	@for p in $(installed_programs); do \
		install -s -m 755 "$${p%:*}" "$(DESTDIR)$(PREFIX)/libexec/pagewright/$${p#*:}" || exit; done
	@if [ -e build/bench.json ]; then \
		install -m 644 build/bench.json "$(DESTDIR)$(PREFIX)/libexec/pagewright/bench.json"; fi
	@install -m 644 tools/mmview/mmview.1 "$(DESTDIR)$(PREFIX)/share/man/man1/mmview.1"
	@install -m 644 tools/mmview/mmview.bash \
		"$(DESTDIR)$(PREFIX)/share/bash-completion/completions/mmview"
	@echo 'installed $(DESTDIR)$(PREFIX)/bin/mmview'

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

.PHONY: uboot-test
uboot-test: ## the card images and the boots through U-Boot alone
	@scripts/deps uboot
	+@$(kconf) prepare >/dev/null && tests/run-tests uboot

.PHONY: picture-test
picture-test: ## the pictures of mmview alone, in a browser too (installs chromium)
	@scripts/deps picture
	+@$(kconf) prepare >/dev/null && tests/run-tests picture

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

.PHONY: diff
diff: ## random machines through all models, against an oracle; N=1000 SEED=1, QEMU=12 of them there
	@scripts/deps test
	+@N="$(N)" SEED="$(SEED)" QEMU="$(QEMU)" python3 -u tests/diff/run.py

.PHONY: golden
golden: ## the golden records of dts/boards written anew; look at the diff
	@scripts/deps test
	+@python3 -u tests/boards/run.py --update

FUZZ_SECONDS ?= 30
.PHONY: fuzz
fuzz: ## each fuzz target for FUZZ_SECONDS=30; TARGETS="dtb ..."; crashes in build/fuzz/crashes
	@scripts/deps fuzz
	+@MODEL="$(MODEL)" python3 -u tests/fuzz/run.py --seconds $(FUZZ_SECONDS) $(TARGETS)

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
