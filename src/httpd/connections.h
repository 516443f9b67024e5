/*
 * connections.h - the open connections: how many there are, and how long each may take.
 *
 * The server library closes a connection that is silent for too long; one that sends a byte now and
 * then would stay for ever. So each has a time by which its next step must be done, and is shut
 * down when it is over. What waits for the end of the server waits here for the last request.
 */
#ifndef PD_HTTPD_CONNECTIONS_H
#define PD_HTTPD_CONNECTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/own.h"

struct pd_connection;
struct pd_connections;

/** `idle_ms`: to the first line of the next request; `receive_ms`: from there to its end. */
int pd_connections_new(int64_t idle_ms, int64_t receive_ms, struct pd_connections **ret,
                       struct pd_err *err) PD_MUST_CHECK;

void pd_connections_free(struct pd_connections *connections); /**< NULL is fine */

/** One more connection was accepted, and will be open soon. */
void pd_connections_expect(struct pd_connections *connections);

/** It is open; `fd` stays open until pd_connection_closed(). NULL: no memory; such a one
 * has no limits and is not counted. All functions below take it. */
struct pd_connection *pd_connection_opened(struct pd_connections *connections, int fd);

/* The steps of a request, and the end. May be called on any thread. */
void pd_connection_asks(struct pd_connection *connection);      /**< its first line is there */
void pd_connection_has_asked(struct pd_connection *connection); /**< all of it is there */
void pd_connection_is_served(struct pd_connection *connection); /**< it is answered, or lost */
void pd_connection_closed(struct pd_connection *connection);

/** Connections that are open, and those with a request that is not served yet. */
unsigned pd_connections_open(const struct pd_connections *connections);
unsigned pd_connections_busy(const struct pd_connections *connections);

/**
 * Shut down each connection whose time is over at `now_us`, and wake each that waits for a client
 * who has ended his side: where that end comes right behind other bytes, the server library misses
 * it. Whether any connection is open or expected.
 */
bool pd_connections_sweep(struct pd_connections *connections, int64_t now_us);

/** Whether the server is ending: pd_connections_drain() was called. */
bool pd_connections_are_draining(const struct pd_connections *connections);

/**
 * Wait until no request is under way, and either no connection is open or expected, or nothing has
 * been asked for `quiet_ms`. false: it is not so `limit_ms` later.
 */
bool pd_connections_drain(struct pd_connections *connections, int64_t quiet_ms, int64_t limit_ms);

PD_DEFINE_AUTO(struct pd_connections, pd_connections_free)

#endif
