/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot arguments: words separated by blanks, `name` or `name=value`. A value may stand in
 * double quotes, which then may hold blanks. After a word `--` the rest is for someone else.
 *
 * One table says what each name does. A reader function answers false when it cannot use the
 * value; it has then changed nothing, and the word is reported.
 */
#include "machine.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "lib/word.h"

#define MAX_LOGLEVEL 8

static bool set_mem(struct machine_options *o, struct word w)
{
	struct mem_arg arg = {0};
	struct range range;

	if (!word_size(&w, &arg.size) || arg.size == 0)
		return false;
	arg.has_start = w.start < w.end && *w.start == '@';
	if (arg.has_start) {
		w.start++;
		if (!word_size(&w, &arg.start) || !range_make(arg.start, arg.size, &range))
			return false;
	}
	if (w.start != w.end)
		return false;
	if (o->nr_mem == MACHINE_MAX_MEM_ARGS)
		stop("the command line has more than %u mem= options; join or remove some",
		     MACHINE_MAX_MEM_ARGS);
	o->mem[o->nr_mem++] = arg;
	return true;
}

static bool set_memtest(struct machine_options *o, struct word w)
{
	return word_u32(w, UINT32_MAX, &o->memtest);
}

static bool set_loglevel(struct machine_options *o, struct word w)
{
	return word_u32(w, MAX_LOGLEVEL, &o->loglevel);
}

static bool set_selftest(struct machine_options *o, struct word w)
{
	o->selftest_smp = o->selftest_smp || word_is(w, "smp");
	o->selftest_hotplug = o->selftest_hotplug || word_is(w, "hotplug");
	return word_is(w, "smp") || word_is(w, "hotplug");
}

static bool set_memblock(struct machine_options *o, struct word w)
{
	o->memblock_debug = o->memblock_debug || word_is(w, "debug");
	return word_is(w, "debug");
}

static bool set_numa(struct machine_options *o, struct word w)
{
	u32 nr;

	if (word_is(w, "off")) {
		o->numa_off = true;
		return true;
	}
	if (w.end - w.start < 5 || memcmp(w.start, "fake=", 5) != 0)
		return false;
	w.start += 5;
	if (!word_u32(w, UINT32_MAX, &nr) || nr == 0)
		return false;
	o->numa_fake = nr;
	return true;
}

static bool set_initrd(struct machine_options *o, struct word w)
{
	o->initrd_free = o->initrd_free || word_is(w, "free");
	return word_is(w, "free");
}

static bool set_deferred(struct machine_options *o, struct word w)
{
	static const char *const values[] = {
		[DEFERRED_OFF] = "off", [DEFERRED_ON] = "on", [DEFERRED_DEMAND] = "demand"};

	for (enum deferred i = 0; i < ARRAY_SIZE(values); i++)
		if (word_is(w, values[i])) {
			o->deferred = i;
			return true;
		}
	return false;
}

static bool set_maxcpus(struct machine_options *o, struct word w)
{
	if (!word_u32(w, UINT32_MAX, &o->max_harts))
		return false;
	o->max_harts += o->max_harts == 0; /* 0: the boot hart alone, as in Linux */
	return true;
}

static bool set_free_vmemmap(struct machine_options *o, struct word w)
{
	o->free_vmemmap = word_is(w, "on") || word_is(w, "1") || word_is(w, "y");
	return o->free_vmemmap || word_is(w, "off") || word_is(w, "0") || word_is(w, "n");
}

static bool set_failalloc(struct machine_options *o, struct word w)
{
	return word_u32(w, UINT32_MAX, &o->fail_alloc);
}

static bool set_fault(struct machine_options *o, struct word w)
{
	size_t length = (size_t)(w.end - w.start);

	if (length == 0 || length >= sizeof(o->fault))
		return false;
	memcpy(o->fault, w.start, length);
	o->fault[length] = 0;
	return true;
}

/* Their order decides what they mean: mm/hugetlb_cmdline.c reads the texts. */
static bool note_huge(struct machine_options *o, enum huge_arg_kind kind, struct word w)
{
	size_t length = (size_t)(w.end - w.start);
	struct huge_arg *arg = &o->huge[o->nr_huge];

	if (o->nr_huge == MACHINE_MAX_HUGE_ARGS || length == 0 || length >= sizeof(arg->text))
		return false;
	*arg = (struct huge_arg){.kind = kind};
	memcpy(arg->text, w.start, length);
	o->nr_huge++;
	return true;
}

static bool set_hugepagesz(struct machine_options *o, struct word w)
{
	return note_huge(o, HUGE_ARG_SIZE, w);
}

