/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Completion: the first word from the names of commands, the others from the usage texts.
 *
 *   typed    online 3 mo            words before: "online", "3"; the part to complete: "mo"
 *   usage    blocks | add PA SIZE | online BLOCK [movable]
 *   forms           no match     a match: the third word may be "movable"
 */
#include "lib/string.h"
#include "monitor/command.h"

#define MAX_WORDS COMMAND_MAX_ARGS
#define MAX_SEEN  64 /* words offered; forms of one command may begin with the same */
#define COLUMNS   80

/* A piece of a text that is not ended by a zero byte. */
struct piece {
	const char *start;
	size_t length;
};

struct completion {
	struct piece part; /* what was typed of the word */
	char *out;         /* the rest that all choices share */
	size_t size;
	u32 nr;
	struct piece seen[MAX_SEEN];
	bool list;
	size_t column;
};

static bool piece_is(struct piece piece, const char *text)
{
	return strlen(text) == piece.length && memcmp(piece.start, text, piece.length) == 0;
}

static bool piece_is_piece(struct piece a, struct piece b)
{
	return a.length == b.length && memcmp(a.start, b.start, a.length) == 0;
}

/* The next word of a line at *at, which moves behind it; its length is 0 at the end of the text. */
static struct piece next_word(const char **at)
{
	struct piece word;

	while (**at == ' ')
		*at += 1;
	word.start = *at;
	while (**at != '\0' && **at != ' ')
		*at += 1;
	word.length = (size_t)(*at - word.start);
	return word;
}

/* One word that fits: shown, or cut down to what it has in common with those before it. */
static void offer(struct completion *c, struct piece word)
{
	size_t rest = word.length - c->part.length;
	size_t same = 0;

	for (u32 i = 0; i < c->nr; i++)
		if (piece_is_piece(c->seen[i], word))
			return;
	if (c->nr == MAX_SEEN)
		return;
	c->seen[c->nr] = word;
	if (c->list) {
		if (c->column + word.length + 2 > COLUMNS) {
			print("\n");
			c->column = 0;
		}
		print("%.*s  ", (int)word.length, word.start);
		c->column += word.length + 2;
	}
	if (c->nr++ == 0) {
		format_text(c->out, c->size, "%.*s ", (int)rest, word.start + c->part.length);
		return;
	}
	while (same < rest && c->out[same] != '\0' &&
	       c->out[same] == word.start[c->part.length + same])
		same++;
	c->out[same] = '\0';
}

static void consider(struct completion *c, struct piece word)
{
	if (word.length >= c->part.length && word.length > 0 &&
	    memcmp(word.start, c->part.start, c->part.length) == 0)
		offer(c, word);
}

static void consider_commands(struct completion *c)
{
	const struct command *command;

	for (u32 i = 0; (command = command_at(i)); i++)
		consider(c, (struct piece){command->name, strlen(command->name)});
}

static bool is_placeholder(struct piece word)
{
	return word.length > 0 && word.start[0] >= 'A' && word.start[0] <= 'Z';
}

/* The alternatives of one word of a usage, "[NODE]" or "boot|hotplug": which is typed, or may be? */
static bool alternatives(struct completion *c, struct piece usage, const struct piece *typed)
{
	while (usage.length > 0) {
		struct piece one = usage;
		const char *bar = memchr(usage.start, '|', usage.length);

		one.length = bar ? (size_t)(bar - usage.start) : usage.length;
		usage.start += one.length + (bar ? 1 : 0);
		usage.length -= one.length + (bar ? 1 : 0);
		while (one.length > 0 && one.start[0] == '[') {
			one.start++;
			one.length--;
		}
		while (one.length > 0 && strchr("].", one.start[one.length - 1]))
			one.length--;
		if (typed && (is_placeholder(one) || piece_is_piece(one, *typed)))
			return true;
		if (!typed && piece_is(one, "COMMAND"))
			consider_commands(c);
		else if (!typed && !is_placeholder(one))
			consider(c, one);
	}
	return false;
}

/* One form of a usage, up to a bar that stands alone: the words typed must fit, the next are offered. */
static const char *consider_form(struct completion *c, const char *usage, const struct piece *typed,
				 u32 nr)
{
	bool fits = true;
	u32 i = 0;

	for (;;) {
		struct piece word = next_word(&usage);

		if (word.length == 0 || piece_is(word, "|"))
			return usage;
		if (fits && i < nr)
			fits = alternatives(c, word, &typed[i]);
		else if (fits && i == nr)
			alternatives(c, word, NULL);
		/* What may be left out leaves its place to the next. */
		if (i != nr || word.start[0] != '[')
			i++;
	}
}

/* What is typed of the command that the cursor is in: behind the last ';'. */
static const char *last_command(const char *line)
{
	const char *semicolon = strrchr(line, ';');

	return semicolon ? semicolon + 1 : line;
}

u32 command_complete(const char *before, char *out, size_t size, bool list)
{
	struct completion c = {.out = out, .size = size, .list = list};
	struct piece words[MAX_WORDS + 1];
	const struct command *command;
	char name[32];
	u32 nr = 0;

	out[0] = '\0';
	before = last_command(before);
	do {
		if (nr > MAX_WORDS)
			return 0;
		words[nr++] = next_word(&before);
	} while (*before != '\0');
	c.part = words[nr - 1];
	if (nr == 1) {
		consider_commands(&c);
	} else {
		format_text(name, sizeof(name), "%.*s", (int)words[0].length, words[0].start);
		command = command_find(name);
		for (const char *usage = command ? command->usage : ""; *usage != '\0';)
			usage = consider_form(&c, usage, words + 1, nr - 2);
	}
	if (list)
		print("\n");
	return c.nr;
}
