# SPDX-License-Identifier: BSD-2-Clause
"""
Every code of the linter: its short name and its severity. docs/lint.md explains them. A code is
never used for something else; the names are the kernel's where the kernel warns of the same.

    error    RAM, data or the boot is lost, or another kernel loses them
    warning  the kernel repairs it, or it costs memory: the tree says what it cannot mean
    hint     all is well, and could be cheaper
"""
ERROR, WARNING, HINT = "error", "warning", "hint"
SEVERITIES = (ERROR, WARNING, HINT)

CODES = {
    # memory nodes and banks
    "L101": ("root-cells", WARNING),
    "L102": ("cells-unusable", ERROR),
    "L103": ("reg-length", WARNING),
    "L104": ("reg-missing", WARNING),
    "L105": ("no-memory", ERROR),
    "L106": ("memory-no-device-type", WARNING),
    "L107": ("memory-nested", ERROR),
    "L108": ("memory-disabled", HINT),
    "L109": ("unit-address", WARNING),
    "L110": ("bank-empty", HINT),
    "L111": ("bank-overlap", ERROR),
    "L112": ("bank-duplicate", WARNING),
    "L113": ("bank-sub-page", WARNING),
    "L114": ("bank-wraps", ERROR),
    "L115": ("bank-beyond-56", ERROR),
    "L116": ("bank-beyond-reach", ERROR),
    "L117": ("bank-is-alias", ERROR),
    "L118": ("bank-size-differs", WARNING),
    # reservations
    "L201": ("reserved-cells", ERROR),
    "L202": ("reserved-ranges", ERROR),
    "L203": ("reserved-ignored", WARNING),
    "L204": ("reserved-overlap", WARNING),
    "L205": ("reserved-duplicate", WARNING),
    "L206": ("reserved-sub-page", WARNING),
    "L207": ("reserved-outside-ram", WARNING),
    "L208": ("firmware-no-map", WARNING),
    "L209": ("firmware-not-listed", WARNING),
    "L210": ("reusable-no-map", ERROR),
    "L211": ("dynamic-unplaced", ERROR),
    "L212": ("reserved-alignment", WARNING),
    "L213": ("memreserve-unterminated", WARNING),
    # leaves of the page tables
    "L301": ("splits-megapage", HINT),
    "L302": ("splits-gigapage", HINT),
    "L303": ("dynamic-splits", HINT),
    # NUMA
    "L401": ("numa-id-length", WARNING),
    "L402": ("numa-id-range", ERROR),
    "L403": ("numa-id-missing", WARNING),
    "L404": ("numa-id-sparse", HINT),
    "L405": ("numa-id-order", HINT),
    "L406": ("numa-distance", WARNING),
    "L407": ("numa-two-ids", WARNING),
    # where image, blob and initrd lie
    "L501": ("dtb-outside-ram", WARNING),
    "L502": ("dtb-in-reserved", WARNING),
    "L503": ("reserved-over-image", ERROR),
    "L504": ("initrd-range", WARNING),
    "L505": ("initrd-outside-ram", ERROR),
    "L506": ("initrd-overlap", ERROR),
    # sections of the sparse models
    "L601": ("section-mixed", HINT),
    "L602": ("section-loss", WARNING),
    # what a boot said
    "L701": ("boot-stops", ERROR),
    "L702": ("boot-warning", WARNING),
    "L703": ("ram-not-used", WARNING),
}
