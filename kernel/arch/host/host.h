/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program that runs the boot on the host must say first: what firmware would hand over.
 */
#pragma once

#include "arch/arch.h"

/**
 * host_set_handoff - the hand-over of the next boot. One boot per process.
 * @blob: the device tree, blob_size bytes; read at its physical address dtb, kept by the caller
 */
void host_set_handoff(const void *blob, u64 blob_size, phys_addr_t dtb,
		      const struct arch_image *image);

/** host_set_cmdline - boot arguments that replace the tree's; kept by the caller. */
void host_set_cmdline(const char *text);

/**
 * host_prepend_cmdline - boot arguments in front of those that this tree would boot with, or in
 * front of those of host_set_cmdline(), which comes first. In front, because a word `--` ends them.
 */
void host_prepend_cmdline(const void *blob, u64 blob_size, const char *text);

/** host_set_input - the console reads this text instead of standard input, then its end; kept by the caller. */
void host_set_input(const char *text);

/** host_restore_terminal - the terminal as the console found it; nothing when it was not touched. */
void host_restore_terminal(void);

/** host_set_words - what arch_reboot() starts this program with: argv, NULL at its end; kept by the caller. */
void host_set_words(char **words);

/** host_default_image - an image of the usual size, 2 MiB above the lowest memory of a tree; 0x80200000 if it has none. */
struct arch_image host_default_image(const void *blob, u64 blob_size);

/** host_set_hart - the id of the boot hart of the next boot; 0 without. After host_set_handoff(). */
void host_set_hart(u64 id);

/** host_default_hart - the first hart of a tree that may be started; 0 if it has none. */
u64 host_default_hart(const void *blob, u64 blob_size);

/** host_default_dtb - where firmware would put the blob: behind the image, 2 MiB aligned. */
phys_addr_t host_default_dtb(const struct arch_image *image);

/**
 * host_ram_add - the pretended machine has RAM there, whatever its tree says; without a call, all
 * addresses are RAM. target: it is the same memory as the RAM at target (itself: target ==
 * range.start). HOST_OPEN_BUS: nothing, but no access traps: it reads as ones. Whole pages, inside
 * the direct map's reach. False when the list is full (16).
 */
#define HOST_OPEN_BUS (~0UL)
bool host_ram_add(struct range range, phys_addr_t target);

/**
 * host_ram_at - what is behind [pa, limit), from pa on as far as one answer holds, *end. False: no
 * RAM. True: the memory at *target, or HOST_OPEN_BUS.
 */
bool host_ram_at(phys_addr_t pa, phys_addr_t limit, phys_addr_t *target, phys_addr_t *end);

/** host_probe_seen - is called for each word that is probed, when it is set: what a test looks for. */
extern void (*host_probe_seen)(phys_addr_t pa, bool write);

/** host_memory_word - one word of the file that is the memory; target as host_ram_at() says. */
void host_memory_word(phys_addr_t target, u64 *value, bool write);

/** host_alias_page - from now on the frame at pa is the same memory as the one at target: a broken address line. */
void host_alias_page(phys_addr_t pa, phys_addr_t target);

/**
 * host_forget_memory - give windows and frames back to Linux, for a caller that then puts the static state of the
 * kernel back as it was before the boot: the fuzzers.
 */
void host_forget_memory(void);

/** host_deaf_hart - a hart of that id is started, and does not come up. Before it is started. */
void host_deaf_hart(u64 id);

/** host_deaf_hart_comes - now it does, too late. False when it was not started. */
bool host_deaf_hart_comes(void);
