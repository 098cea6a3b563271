/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options_parse() on any text: no byte read behind its end, only values that the stages may rely on,
 * and the same answer when the same words stand in another place.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "machine.h"
#include "unit.h"

static const char *line;
static struct machine_options options;

static void parse(void)
{
	options_parse(line, &options);
}

/* The options of a text in memory of exactly its size. False: the boot stops. */
static bool options_of(const char *before, const u8 *data, size_t size, const char *after)
{
	size_t head = strlen(before);
	char *text = malloc(head + size + strlen(after) + 1);
	bool good;

	memcpy(text, before, head);
	for (size_t i = 0; i < size; i++) /* a NUL would end the text early */
		text[head + i] = (char)(data[i] ? data[i] : ' ');
	strcpy(text + head + size, after);
	line = text;
	memset(&options, 0, sizeof(options));
	options.loglevel = 7;
	good = fuzz_run(parse);
	free(text);
	return good;
}

static void expect_usable(void)
{
	ASSERT_LE(options.loglevel, 8);
	ASSERT_LE(options.nr_mem, MACHINE_MAX_MEM_ARGS);
	ASSERT(memchr(options.fault, 0, sizeof(options.fault)) != NULL);
	for (u32 i = 0; i < options.nr_mem; i++) {
		const struct mem_arg *arg = &options.mem[i];

		ASSERT_NE(arg->size, 0);
		ASSERT(arg->has_start || arg->start == 0);
		ASSERT_LE(arg->start, arg->start + arg->size - 1);
	}
}

void fuzz_init(void)
{
	fuzz_keep_state();
}

static void judge(const u8 *data, size_t size)
{
	struct machine_options first;
	bool quoted = false;
	bool good = options_of("", data, size, "");

	expect_usable();
	if (!good) {
		ASSERT_EQ(options.nr_mem, MACHINE_MAX_MEM_ARGS);
		return;
	}
	first = options;
	ASSERT(options_of("\t \n", data, size, ""));
	ASSERT(memcmp(&first, &options, sizeof(first)) == 0);
	for (size_t i = 0; i < size; i++)
		quoted = quoted != (data[i] == '"');
	if (!quoted) { /* what follows -- is for someone else */
		ASSERT(options_of("", data, size, " -- mem=1 loglevel=1 record"));
		ASSERT(memcmp(&first, &options, sizeof(first)) == 0);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	judge(data, size);
	fuzz_restore();
	return 0;
}
