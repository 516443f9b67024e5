/* connections.c - a list under a lock; what happens with every request is atomic instead. */
#include "connections.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"

#define NEVER INT64_MAX

/* How often the end is looked for at least, while somebody waits for it. */
#define LOOK_MS 20

struct pd_connection {
        struct pd_connections *connections;
        struct pd_connection *previous;
        struct pd_connection *next;
        int fd;
        atomic_int_fast64_t deadline_us; /* of the step it is at */
};

struct pd_connections {
        int64_t idle_us;
        int64_t receive_us;
        pthread_mutex_t lock;
        pthread_cond_t change; /* while draining: something has ended */
        struct pd_connection *first;
        unsigned expected;
        atomic_uint open;
        atomic_uint busy;
        atomic_bool is_draining;
        atomic_int_fast64_t last_us; /* when a request began or ended, while draining */
};

int pd_connections_new(int64_t idle_ms, int64_t receive_ms, struct pd_connections **ret,
                       struct pd_err *err)
{
        struct pd_connections *connections = calloc(1, sizeof(*connections));
        pthread_condattr_t monotonic;

        if (connections == NULL)
                return pd_fail_memory(err, "connections");

        connections->idle_us = idle_ms * 1000;
        connections->receive_us = receive_ms * 1000;
        pthread_mutex_init(&connections->lock, NULL);
        pthread_condattr_init(&monotonic);
        pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
        pthread_cond_init(&connections->change, &monotonic);
        pthread_condattr_destroy(&monotonic);
        *ret = connections;
        return 0;
}

void pd_connections_free(struct pd_connections *connections)
{
        if (connections == NULL)
                return;

        assert(connections->first == NULL);
        pthread_cond_destroy(&connections->change);
        pthread_mutex_destroy(&connections->lock);
        free(connections);
}

void pd_connections_expect(struct pd_connections *connections)
{
        pthread_mutex_lock(&connections->lock);
        connections->expected++;
        pthread_mutex_unlock(&connections->lock);
}

struct pd_connection *pd_connection_opened(struct pd_connections *connections, int fd)
{
        struct pd_connection *connection = calloc(1, sizeof(*connection));

        if (connection == NULL)
                return NULL;

        connection->connections = connections;
        connection->fd = fd;
        atomic_init(&connection->deadline_us, pd_clock_mono_us() + connections->idle_us);

        pthread_mutex_lock(&connections->lock);
        connection->next = connections->first;
        if (connections->first != NULL)
                connections->first->previous = connection;
        connections->first = connection;
        connections->expected -= connections->expected > 0;
        atomic_fetch_add(&connections->open, 1);
        pthread_mutex_unlock(&connections->lock);
        return connection;
}

/* Who drains looks again: only then are times and the condition of interest. */
static void tell(struct pd_connections *connections)
{
        if (!atomic_load(&connections->is_draining))
                return;

        atomic_store(&connections->last_us, pd_clock_mono_us());
        pthread_mutex_lock(&connections->lock);
        pthread_cond_signal(&connections->change);
        pthread_mutex_unlock(&connections->lock);
}

void pd_connection_asks(struct pd_connection *connection)
{
        struct pd_connections *connections;

        if (connection == NULL)
                return;

        connections = connection->connections;
        atomic_fetch_add(&connections->busy, 1);
        atomic_store(&connection->deadline_us, pd_clock_mono_us() + connections->receive_us);
        tell(connections);
}

void pd_connection_has_asked(struct pd_connection *connection)
{
        if (connection != NULL)
                atomic_store(&connection->deadline_us, NEVER);
}

void pd_connection_is_served(struct pd_connection *connection)
{
        struct pd_connections *connections;

        if (connection == NULL)
                return;

        connections = connection->connections;
        atomic_store(&connection->deadline_us, pd_clock_mono_us() + connections->idle_us);
        atomic_fetch_sub(&connections->busy, 1);
        tell(connections);
}

void pd_connection_closed(struct pd_connection *connection)
{
        struct pd_connections *connections;

        if (connection == NULL)
                return;

        connections = connection->connections;
        pthread_mutex_lock(&connections->lock);
        if (connection->previous != NULL)
                connection->previous->next = connection->next;
        else
                connections->first = connection->next;
        if (connection->next != NULL)
                connection->next->previous = connection->previous;
        atomic_fetch_sub(&connections->open, 1);
        pthread_cond_signal(&connections->change);
        pthread_mutex_unlock(&connections->lock);
        free(connection);
}

unsigned pd_connections_open(const struct pd_connections *connections)
{
        return atomic_load(&connections->open);
}

unsigned pd_connections_busy(const struct pd_connections *connections)
{
        return atomic_load(&connections->busy);
}

/* Whether the other side has said all it will ever say, and all of it was read. */
static bool has_nothing_to_say(const struct pd_connection *connection)
{
        char byte;

        return recv(connection->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* The server library sees the end of the stream, and closes the descriptor unless it is about to
 * answer: what has been asked may have been read a moment ago. */
static void end(const struct pd_connection *connection, bool is_late)
{
        if (is_late)
                (void)shutdown(connection->fd, SHUT_RDWR);
        else if (has_nothing_to_say(connection))
                (void)shutdown(connection->fd, SHUT_RD);
}

bool pd_connections_sweep(struct pd_connections *connections, int64_t now_us)
{
        bool has_any;

        pthread_mutex_lock(&connections->lock);
        for (struct pd_connection *connection = connections->first; connection != NULL;
             connection = connection->next) {
                int64_t deadline_us = atomic_load(&connection->deadline_us);

                if (deadline_us != NEVER)
                        end(connection, deadline_us <= now_us);
        }
        has_any = connections->first != NULL || connections->expected > 0;
        pthread_mutex_unlock(&connections->lock);
        return has_any;
}

bool pd_connections_are_draining(const struct pd_connections *connections)
{
        return atomic_load(&connections->is_draining);
}

/* Wait for a change, but look again soon in any case. Called with the lock held. */
static void wait_a_little(struct pd_connections *connections)
{
        int64_t until_us = pd_clock_mono_us() + LOOK_MS * 1000;
        struct timespec until = {
                .tv_sec = (time_t)(until_us / 1000000),
                .tv_nsec = (long)(until_us % 1000000) * 1000,
        };

        (void)pthread_cond_timedwait(&connections->change, &connections->lock, &until);
}

bool pd_connections_drain(struct pd_connections *connections, int64_t quiet_ms, int64_t limit_ms)
{
        int64_t now_us = pd_clock_mono_us();
        int64_t limit_us = now_us + limit_ms * 1000;
        bool is_done = false;

        atomic_store(&connections->last_us, now_us);
        atomic_store(&connections->is_draining, true);

        pthread_mutex_lock(&connections->lock);
        while (now_us <= limit_us) {
                bool is_quiet = now_us - atomic_load(&connections->last_us) >= quiet_ms * 1000;

                bool is_alone = connections->first == NULL && connections->expected == 0;

                is_done = atomic_load(&connections->busy) == 0 && (is_quiet || is_alone);
                if (is_done)
                        break;
                wait_a_little(connections);
                now_us = pd_clock_mono_us();
        }
        pthread_mutex_unlock(&connections->lock);
        return is_done;
}
