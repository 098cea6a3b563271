/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading arguments. Nothing is rounded and nothing is guessed: what does not fit is said.
 */
#include "monitor/argument.h"

#include "lib/string.h"
#include "mm/memmodel.h"
#include "mm/numa.h"
#include "monitor/command.h"

#define SHOWN 40 /* bytes of an argument in a complaint */

static s32 digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The digits at *text; it moves behind them. False when there is none, or when they are too many. */
static bool digits(const char **text, u64 *out)
{
	bool hex = string_starts_with(*text, "0x") || string_starts_with(*text, "0X");
	s32 base = hex ? 16 : 10;
	const char *start = hex ? *text + 2 : *text;
	const char *c = start;
	u64 value = 0;
	s32 digit;

	for (; (digit = digit_value(*c)) >= 0 && digit < base; c++)
		if (__builtin_mul_overflow(value, (u64)base, &value) ||
		    __builtin_add_overflow(value, (u64)digit, &value))
			return false;
	*text = c;
	*out = value;
	return c != start;
}

bool command_number(const char *text, u64 *out)
{
	const char *end = text;

	if (digits(&end, out) && *end == '\0')
		return true;
	command_complain("'%.*s' is not a number of 64 bits; write it like 4096 or 0x1000\n", SHOWN,
			 text);
	return false;
}

bool command_number_below(const char *text, const char *what, u64 limit, u64 *out)
{
	if (!command_number(text, out))
		return false;
	if (*out < limit)
		return true;
	if (limit == 0)
		command_complain("there is no %s here, so '%.*s' cannot be one\n", what, SHOWN,
				 text);
	else
		command_complain("%s %.*s is out of range: it goes from 0 to %lu\n", what, SHOWN,
				 text, limit - 1);
	return false;
}

bool command_size(const char *text, u64 *out)
{
	static const char units[] = "KMGT";
	const char *end = text;
	const char *unit;
	u64 value;

	if (digits(&end, &value)) {
		unit = *end == '\0' ? NULL : strchr(units, *end & ~0x20);
		if (!unit && *end == '\0') {
			*out = value;
			return true;
		}
		if (unit && *unit != '\0' && end[1] == '\0' &&
		    !__builtin_mul_overflow(value, KIB << (10 * (unit - units)), out))
			return true;
	}
	command_complain("'%.*s' is not a size; write it like 4096, 64K, 128M or 2G\n", SHOWN,
			 text);
	return false;
}

/* The two slips that everybody makes: an address in place of a frame, and 0x forgotten. */
static void pfn_hint(const char *text, u64 pfn)
{
	u64 hex = 0;
	const char *c = text;

	if (pfn_is_ram(pfn))
		return;
	for (; *c != '\0' && hex < 1UL << 52; c++)
		hex = hex * 16 + (u64)digit_value(*c);
	if (pfn_is_ram(PFN_DOWN(pfn)))
		print("no frame of RAM has this number; the pfn of address %.*s is 0x%lx\n", SHOWN,
		      text, PFN_DOWN(pfn));
	else if (!string_starts_with(text, "0x") && !string_starts_with(text, "0X") &&
		 pfn_is_ram(hex))
		print("no frame of RAM has this number; 0x%.*s would be one\n", SHOWN, text);
}

bool command_pfn(const char *text, u64 *pfn)
{
	if (!command_number(text, pfn))
		return false;
	if (*pfn <= PFN_DOWN(~0UL)) {
		pfn_hint(text, *pfn);
		return true;
	}
	command_complain("pfn %.*s is beyond the last address; a pfn is an address divided by %lu: "
			 "pfn ADDR shows it\n",
			 SHOWN, text, PAGE_SIZE);
	return false;
}

bool command_node(const char *text, u32 *nid)
{
	u64 value;
	u32 online;

	if (!command_number(text, &value))
		return false;
	if (value < MAX_NUMNODES && node_is_online((u32)value)) {
		*nid = (u32)value;
		return true;
	}
	command_complain("there is no node %.*s; online are", SHOWN, text);
	for_each_online_node (online)
		print(" %u", online);
	print("\n");
	return false;
}

bool command_choice(const char *text, const char *what, const char *const *words, u32 nr, u32 *out)
{
	for (*out = 0; *out < nr; *out += 1)
		if (strcmp(text, words[*out]) == 0)
			return true;
	command_complain("'%.*s' is no %s; it is one of", SHOWN, text, what);
	for (u32 i = 0; i < nr; i++)
		print(" %s", words[i]);
	print("\n");
	return false;
}
