/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nodes and zones that change at run time: what node.c gives to memory hotplug.
 */
#pragma once

#include "mm/mmzone.h"

/** zonelists_build - every node's zonelist, and where each hart begins, from what the zones have now. */
void zonelists_build(void);

/** node_add - a node that appears at run time: empty zones in node, zeroed memory for a pg_data_t. */
void node_add(u32 nid, pg_data_t *node);

/** zone_name - as /proc/zoneinfo has it. */
const char *zone_name(enum zone_type type);
