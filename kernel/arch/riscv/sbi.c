/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SBI calls, one function per call that the kernel makes.
 */
#include "sbi.h"

#include "lib/log.h"

enum {
	BASE_IMPL_ID = 1, /* SBI 1.0, chapter 4 */
	BASE_IMPL_VERSION = 2,
	BASE_PROBE = 3,
	DBCN_WRITE = 0, /* SBI 2.0, chapter 12 */
	DBCN_READ = 1,
	RFENCE_SFENCE_VMA = 1, /* SBI 1.0, chapter 8 */
	SRST_SHUTDOWN = 0,     /* SBI 1.0, chapter 10 */
	SRST_COLD_REBOOT = 1,
	SRST_NO_REASON = 0,
	SRST_SYSTEM_FAILURE = 1,
	IMPL_OPENSBI = 1,
	IMPL_RUSTSBI = 4,
};

/* SBI 1.0, table 5, and the numbers given out since */
static const char *const implementations[] = {
	"bbl",    "opensbi", "xvisor", "kvm",      "rustsbi", "diosix",
	"coffer", "xen",     "hss",    "coreboot", "oreboot", "bhyve",
};

struct sbi_result sbi_call(u64 extension, u64 function, u64 arg0, u64 arg1, u64 arg2)
{
	register u64 a0 __asm__("a0") = arg0;
	register u64 a1 __asm__("a1") = arg1;
	register u64 a2 __asm__("a2") = arg2;
	register u64 a6 __asm__("a6") = function;
	register u64 a7 __asm__("a7") = extension;

	__asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a6), "r"(a7) : "memory");
	return (struct sbi_result){(s64)a0, a1};
}

bool sbi_has_extension(u64 extension)
{
	struct sbi_result r = sbi_call(SBI_BASE, BASE_PROBE, extension, 0, 0);

	return r.error == 0 && r.value != 0;
}

const char *sbi_name(void)
{
	struct sbi_result id = sbi_call(SBI_BASE, BASE_IMPL_ID, 0, 0, 0);

	if (id.error != 0)
		return "none";
	return id.value < ARRAY_SIZE(implementations) ? implementations[id.value] : "unknown";
}

void sbi_version(char *text, size_t bytes)
{
	struct sbi_result id = sbi_call(SBI_BASE, BASE_IMPL_ID, 0, 0, 0);
	struct sbi_result version = sbi_call(SBI_BASE, BASE_IMPL_VERSION, 0, 0, 0);

	if (id.error != 0 || version.error != 0)
		format_text(text, bytes, "0");
	else if (id.value == IMPL_OPENSBI)
		format_text(text, bytes, "%lu.%lu", version.value >> 16, version.value & 0xffff);
	else if (id.value == IMPL_RUSTSBI)
		format_text(text, bytes, "%lu.%lu.%lu", version.value >> 16,
			    version.value >> 8 & 0xff, version.value & 0xff);
	else
		format_text(text, bytes, "%lu", version.value);
}

/* On RV64 a physical address fits the first of the two address words. */
static s64 transfer(u64 function, phys_addr_t pa, u64 bytes)
{
	struct sbi_result r = sbi_call(SBI_DBCN, function, bytes, pa, 0);

	return r.error != 0 ? r.error : (s64)r.value;
}

s64 sbi_write(phys_addr_t pa, u64 bytes)
{
	return transfer(DBCN_WRITE, pa, bytes);
}

s64 sbi_read(phys_addr_t pa, u64 bytes)
{
	return transfer(DBCN_READ, pa, bytes);
}

bool sbi_write_byte(char c)
{
	return sbi_call(SBI_DBCN, SBI_DBCN_WRITE_BYTE, (u8)c, 0, 0).error == 0;
}

bool sbi_legacy_putchar(char c)
{
	return sbi_call(SBI_LEGACY_PUTCHAR, 0, (u8)c, 0, 0).error == 0;
}

int sbi_legacy_getchar(void)
{
	s64 c = sbi_call(SBI_LEGACY_GETCHAR, 0, 0, 0, 0).error;

	return c < 0 ? -1 : (int)(c & 0xff);
}

void sbi_shutdown(bool ok)
{
	if (sbi_has_extension(SBI_SRST))
		sbi_call(SBI_SRST, 0, SRST_SHUTDOWN, ok ? SRST_NO_REASON : SRST_SYSTEM_FAILURE, 0);
	sbi_call(SBI_LEGACY_SHUTDOWN, 0, 0, 0, 0);
}

void sbi_reboot(void)
{
	if (sbi_has_extension(SBI_SRST))
		sbi_call(SBI_SRST, 0, SRST_COLD_REBOOT, SRST_NO_REASON, 0);
}

void sbi_set_timer(u64 when)
{
	sbi_call(SBI_TIME, 0, when, 0, 0);
}

/* Four arguments: no hart mask, but base -1 for all harts; start 0 and size 0 for all addresses. */
s64 sbi_remote_fence(void)
{
	register u64 a0 __asm__("a0") = 0;
	register u64 a1 __asm__("a1") = ~0UL;
	register u64 a2 __asm__("a2") = 0;
	register u64 a3 __asm__("a3") = 0;
	register u64 a6 __asm__("a6") = RFENCE_SFENCE_VMA;
	register u64 a7 __asm__("a7") = SBI_RFENCE;

	__asm__ volatile("ecall"
			 : "+r"(a0), "+r"(a1)
			 : "r"(a2), "r"(a3), "r"(a6), "r"(a7)
			 : "memory");
	return (s64)a0;
}
