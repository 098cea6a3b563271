/* SPDX-License-Identifier: BSD-2-Clause */
/* lib/list.h: order, removal, and what an entry on no list looks like. */
#include "lib/list.h"
#include "unit.h"

struct item {
	u32 id;
	struct list_head link;
};

/** digits - the ids on the list as decimal digits, first to last; checks the back links too. */
static u64 digits(struct list_head *head)
{
	struct list_head *before = head;
	struct item *item;
	u64 text = 0;

	list_for_each_entry (item, head, link) {
		EXPECT_EQ(item->link.prev, before);
		before = &item->link;
		text = text * 10 + item->id;
	}
	EXPECT_EQ(head->prev, before);
	return text;
}

TEST(empty)
{
	struct list_head head;

	list_init(&head);
	EXPECT(list_is_empty(&head));
	EXPECT_EQ(digits(&head), 0);
}

TEST(add_first_and_last)
{
	struct item a = {.id = 1}, b = {.id = 2}, c = {.id = 3};
	struct list_head head;

	list_init(&head);
	list_add(&b.link, &head);
	list_add(&a.link, &head);
	list_add_tail(&c.link, &head);
	EXPECT(!list_is_empty(&head));
	EXPECT_EQ(digits(&head), 123);
}

TEST(delete_leaves_null)
{
	struct item item[4] = {{.id = 1}, {.id = 2}, {.id = 3}, {.id = 4}};
	struct list_head head;

	list_init(&head);
	EXPECT_EQ(item[0].link.next, NULL);
	for (u32 i = 0; i < 4; i++)
		list_add_tail(&item[i].link, &head);
	list_del(&item[1].link);
	EXPECT_EQ(digits(&head), 134);
	list_del(&item[0].link);
	list_del(&item[3].link);
	EXPECT_EQ(digits(&head), 3);
	EXPECT_EQ(item[1].link.next, NULL);
	list_del(&item[2].link);
	EXPECT(list_is_empty(&head));
	list_add(&item[1].link, &head);
	EXPECT_EQ(digits(&head), 2);
}

TEST(container)
{
	struct item item = {.id = 7};

	EXPECT_EQ(container_of(&item.link, struct item, link), &item);
}

/* 1 2 + 3 4, with either of them empty too. */
TEST(move_all)
{
	struct item item[] = {{.id = 1}, {.id = 2}, {.id = 3}, {.id = 4}};
	struct list_head from, to;

	list_init(&from);
	list_init(&to);
	list_move_all(&from, &to);
	EXPECT_EQ(digits(&from) + digits(&to), 0);
	list_add_tail(&item[2].link, &from);
	list_add_tail(&item[3].link, &from);
	list_move_all(&from, &to);
	EXPECT_EQ(digits(&from), 0);
	EXPECT_EQ(digits(&to), 34);
	list_move_all(&from, &to);
	EXPECT_EQ(digits(&to), 34);
	list_add_tail(&item[0].link, &from);
	list_add_tail(&item[1].link, &from);
	list_move_all(&from, &to);
	EXPECT_EQ(digits(&from), 0);
	EXPECT_EQ(digits(&to), 1234);
}
