/* timers.c - a tree whose parents are due before their children; joining two is one comparison. */
#include "timers.h"

#include <stddef.h>

/* Make `timer` what *anchor points at. */
static void hang(struct pd_timer **anchor, struct pd_timer *timer)
{
        *anchor = timer;
        if (timer != NULL)
                timer->anchor = anchor;
}

/* Of two trees without anchor, the one that is due first gets the other as its first child. */
static struct pd_timer *join(struct pd_timer *a, struct pd_timer *b)
{
        struct pd_timer *above, *below;

        if (a == NULL || b == NULL)
                return a == NULL ? b : a;

        above = a->due_us <= b->due_us ? a : b;
        below = above == a ? b : a;
        hang(&below->next, above->first);
        hang(&above->first, below);
        return above;
}

/* Siblings become one tree: in pairs from the front, then these from the back. That order is what
 * makes it logarithmic (Fredman and others, 1986); two loops, since a list may be long. */
static struct pd_timer *join_all(struct pd_timer *siblings)
{
        struct pd_timer *pairs = NULL, *tree = NULL;

        while (siblings != NULL) {
                struct pd_timer *one = siblings, *other = one->next;
                struct pd_timer *pair;

                siblings = other == NULL ? NULL : other->next;
                one->next = NULL;
                if (other != NULL)
                        other->next = NULL;
                pair = join(one, other);
                pair->next = pairs;
                pairs = pair;
        }

        while (pairs != NULL) {
                struct pd_timer *pair = pairs;

                pairs = pair->next;
                pair->next = NULL;
                tree = join(pair, tree);
        }
        return tree;
}

void pd_timers_add(struct pd_timer **root, struct pd_timer *timer)
{
        timer->first = NULL;
        timer->next = NULL;
        hang(root, join(*root, timer));
}

void pd_timers_remove(struct pd_timer **root, struct pd_timer *timer)
{
        hang(timer->anchor, timer->next);
        hang(root, join(*root, join_all(timer->first)));
        timer->anchor = NULL;
}
