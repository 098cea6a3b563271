# SPDX-License-Identifier: BSD-2-Clause
# What make debug loads. The commands are in pagewright.py.
set pagination off
set confirm off
set print pretty on
set architecture riscv:rv64
source scripts/gdb/pagewright.py
