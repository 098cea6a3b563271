/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Harts on Linux: threads. They share all memory as harts do; a wake is a semaphore, which keeps a
 * wake that comes before the sleep.
 */
#define _GNU_SOURCE
#include "arch/host/host.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <time.h>

#include "mm/percpu.h"

#define NS_PER_TICK   100 /* a time CSR of 10 MHz, as QEMU's */
#define NS_PER_SECOND 1000000000L

__thread struct arch_hart *host_hart = &boot_hart.arch;

static sem_t wakes[MACHINE_MAX_HARTS];
static bool wakes_exist;
static void (*mains[MACHINE_MAX_HARTS])(void); /* of harts, by index: what their threads run */

/* A hart that hears nothing, until it is told to come. */
static u64 deaf_id = ~0UL;
static struct arch_hart *deaf_hart; /* once it was started */
static u32 nr_threads;              /* that were started */
static u32 nr_signs;                /* wakes of the boot hart */

void host_deaf_hart(u64 id)
{
	deaf_id = id;
}

/* All at once, before there is a second thread. */
static void make_wakes(void)
{
	for (u32 i = 0; i < MACHINE_MAX_HARTS && !wakes_exist; i++)
		sem_init(&wakes[i], 0, 0);
	wakes_exist = true;
}

static void *thread_main(void *hart)
{
	host_hart = hart;
	mains[host_hart->index]();
	return NULL;
}

static const char *start_thread(struct arch_hart *hart)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int failed;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	failed = pthread_create(&thread, &attributes, thread_main, hart);
	pthread_attr_destroy(&attributes);
	nr_threads += !failed;
	return failed ? "Linux has no thread for it" : NULL;
}

const char *arch_hart_start(struct arch_hart *hart, void (*fn)(void))
{
	make_wakes();
	mains[hart->index] = fn;
	if (hart->id != deaf_id)
		return start_thread(hart);
	deaf_hart = hart;
	return NULL;
}

bool host_deaf_hart_comes(void)
{
	return deaf_hart && !start_thread(deaf_hart);
}

const char *arch_hart_status(const struct arch_hart *hart)
{
	return hart->id == deaf_id ? "start pending" : "started";
}

bool arch_hart_came_back(const struct arch_hart *hart)
{
	(void)hart;
	return false;
}

void arch_hart_wake(const struct arch_hart *hart)
{
	if (hart->index == 0)
		__atomic_add_fetch(&nr_signs, 1, __ATOMIC_RELEASE);
	sem_post(&wakes[hart->index]);
}

bool arch_hart_wait(u64 ticks)
{
	sem_t *wake = &wakes[host_hart->index];
	struct timespec until;
	u64 ns;

	if (ticks == 0)
		return sem_wait(wake) == 0 || errno == EINTR;
	/* When all others have come up, a test need not wait for the one that will not. */
	if (deaf_hart && __atomic_load_n(&nr_signs, __ATOMIC_ACQUIRE) >= nr_threads)
		return sem_trywait(wake) == 0;
	clock_gettime(CLOCK_REALTIME, &until);
	ns = (u64)until.tv_nsec + ticks * NS_PER_TICK;
	until.tv_sec += (time_t)(ns / NS_PER_SECOND);
	until.tv_nsec = (long)(ns % NS_PER_SECOND);
	return sem_timedwait(wake, &until) == 0 || errno == EINTR;
}

void arch_leaves_seen(void)
{
	/* Threads have one address space. */
}
