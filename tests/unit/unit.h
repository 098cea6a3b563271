/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unit tests in one page. A file tests/unit/test_NAME.c contains tests and nothing else:
 *
 *	TEST(merges_neighbours)
 *	{
 *		ASSERT_EQ(memblock_add(0x1000, 0x1000), 0);
 *		EXPECT_EQ(memblock.memory.cnt, 1);
 *	}
 *
 * Two verbs. EXPECT records a failure and goes on, ASSERT ends this test. Every test runs in
 * a process of its own: static state is fresh, and a stop(), a crash or an endless loop is the
 * result of that test only. One line per test, "ok NAME/test" or "not ok NAME/test: why"; what the
 * code under test printed appears after a failure, on lines that begin with "#".
 *
 * unit.c has main(); a test program is one test file, unit*.c and the kernel's objects.
 *	test_NAME [-l] [-v] [word...]    -l list, -v show output always, word: tests whose name has it
 */
#pragma once

#include "lib/types.h"

struct unit_test {
	const char *file;
	const char *name;
	void (*run)(void);
	struct unit_test *next;
};

void unit_register(struct unit_test *test);

/**
 * unit_check - the far end of the macros: records the text unless ok; ends the test if fatal.
 * Returns ok.
 */
bool unit_check(bool ok, bool fatal, const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
bool unit_check_values(bool ok, bool fatal, const char *file, int line, const char *text_a,
		       const char *relation, const char *text_b, u64 a, u64 b);
bool unit_check_text(bool fatal, const char *file, int line, const char *text_a, const char *a,
		     const char *b);

/** unit_note - a line that is shown when this test fails: the seed, the step, the input. */
void unit_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * unit_output_begin / _end - take what is printed to standard output between the two; valid until
 * the next _begin.
 */
void unit_output_begin(void);
const char *unit_output_end(void);

/**
 * unit_stop_begin - true in a new process that shall stop; unit_stop_check in the test judges its
 * end.
 */
bool unit_stop_begin(void);
_Noreturn void unit_stop_missed(void);
void unit_stop_check(const char *file, int line, const char *expr, const char *text);

/** unit_random - a small generator, the same on every machine: xorshift64*. state must not be 0. */
u64 unit_random(u64 *state);

#define TEST(test_name)                                                                        \
	static void test_##test_name(void);                                                    \
	__attribute__((constructor)) static void register_##test_name(void)                    \
	{                                                                                      \
		static struct unit_test test = {__FILE__, #test_name, test_##test_name, NULL}; \
                                                                                               \
		unit_register(&test);                                                          \
	}                                                                                      \
	static void test_##test_name(void)

#define EXPECT(cond) unit_check((cond), false, __FILE__, __LINE__, "%s", #cond)
#define ASSERT(cond) unit_check((cond), true, __FILE__, __LINE__, "%s", #cond)

/* Both sides are integers or pointers, compared as 64-bit numbers; each is evaluated once. */
#define UNIT_COMPARE(fatal, a, op, b)                                                       \
	__extension__({                                                                     \
		u64 unit_a = (u64)(a), unit_b = (u64)(b);                                   \
                                                                                            \
		unit_check_values(unit_a op unit_b, fatal, __FILE__, __LINE__, #a, #op, #b, \
				  unit_a, unit_b);                                          \
	})

#define EXPECT_EQ(a, b) UNIT_COMPARE(false, a, ==, b)
#define EXPECT_NE(a, b) UNIT_COMPARE(false, a, !=, b)
#define EXPECT_LT(a, b) UNIT_COMPARE(false, a, <, b)
#define EXPECT_LE(a, b) UNIT_COMPARE(false, a, <=, b)
#define EXPECT_GE(a, b) UNIT_COMPARE(false, a, >=, b)
#define ASSERT_EQ(a, b) UNIT_COMPARE(true, a, ==, b)
#define ASSERT_NE(a, b) UNIT_COMPARE(true, a, !=, b)
#define ASSERT_LT(a, b) UNIT_COMPARE(true, a, <, b)
#define ASSERT_LE(a, b) UNIT_COMPARE(true, a, <=, b)
#define ASSERT_GE(a, b) UNIT_COMPARE(true, a, >=, b)

/* Two texts; NULL differs from every text and equals NULL. */
#define EXPECT_TEXT(a, b) unit_check_text(false, __FILE__, __LINE__, #a, a, b)
#define ASSERT_TEXT(a, b) unit_check_text(true, __FILE__, __LINE__, #a, a, b)

/**
 * EXPECT_STOP - the statement ends the boot with exactly one verdict line, the last one, which
 * contains the text. Runs in a process of its own: afterwards the test's state is as before.
 */
#define EXPECT_STOP(statement, text)                                   \
	do {                                                           \
		if (unit_stop_begin()) {                               \
			statement;                                     \
			unit_stop_missed();                            \
		}                                                      \
		unit_stop_check(__FILE__, __LINE__, #statement, text); \
	} while (0)
