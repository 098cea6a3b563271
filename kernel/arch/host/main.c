/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Boot any device tree blob on this machine: the same stages, tables and record as on the target.
 *
 *   pagewright [options] FILE.dtb
 *
 * Exit status: 0 verdict ok, 1 the boot stopped, 2 bad usage or unreadable file, 3 this
 * machine could not be used.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arch/host/host.h"
#include "kernel.h"
#include "machine.h"

static const char usage[] =
	"usage: pagewright [options] FILE.dtb\n"
	"  --bootargs=TEXT          boot arguments instead of the tree's\n"
	"  --prepend=TEXT           boot arguments in front of the tree's or of --bootargs\n"
	"  --image=TEXT:RODATA:DATA:END\n"
	"                           physical addresses of the image's parts (default: 2 MiB above "
	"the\n"
	"                           lowest memory)\n"
	"  --dtb-at=ADDRESS         where the blob lies (default: behind the image)\n"
	"  --ram=BASE:SIZE[@SAME]   RAM that is really there, whatever the tree says; may repeat.\n"
	"                           @SAME: the same memory as at that address\n"
	"  --hart=ID                the boot hart (default: the first usable one of the tree)\n"
	"  --monitor                stay at the prompt; without a terminal, run the lines of "
	"standard\n"
	"                           input\n"
	"  --command=TEXT           run these commands of the monitor, separated by ';'\n"
	"  --help                   this text\n";

static u64 blob[(4 * MIB) / sizeof(u64)];

static _Noreturn void bad_usage(const char *what)
{
	fprintf(stderr, "pagewright: %s\n%s", what, usage);
	exit(2);
}

static u64 number(const char *text, char **end)
{
	u64 value = strtoul(text, end, 0);

	if (*end == text)
		bad_usage("an address is missing");
	return value;
}

static struct arch_image parse_image(const char *text)
{
	u64 part[4];
	char *end = NULL;

	for (u32 i = 0; i < 4; i++) {
		part[i] = number(text, &end);
		if (*end != (i < 3 ? ':' : '\0'))
			bad_usage("--image needs four addresses, TEXT:RODATA:DATA:END");
		text = end + 1;
	}
	if (!IS_ALIGNED(part[0], MEGAPAGE_SIZE) || part[0] >= part[1] || part[1] >= part[2] ||
	    part[2] >= part[3] || !IS_ALIGNED(part[1] | part[2] | part[3], PAGE_SIZE))
		bad_usage("--image: TEXT must be 2 MiB aligned, the others page aligned, all "
			  "ascending");
	return (struct arch_image){part[0], part[1], part[2], part[3]};
}

static void parse_ram(const char *text)
{
	struct range range;
	phys_addr_t target;
	u64 base, size;
	char *end = NULL;

	base = number(text, &end);
	if (*end != ':')
		bad_usage("--ram needs BASE:SIZE or BASE:SIZE@SAME");
	size = number(end + 1, &end);
	target = *end == '@' ? number(end + 1, &end) : base;
	if (*end != '\0' || size == 0 || !IS_ALIGNED(base | size | target, PAGE_SIZE) ||
	    !range_make(base, size, &range) || !host_ram_add(range, target))
		bad_usage("--ram: BASE, SIZE and SAME in whole pages, at most 16 times");
}

static size_t read_blob(const char *path)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	size_t size;

	if (!file) {
		perror(path);
		exit(2);
	}
	size = fread(blob, 1, sizeof(blob), file);
	if (ferror(file)) {
		perror(path);
		exit(2);
	}
	fclose(file);
	return size;
}

static struct {
	const char *image;
	const char *prepend;
	const char *dtb;
	const char *hart;
	const char *command;
	bool stay;
} wanted = {.prepend = ""};

static void take_option(int option)
{
	if (option == 'b')
		host_set_cmdline(optarg);
	else if (option == 'p')
		wanted.prepend = optarg;
	else if (option == 'i')
		wanted.image = optarg;
	else if (option == 'd')
		wanted.dtb = optarg;
	else if (option == 'r')
		parse_ram(optarg);
	else if (option == 't')
		wanted.hart = optarg;
	else if (option == 'm')
		wanted.stay = true;
	else if (option == 'c')
		wanted.command = optarg;
	else if (option == 'h')
		exit(fputs(usage, stdout) < 0);
	else
		bad_usage("unknown option");
}

/* Boot arguments of ours: those of --prepend, and that somebody will read the prompt. */
static void prepend_words(size_t size)
{
	static char words[2 * MACHINE_MAX_CMDLINE];
	bool stay = wanted.stay || wanted.command;

	snprintf(words, sizeof(words), "%s%s%s", wanted.prepend,
		 stay && wanted.prepend[0] != '\0' ? " " : "", stay ? "monitor" : "");
	if (words[0] != '\0')
		host_prepend_cmdline(blob, size, words);
	if (wanted.command)
		host_set_input(wanted.command);
	else if (!stay && !freopen("/dev/null", "r", stdin))
		exit(3);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"bootargs", required_argument, NULL, 'b'},
		{"prepend", required_argument, NULL, 'p'},
		{"image", required_argument, NULL, 'i'},
		{"dtb-at", required_argument, NULL, 'd'},
		{"ram", required_argument, NULL, 'r'},
		{"hart", required_argument, NULL, 't'},
		{"monitor", no_argument, NULL, 'm'},
		{"command", required_argument, NULL, 'c'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	struct arch_image image;
	char *end;
	size_t size;
	int option;

	host_set_words(argv);
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		take_option(option);
	if (optind + 1 != argc)
		bad_usage("one device tree blob is needed");
	size = read_blob(argv[optind]);
	prepend_words(size);
	image = wanted.image ? parse_image(wanted.image) : host_default_image(blob, size);
	host_set_handoff(blob, size,
			 wanted.dtb ? number(wanted.dtb, &end) : host_default_dtb(&image), &image);
	host_set_hart(wanted.hart ? number(wanted.hart, &end) : host_default_hart(blob, size));
	kernel_main();
}