static bool set_hugepages(struct machine_options *o, struct word w)
{
	return note_huge(o, HUGE_ARG_PAGES, w);
}

static bool set_default_hugepagesz(struct machine_options *o, struct word w)
{
	return note_huge(o, HUGE_ARG_DEFAULT_SIZE, w);
}

struct option {
	const char *name;
	bool (*set)(struct machine_options *o, struct word value); /* takes name=value */
	size_t flag;  /* without a value: sets this bool */
	bool repeats; /* all of them count */
};

#define FLAG(field) offsetof(struct machine_options, field)

static const struct option options[] = {
	{"mem", set_mem, 0, true},
	{"memtest", set_memtest, 0, false},
	{"numa", set_numa, 0, true},
	{"memblock", set_memblock, 0, false},
	{"loglevel", set_loglevel, 0, false},
	{"fault", set_fault, 0, false},
	{"deferred", set_deferred, 0, false},
	{"maxcpus", set_maxcpus, 0, false},
	{"failalloc", set_failalloc, 0, false},
	{"initrd", set_initrd, 0, false},
	{"hugetlb_free_vmemmap", set_free_vmemmap, 0, false},
	{"hugepagesz", set_hugepagesz, 0, true},
	{"hugepages", set_hugepages, 0, true},
	{"default_hugepagesz", set_default_hugepagesz, 0, true},
	{"mem_force", NULL, FLAG(mem_force), false},
	{"hold_hotpluggable", NULL, FLAG(hold_hotpluggable), false},
	{"probe", NULL, FLAG(probe), false},
	{"record", NULL, FLAG(record), false},
	{"selftest", set_selftest, FLAG(selftest), true},
	{"bench", NULL, FLAG(bench), false},
	{"poweroff", NULL, FLAG(poweroff), false},
	{"monitor", NULL, FLAG(monitor), false},
	{"step", NULL, FLAG(step), false},
};

/* Words for one line of the log, each once; what does not fit is counted. */
struct list {
	u32 nr, more;
	size_t used;
	struct word word[16];
	char text[256];
};

static void list_word(struct list *list, struct word w)
{
	size_t length = (size_t)(w.end - w.start);

	for (u32 i = 0; i < list->nr; i++)
		if (list->word[i].end - list->word[i].start == w.end - w.start &&
		    memcmp(list->word[i].start, w.start, length) == 0)
			return;
	if (list->nr == ARRAY_SIZE(list->word) || list->used + length + 2 > sizeof(list->text)) {
		list->more++;
		return;
	}
	list->word[list->nr++] = w;
	list->text[list->used++] = ' ';
	memcpy(list->text + list->used, w.start, length);
	list->used += length;
	list->text[list->used] = 0;
}

struct parse {
	struct machine_options *out;
	u32 seen[ARRAY_SIZE(options)];
	struct list unknown, again;
};

static void apply(struct parse *p, u32 i, struct word w, struct word value, bool has_value)
{
	const struct option *option = &options[i];
	bool good = has_value ? option->set && option->set(p->out, value) : option->flag != 0;

	if (!good) {
		log_warn("cmdline-value", "\"%.*s\" cannot be used; %s, the option is ignored",
			 (int)min_u64((u64)(w.end - w.start), 64), w.start,
			 option->set ? "its value is missing, wrong or too large"
				     : "it takes no value");
		return;
	}
	if (!has_value)
		*(bool *)((char *)p->out + option->flag) = true;
	if (p->seen[i]++ && !option->repeats)
		list_word(&p->again, (struct word){w.start, w.start + strlen(option->name)});
}

static void parse_word(struct parse *p, struct word w)
{
	const char *equals = memchr(w.start, '=', (size_t)(w.end - w.start));
	struct word name = {w.start, equals ? equals : w.end};
	struct word value = {equals ? equals + 1 : w.end, w.end};
	u32 i;

	if (value.end - value.start >= 2 && value.start[0] == '"' && value.end[-1] == '"') {
		value.start++;
		value.end--;
	}
	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (word_is(name, options[i].name)) {
			apply(p, i, w, value, equals != NULL);
			return;
		}
	list_word(&p->unknown, w);
}

void options_parse(const char *cmdline, struct machine_options *out)
{
	struct parse p;
	struct word w;

	memset(&p, 0, sizeof(p));
	p.out = out;
	while (word_next(&cmdline, &w))
		parse_word(&p, w);
	if (p.again.nr)
		log_line("options", "given more than once, the last counts:%s", p.again.text);
	if (p.unknown.nr + p.unknown.more)
		log_warn("cmdline-unknown", "%u words are not known and ignored:%s%s",
			 p.unknown.nr + p.unknown.more, p.unknown.text,
			 p.unknown.more ? " ..." : "");
}
