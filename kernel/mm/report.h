/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a person reads: the tables of the boot log. Each function prints one of them, in the
 * label-column form of lib/log.h, from finished results only: any time after the stage whose result it
 * shows. The monitor uses the same.
 */
#pragma once

void report_handoff(void);
void report_banks(void);
void report_reservations(void);
void report_layout(void);   /* the virtual map, with what fills it */
void report_memmodel(void); /* the model and its cost */
void report_nodes(void);
void report_zones(void);
void report_picture(void); /* physical memory, one line a range, with its owner */
void report_ledger(void);
void report_phases(void);
void report_buddy(void);           /* free blocks by order, as /proc/buddyinfo */
void report_hugetlb(void);         /* pools of huge pages: asked, got, why, counters */
void report_hugetlb_vmemmap(void); /* their tail struct pages shared: saving and cost */
void report_audit(void);
void report_deferred(void); /* what was initialised late, and by whom; nothing in an eager boot */
void report_summary(void);  /* all that the end of the boot shows */
