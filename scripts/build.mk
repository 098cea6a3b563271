# SPDX-License-Identifier: BSD-2-Clause
#
# The rules that compile one configuration; the Makefile calls them like this:
#
#   make -f scripts/build.mk CONFIG=build/vmemmap ARCH=riscv image      -> build/vmemmap/Image
#   make -f scripts/build.mk CONFIG=build/vmemmap ARCH=host  unit-tests -> build/host/vmemmap/test_*
#   make -f scripts/build.mk CONFIG=build/vmemmap ARCH=host FLAVOUR=mmview program
#                                             optimised, no sanitizers -> build/mmview/vmemmap/
#   make -f scripts/build.mk CONFIG=build/vmemmap ARCH=host FLAVOUR=tsan \
#        build/tsan/vmemmap/test_selftest_smp    with a race detector, ThreadSanitizer
#   make -f scripts/build.mk CONFIG=build/vmemmap ARCH=host FLAVOUR=fuzz HOSTCC=clang fuzz-targets
#                                             for libFuzzer            -> build/fuzz/vmemmap/fuzz_*
#
# CONFIG is a directory that scripts/kconf.py has prepared. The memory model is chosen here, by
# one include path and one object list, and nowhere else. The lists of objects (objects.mk in
# each directory) are the table of contents of the kernel: read those first.

include $(CONFIG)/config.mk
ARCH   ?= riscv
CROSS_COMPILE ?= riscv64-unknown-elf-
LIBFDT := build/deps/libfdt
OUT    := $(if $(filter host,$(ARCH)),build/$(or $(FLAVOUR),host)/$(DIRECTORY),$(CONFIG))

# --- what is compiled: objs-y always; objs-riscv, objs-host, objs-flat... in that case only -
objs   :=
libfdt :=
define read-list
objs-y := $$(empty)
objs-$(ARCH) := $$(empty)
objs-$(MODEL) := $$(empty)
libfdt-y := $$(empty)
include $(1)/objects.mk
objs   += $$(addprefix $(OUT)/$(1)/,$$(objs-y) $$(objs-$(ARCH)) $$(objs-$(MODEL)))
libfdt += $$(addprefix $(OUT)/libfdt/,$$(libfdt-y))
endef
# AFTER: what runs after bring-up, a directory with an objects.mk that defines monitor_run().
AFTER ?= kernel/monitor
dirs := kernel kernel/lib kernel/dt kernel/mm kernel/mm/model/$(MODEL) $(AFTER) kernel/arch \
	kernel/arch/$(ARCH)
$(foreach dir,$(dirs),$(eval $(call read-list,$(dir))))

# --- flags ---------------------------------------------------------------------------------
includes := -Ikernel -I$(CONFIG)/include -Ikernel/mm/model/$(MODEL) -Ikernel/arch/$(ARCH) \
	$(addprefix -I,$(filter-out kernel/monitor,$(AFTER)))
warnings := -Wall -Wextra -Werror -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wundef -Wvla -Wpointer-arith -Wcast-qual -Wwrite-strings
# Memory changes its type here (a free page becomes a table of struct pages), hence
# no-strict-aliasing. The prefix map keeps this machine's paths out of the outputs.
common := -std=gnu11 -g -fno-common -fno-strict-aliasing -ffile-prefix-map=$(CURDIR)=. -MMD -MP

# rv64imac: no floating point. medany: addresses relative to the program counter, because the
# image is linked at the top of the address space.
stack_guard := $(if $(CONFIG_STACK_PROTECTOR),-fstack-protector-strong,-fno-stack-protector)
flags-riscv := -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany -ffreestanding -O2 \
	-fno-pic $(stack_guard) -fno-asynchronous-unwind-tables -ffunction-sections \
	-fdata-sections -isystem kernel/lib/freestanding
sanitized  := -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all
flags-host := $(sanitized) -fsanitize=address,undefined
ifeq ($(FLAVOUR),mmview)
flags-host := -O2
else ifeq ($(FLAVOUR),tsan)
flags-host := $(sanitized) -fsanitize=thread
else ifeq ($(FLAVOUR),fuzz)
# Coverage is of the kernel alone: an oracle's loops, counted too, would take most of the time and
# pass for news where there are none. The operands of comparisons are traced where bytes are read, not in
# kernel/mm, where that took half of the time.
coverage   := -fsanitize=fuzzer-no-link
untraced   := -fno-sanitize-coverage=trace-cmp
flags-host  = $(sanitized) -fsanitize=address,undefined $(coverage)
warnings   += -Wno-bitwise-instead-of-logical
endif

CC-riscv := $(CROSS_COMPILE)gcc
CC-host  := $(or $(HOSTCC),gcc)
CC       := $(CC-$(ARCH))
cflags    = $(common) $(flags-$(ARCH)) $(includes)
linker_script := kernel/arch/riscv/kernel.ld
rules    := scripts/build.mk $(CONFIG)/config.mk

Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-8s%s\n' $(1) $(2))

# --- rules ---------------------------------------------------------------------------------
.PHONY: image program unit-tests fuzz-targets list-tests list-objects compile-commands
.DELETE_ON_ERROR:
.SECONDARY:

image: $(OUT)/Image
program: $(OUT)/pagewright

# Our libfdt_env.h gives libfdt its types and string functions. Only dt/fdt.c may include libfdt.h.
fdt_includes := -Ikernel/dt/libfdt -isystem $(LIBFDT)
$(OUT)/kernel/dt/fdt.o: includes += $(fdt_includes)
# Or the loop in memset() becomes a call of memset().
$(OUT)/kernel/lib/string.o: flags-riscv += -fno-tree-loop-distribute-patterns

