/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random damage to a blob. The seeds are fixed, so a failure comes again; the number it prints
 * is the i of damaged(). Any answer is good but a crash, a hang or a read outside the blob.
 */
#include <sys/mman.h>
#include <sys/wait.h>

#include "dt_blob_test.h"

#define FLIPS 20000
#define SEED  0x9e3779b97f4a7c15UL

/* A sanitizer's end must not look like a stop. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0:exitcode=99";
}

/* One to four random changes: a bit, a byte, or a word of the kind that hurts. */
static void damage(struct blob blob, u64 *state)
{
	static const u32 hurting[] = {0, 1,          2,          3,          4,
				      9, 0x7fffffff, 0x80000000, 0xfffffff4, 0xffffffff};
	u64 changes = 1 + unit_random(state) % 4;

	while (changes--) {
		u64 at = unit_random(state) % blob.size;

		switch (unit_random(state) % 3) {
		case 0:
			blob.bytes[at] ^= (u8)(1U << unit_random(state) % 8);
			break;
		case 1:
			blob.bytes[at] = (u8)unit_random(state);
			break;
		default:
			put(blob, (u32)(at & ~3UL) > blob.size - 4 ? 0 : (u32)(at & ~3UL),
			    hurting[unit_random(state) % ARRAY_SIZE(hurting)]);
		}
	}
}

static struct blob damaged(struct blob good, u32 i)
{
	struct blob copy = blob_copy(good.bytes, good.size);
	u64 state = SEED + i;

	(void)unit_random(&state);
	damage(copy, &state);
	return copy;
}

/* C12, the reader alone */
TEST(random_damage)
{
	struct blob good = blob_compile(rich, "");
	u32 opened = 0;

	for (u32 i = 0; i < FLIPS; i++) {
		struct blob copy = damaged(good, i);

		unit_note("seed %u", i);
		opened += open_and_use(copy);
		free(copy.bytes);
	}
	EXPECT(opened > FLIPS / 10 && opened < FLIPS);
}

/*
 * C12, the whole stage: a stop ends the process, so children take turns, each from where the one
 * before it stopped. *at is shared: which damage is being tried, and whether a stop was meant.
 */
TEST(random_damage_of_the_stage)
{
	struct blob good = blob_compile(rich, "");
	volatile u32 *at =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	u32 stops = 0;
	int status;

	for (*at = 0; *at < FLIPS / 4; ++*at) {
		fflush(stdout);
		if (fork() == 0) {
			(void)!freopen("/dev/null", "w", stdout);
			for (; *at < FLIPS / 4; ++*at) {
				struct blob copy = damaged(good, *at);

				read_blob(copy);
				free(copy.bytes);
			}
			_exit(77);
		}
		wait(&status);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
			break;
		unit_note("seed %u ended with status 0x%x", *at, (unsigned)status);
		ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 1);
		stops++;
	}
	EXPECT(stops > 0);
}
