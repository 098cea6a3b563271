/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * C11 7.2, as far as a kernel needs it. The bare-metal compiler comes without a C library,
 * and <assert.h> is not among the headers that a freestanding one must have. On the host the
 * C library's own is used.
 */
#pragma once

#define static_assert _Static_assert
