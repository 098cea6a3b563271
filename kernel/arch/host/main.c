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
	"  --monitor                stay at the prompt\n"
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

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"bootargs", required_argument, NULL, 'b'},
		{"prepend", required_argument, NULL, 'p'},
		{"image", required_argument, NULL, 'i'},
		{"dtb-at", required_argument, NULL, 'd'},
		{"ram", required_argument, NULL, 'r'},
		{"monitor", no_argument, NULL, 'm'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	const char *image_text = NULL;
	const char *prepend = NULL;
	const char *dtb_text = NULL;
	bool stay = false;
	struct arch_image image;
	phys_addr_t dtb;
	size_t size;
	char *end;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'b')
			host_set_cmdline(optarg);
		else if (option == 'p')
			prepend = optarg;
		else if (option == 'i')
			image_text = optarg;
		else if (option == 'd')
			dtb_text = optarg;
		else if (option == 'r')
			parse_ram(optarg);
		else if (option == 'm')
			stay = true;
		else if (option == 'h')
			return fputs(usage, stdout) < 0;
		else
			bad_usage("unknown option");
	}
	if (optind + 1 != argc)
		bad_usage("one device tree blob is needed");
	size = read_blob(argv[optind]);
	if (prepend)
		host_prepend_cmdline(blob, size, prepend);
	image = image_text ? parse_image(image_text) : host_default_image(blob, size);
	dtb = dtb_text ? number(dtb_text, &end) : host_default_dtb(&image);
	if (!stay && !freopen("/dev/null", "r", stdin))
		return 3;
	host_set_handoff(blob, size, dtb, &image);
	kernel_main();
}
