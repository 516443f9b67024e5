/* bridge.c - a line of those who wait for the loop. */
#include "bridge.h"

#include <pthread.h>
#include <stdlib.h>

/** One who asks, on its own stack. */
struct ask {
        void (*what)(void *context);
        void *context;
        struct ask *next;
        bool is_done;
};

struct pd_bridge {
        struct pd_loop *loop;
        struct pd_post post;
        pthread_mutex_t lock; /* for what follows */
        pthread_cond_t done;
        struct ask *first;
        struct ask **last;
        bool is_closed;
};

static struct ask *take_all(struct pd_bridge *bridge)
{
        struct ask *asks;

        (void)pthread_mutex_lock(&bridge->lock);
        asks = bridge->first;
        bridge->first = NULL;
        bridge->last = &bridge->first;
        (void)pthread_mutex_unlock(&bridge->lock);
        return asks;
}

static void do_all(struct pd_post *post)
{
        struct pd_bridge *bridge = PD_OWNER_OF(post, struct pd_bridge, post);
        struct ask *ask = take_all(bridge);

        while (ask != NULL) {
                struct ask *next = ask->next; /* when it is done it is gone */

                ask->what(ask->context);
                (void)pthread_mutex_lock(&bridge->lock);
                ask->is_done = true;
                (void)pthread_cond_broadcast(&bridge->done);
                (void)pthread_mutex_unlock(&bridge->lock);
                ask = next;
        }
}

/* It is gone from the line before the one who asks goes on. */
static void append(struct pd_bridge *bridge, struct ask *ask)
{
        *bridge->last = ask;
        bridge->last = &ask->next;
}

int pd_bridge_ask(struct pd_bridge *bridge, void (*what)(void *context), void *context,
                  struct pd_err *err)
{
        struct ask ask = {.what = what, .context = context};

        (void)pthread_mutex_lock(&bridge->lock);
        if (bridge->is_closed) {
                (void)pthread_mutex_unlock(&bridge->lock);
                return pd_fail(err, PD_E_UNAVAILABLE, 0, "the orchestrator ends");
        }
        append(bridge, &ask);
        pd_loop_post(bridge->loop, &bridge->post);
        while (!ask.is_done)
                (void)pthread_cond_wait(&bridge->done, &bridge->lock);
        (void)pthread_mutex_unlock(&bridge->lock);
        return 0;
}

void pd_bridge_close(struct pd_bridge *bridge)
{
        (void)pthread_mutex_lock(&bridge->lock);
        bridge->is_closed = true;
        (void)pthread_mutex_unlock(&bridge->lock);
        do_all(&bridge->post);
}

int pd_bridge_new(struct pd_loop *loop, struct pd_bridge **ret, struct pd_err *err)
{
        struct pd_bridge *bridge = calloc(1, sizeof(*bridge));

        if (bridge == NULL)
                return pd_fail_memory(err, "a bridge");
        bridge->loop = loop;
        bridge->post.run = do_all;
        bridge->last = &bridge->first;
        (void)pthread_mutex_init(&bridge->lock, NULL);
        (void)pthread_cond_init(&bridge->done, NULL);
        *ret = bridge;
        return 0;
}

void pd_bridge_free(struct pd_bridge *bridge)
{
        if (bridge == NULL)
                return;
        (void)pthread_mutex_destroy(&bridge->lock);
        (void)pthread_cond_destroy(&bridge->done);
        free(bridge);
}
