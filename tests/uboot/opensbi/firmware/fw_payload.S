/* SPDX-License-Identifier: BSD-2-Clause */
/* Empty: see ../Makefile. */
