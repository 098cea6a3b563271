/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot, on one page. Each stage reads what the ones above it finished and writes only its
 * own; what it promises stands in its header. Data flows one way:
 *
 *   dtb -> banks -> memblock -> page tables -> memory model -> nodes and zones -> buddy
 */
#include "kernel.h"

#include "harts.h"
#include "machine.h"
#include "mm/bank.h"
#include "mm/check.h"
#include "mm/deferred.h"
#include "mm/early.h"
#include "mm/handover.h"
#include "mm/hugetlb.h"
#include "mm/initrd.h"
#include "mm/memmodel.h"
#include "mm/mmzone.h"
#include "mm/owner.h"
#include "mm/paging.h"
#include "mm/percpu.h"
#include "mm/report.h"
#include "monitor/monitor.h"
#include "randomness.h"
#include "stage.h"

_Noreturn void kernel_main(void)
{
	stage_run("handoff", handoff_init); /* who started us, with what, and is it sane */
	report_handoff();
	stage_run("devicetree", devicetree_init); /* the tree and the options, as plain tables */
	randomness_init();                        /* the tree's seed: what must not be foreseen */
	stage_run("banks", banks_init);           /* RAM: sorted, whole pages, each byte once */
	report_banks();
	stage_run("reservations", reservations_init); /* all that is taken, before any allocation */
	report_reservations();
	stage_run("memblock", memblock_init); /* the early allocator opens */
	stage_run("paging", paging_init);     /* direct map, W^X; the final tables go live */
	report_layout();
	stage_run("percpu", percpu_init);    /* data and a guarded stack for each other hart */
	stage_run("memtest", early_memtest); /* on request: bad pages are found and set aside */
	stage_run("nodes", nodes_init);      /* a pg_data_t per node */
	report_nodes();
	stage_run("memmap", memmodel_init); /* struct pages get memory, as the model says */
	report_memmodel();
	stage_run("zones", free_area_init); /* every struct page initialised and reserved */
	report_zones();
	stage_run("gigantic", hugetlb_reserve_gigantic); /* huge pages larger than any block */
	stage_run("handover", memblock_free_all);        /* valid, unowned bank pages become free */
	stage_run("initrd", initrd_init);                /* on request: the initrd's pages, too */
	stage_run("deferred", deferred_init_memmap);     /* struct pages that were left for later */
	stage_run("hugetlb", hugetlb_init);              /* the pools of huge pages */
	stage_run("check", check_init);                  /* each of them exactly once */
	stage_run("harts", harts_init); /* the other harts come up, and wait for work */
	finish();                       /* report, self-test, record, verdict */
	monitor_run();                  /* a prompt, until poweroff */
}