$(OUT)/libfdt/%.o: $(LIBFDT)/%.c $(rules) | $(LIBFDT)/STAMP
	$(call say,CC,libfdt/$*.c)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(fdt_includes) $(cflags) -w -c $< -o $@

$(OUT)/%.o: %.c $(rules)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(cflags) $(warnings) -c $< -o $@

$(OUT)/%.o: %.S $(rules)
	$(call say,AS,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(cflags) -Wa,--debug-prefix-map=$(CURDIR)=. -c $< -o $@

$(OUT)/kernel.elf: $(objs) $(libfdt) $(linker_script)
	$(call say,LD,$@)
	$(Q)$(CC) $(flags-riscv) -nostdlib -static -Wl,--gc-sections -Wl,--build-id=none \
		-Wl,-Map=$(OUT)/kernel.map -T $(linker_script) $(objs) $(libfdt) -o $@

$(OUT)/Image: $(OUT)/kernel.elf
	$(call say,IMAGE,$@)
	$(Q)$(CROSS_COMPILE)objcopy -O binary $< $@

$(OUT)/pagewright: $(objs) $(libfdt)
	$(call say,LD,$@)
	$(Q)$(CC) $(flags-host) $^ -o $@

# A unit test is one file test_*.c, linked with the framework (the other files there) and with
# what it needs of the kernel.
tests     := $(patsubst tests/unit/%.c,$(OUT)/%,$(wildcard tests/unit/test_*.c))
framework := $(patsubst %.c,$(OUT)/%.o,$(filter-out tests/unit/test_%,$(wildcard tests/unit/*.c)))
unit-tests: $(tests)
$(OUT)/tests/unit/%.o: includes += -Itests/unit
$(OUT)/kernel.a: $(filter-out $(OUT)/kernel/arch/host/main.o,$(objs)) $(libfdt)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^
$(tests): $(OUT)/%: $(OUT)/tests/unit/%.o $(framework) $(OUT)/kernel.a
	$(call say,LD,$@)
	$(Q)$(CC) $(flags-host) $^ -o $@

# A fuzz target is one file fuzz_*.c, linked with fuzz.c and with the kernel; what the kernel's objects
# write to goes into one section, so that fuzz.c can put it back. --wrap: the calls that leave the kernel.
fuzzers   := $(patsubst tests/fuzz/%.c,$(OUT)/%,$(filter-out %/fuzz_record.c,$(wildcard tests/fuzz/fuzz_*.c)))
fuzz-wrap := arch_hart_start arch_poweroff assert_failed arch_fault arch_console_write arch_console_read \
	arch_console_is_interactive arch_reboot
# Debian's Python, whose library is sure to be shared, before one that somebody built.
python-config := $(firstword $(wildcard /usr/bin/python3-config) $(shell command -v python3-config))
fuzz-targets: $(fuzzers) $(if $(python-config),$(OUT)/fuzz_record)
$(OUT)/tests/fuzz/%.o: includes += -Itests/unit -Itests/fuzz
$(OUT)/tests/fuzz/%.o $(OUT)/tests/unit/boot_fixture.o: coverage :=
$(OUT)/kernel/mm/%.o: coverage += $(untraced)
$(OUT)/tests/fuzz/%.o: warnings += -Wno-missing-prototypes
$(OUT)/fuzz_dtb: fuzz-wrap += banks_init arch_handoff
$(OUT)/fuzz_monitor: fuzz-wrap += memtest_live command_run
$(OUT)/state.a: $(OUT)/kernel.a
	$(call say,OBJCOPY,$@)
	$(Q)objcopy $(foreach s,.data .bss,--rename-section $(s)=kernel_state,alloc,load,data,contents) $< $@
$(fuzzers): $(OUT)/%: $(OUT)/tests/fuzz/%.o $(OUT)/tests/fuzz/fuzz.o $(OUT)/tests/unit/boot_fixture.o $(OUT)/state.a
	$(call say,LD,$@)
	$(Q)$(CC) $(flags-host) -fsanitize=fuzzer $(fuzz-wrap:%=-Wl,--wrap=%) $^ -o $@
# The one for a reader in Python holds the interpreter and nothing of the kernel, so it goes without
# the sanitizers, which would slow down the interpreter's memory.
$(OUT)/tests/fuzz/fuzz_record.o: flags-host := -O2
$(OUT)/tests/fuzz/fuzz_record.o: includes += $(patsubst -I%,-isystem %,$(shell $(python-config) --includes))
$(OUT)/fuzz_record: $(OUT)/tests/fuzz/fuzz_record.o
	$(call say,LD,$@)
	$(Q)$(CC) -fsanitize=fuzzer $^ $$($(python-config) --embed --ldflags) -o $@

list-tests:
	@echo $(tests)
list-objects:
	@echo $(objs:$(OUT)/%=%)

# What clangd wants to know, one line per object.
sources := $(foreach o,$(objs:$(OUT)/%.o=%),$(wildcard $(o).c $(o).S))
compile-commands:
	@$(foreach s,$(sources),printf '{"directory": "%s", "file": "%s", "command": "%s"}\n' \
		'$(CURDIR)' '$(s)' '$(CC) $(filter-out -MMD -MP,$(cflags)) $(warnings) $(fdt_includes) -c $(s)';)

-include $(objs:.o=.d) $(libfdt:.o=.d) $(framework:.o=.d) $(fuzzers:$(OUT)/%=$(OUT)/tests/fuzz/%.d) $(OUT)/tests/fuzz/fuzz_record.d $(patsubst $(OUT)/%,$(OUT)/tests/unit/%.d,$(tests))
