/* server.c - a table of methods behind listeners: who may come, and who must go. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "connection.h"
#include "dial.h"
#include "listener.h"

#define MAX_CONNECTIONS 1024
#define MAX_STREAMS     1000
#define HELLO_MS        10000
#define UNANSWERED_MS   30000

/* A connection. */
struct guest {
        struct pd_grpc_server *server;
        struct pd_grpc_connection *connection;
        struct guest *next;
        struct guest **anchor;
        /* what it must do by then: say hello, make a call, take the good bye */
        struct pd_timer timer;
        bool is_leaving; /* good bye was said */
};

struct pd_grpc_server {
        struct pd_loop *loop;
        struct pd_grpc_server_options options; /* none is zero but `idle_ms` and `log` */
        void *app;
        struct pd_grpc_listener **listeners;
        size_t listener_count;
        struct guest *guests;
        unsigned guest_count;
        struct pd_grpc_calls untold; /* have ended */
        void (*drained)(void *app);  /* NULL: it is not draining */
        struct pd_task tell_drained;
        const struct pd_grpc_method *fallback; /* the row without a path; NULL: none */
        size_t method_count;
        const struct pd_grpc_method *methods[]; /* those with one, in the order of these */
};

/* The table. */

static int compare_methods(const void *a, const void *b)
{
        const struct pd_grpc_method *const *one = a, *const *other = b;

        return strcmp((*one)->path, (*other)->path);
}

static void sort_methods(struct pd_grpc_server *server, const struct pd_grpc_method *methods,
                         size_t count)
{
        for (size_t i = 0; i < count; i++) {
                if (methods[i].path != NULL)
                        server->methods[server->method_count++] = &methods[i];
                else
                        server->fallback = &methods[i];
        }
        qsort(server->methods, server->method_count, sizeof(const struct pd_grpc_method *),
              compare_methods);
        for (size_t i = 1; i < server->method_count; i++)
                assert(compare_methods(&server->methods[i - 1], &server->methods[i]) != 0);
}

/* A path as HTTP/2 has it. */
struct path {
        const char *text;
        size_t len;
};

static int compare_path(const void *key, const void *element)
{
        const struct path *path = key;
        const struct pd_grpc_method *const *method = element;
        int order = strncmp(path->text, (*method)->path, path->len);

        return order != 0 ? order : -(int)((*method)->path[path->len] != '\0');
}

static const struct pd_grpc_method *find_method(void *owner, const char *text, size_t len)
{
        const struct pd_grpc_server *server = ((struct guest *)owner)->server;
        struct path path = {.text = text, .len = len};
        const struct pd_grpc_method **found =
                bsearch(&path, server->methods, server->method_count,
                        sizeof(const struct pd_grpc_method *), compare_path);

        return found != NULL ? *found : server->fallback;
}

/* Connections. */

static void tell_drained(struct pd_task *task)
{
        struct pd_grpc_server *server = PD_OWNER_OF(task, struct pd_grpc_server, tell_drained);

        server->drained(server->app);
}

static void guest_free(struct guest *guest)
{
        struct pd_grpc_server *server = guest->server;

        *guest->anchor = guest->next;
        if (guest->next != NULL)
                guest->next->anchor = guest->anchor;
        server->guest_count--;
        pd_loop_clear_timer(server->loop, &guest->timer);
        pd_grpc_connection_free(guest->connection);
        free(guest);

        for (size_t i = 0; i < server->listener_count; i++)
                pd_grpc_listener_go_on(server->listeners[i]);
        if (server->drained != NULL && server->guest_count == 0)
                pd_loop_later(server->loop, &server->tell_drained);
}

static void wait_for(struct guest *guest, void (*due)(struct pd_timer *timer), int64_t ms)
{
        pd_loop_clear_timer(guest->server->loop, &guest->timer);
        guest->timer.due = due;
        pd_loop_set_timer(guest->server->loop, &guest->timer, pd_clock_mono_us() + ms * 1000);
}

static void hello_is_late(struct pd_timer *timer)
{
        struct guest *guest = PD_OWNER_OF(timer, struct guest, timer);
        const struct pd_grpc_server_options *options = &guest->server->options;

        pd_log(options->log, PD_LOG_WARN, "grpc", NULL,
               "%s sent away: it has not spoken HTTP/2 within %lld ms",
               pd_grpc_connection_peer(guest->connection), (long long)options->hello_ms);
        guest_free(guest);
}

static void good_bye_is_late(struct pd_timer *timer)
{
        struct guest *guest = PD_OWNER_OF(timer, struct guest, timer);

        pd_log(guest->server->options.log, PD_LOG_DEBUG, "grpc", NULL,
               "%s closed: it does not answer our good bye",
               pd_grpc_connection_peer(guest->connection));
        guest_free(guest);
}

static void say_good_bye(struct guest *guest);

static void has_been_idle(struct pd_timer *timer)
{
        say_good_bye(PD_OWNER_OF(timer, struct guest, timer));
}

/* Who has no calls may stay for a while; who was told to go, for as long as a hello takes. */
static void set_time(struct guest *guest)
{
        const struct pd_grpc_server_options *options = &guest->server->options;

        if (!pd_grpc_connection_is_ready(guest->connection))
                return; /* the hello's time is running */
        pd_loop_clear_timer(guest->server->loop, &guest->timer);
        if (pd_grpc_connection_calls(guest->connection) > 0)
                return;
        if (guest->is_leaving)
                wait_for(guest, good_bye_is_late, options->hello_ms);
        else if (options->idle_ms > 0)
                wait_for(guest, has_been_idle, options->idle_ms);
}

static void say_good_bye(struct guest *guest)
{
        guest->is_leaving = true;
        pd_grpc_connection_shut_down(guest->connection);
        set_time(guest);
}

static void on_ready(void *owner, struct pd_grpc_connection *connection)
{
        (void)connection;
        set_time(owner);
}

static void on_going(void *owner, struct pd_grpc_connection *connection)
{
        (void)owner; /* its calls end, then it closes */
        (void)connection;
}

static void on_calls_changed(void *owner, struct pd_grpc_connection *connection)
{
        (void)connection;
        set_time(owner);
}

static void on_closed(void *owner, struct pd_grpc_connection *connection, const struct pd_err *why)
{
        struct guest *guest = owner;

        pd_log(guest->server->options.log,
               why->code == PD_E_BAD_GATEWAY ? PD_LOG_WARN : PD_LOG_DEBUG, "grpc", NULL,
               "connection of %s is closed%s%s", pd_grpc_connection_peer(connection),
               why->code == PD_OK ? "" : ": ", why->msg);
        guest_free(guest);
}

static const struct pd_grpc_connection_ops connection_ops = {
        .ready = on_ready,
        .going = on_going,
        .calls_changed = on_calls_changed,
        .closed = on_closed,
        .find_method = find_method,
};

static int guest_new(struct pd_grpc_server *server, int fd, const char *peer, struct pd_err *err)
{
        pd_auto(pd_free_ptr) struct guest *guest = calloc(1, sizeof(*guest));
        struct pd_grpc_session_options options = {
                .is_server = true,
                .max_message = server->options.max_message,
                .max_streams = server->options.max_streams,
                .peer = peer,
                .app = server->app,
                .untold = &server->untold,
        };
        struct pd_grpc_connection_owner owner = {.ops = &connection_ops};

        if (guest == NULL) {
                pd_close_ptr(&fd);
                return pd_fail_memory(err, "a connection");
        }
        guest->server = server;
        owner.self = guest;
        if (pd_grpc_connection_new(server->loop, fd, &options, &owner, &guest->connection, err) < 0)
                return -1;

        guest->next = server->guests;
        guest->anchor = &server->guests;
        if (guest->next != NULL)
                guest->next->anchor = &guest->next;
        server->guests = guest;
        server->guest_count++;
        wait_for(pd_steal(&guest), hello_is_late, server->options.hello_ms);
        return 0;
}

static void take(void *owner, int fd, const char *peer)
{
        struct pd_grpc_server *server = owner;
        struct pd_err err = {0};

        pd_grpc_socket_watch_peer(fd, server->options.unanswered_ms);
        if (guest_new(server, fd, peer, &err) < 0)
                pd_log(server->options.log, PD_LOG_WARN, "grpc", NULL, "%s sent away: %s", peer,
                       err.msg);
}

static bool has_room(void *owner)
{
        const struct pd_grpc_server *server = owner;

        return server->guest_count < server->options.max_connections;
}

static const struct pd_grpc_listener_ops listener_ops = {.take = take, .has_room = has_room};

/* What the caller has left at zero. */
static void set_defaults(struct pd_grpc_server_options *options)
{
        if (options->max_message == 0)
                options->max_message = PD_GRPC_MAX_MESSAGE_BYTES;
        if (options->max_connections == 0)
                options->max_connections = MAX_CONNECTIONS;
        if (options->max_streams == 0)
                options->max_streams = MAX_STREAMS;
        if (options->hello_ms == 0)
                options->hello_ms = HELLO_MS;
        if (options->unanswered_ms == 0)
                options->unanswered_ms = UNANSWERED_MS;
}

int pd_grpc_server_new(struct pd_loop *loop, const struct pd_grpc_server_options *options,
                       const struct pd_grpc_methods *methods, struct pd_grpc_server **ret,
                       struct pd_err *err)
{
        struct pd_grpc_server *server =
                calloc(1, sizeof(*server) + methods->count * sizeof(const struct pd_grpc_method *));

        if (server == NULL)
                return pd_fail_memory(err, "a server");
        server->loop = loop;
        if (options != NULL)
                server->options = *options;
        set_defaults(&server->options);
        server->app = methods->app;
        server->tell_drained.run = tell_drained;
        sort_methods(server, methods->at, methods->count);
        *ret = server;
        return 0;
}

int pd_grpc_server_listen(struct pd_grpc_server *server, const char *address, struct pd_err *err)
{
        size_t count = server->listener_count;
        struct pd_grpc_listener **grown =
                realloc(server->listeners, (count + 1) * sizeof(struct pd_grpc_listener *));

        if (grown == NULL)
                return pd_fail_memory(err, "a listener");
        server->listeners = grown;
        if (pd_grpc_listener_new(server->loop, address, &listener_ops, server, &grown[count], err) <
            0)
                return -1;
        server->listener_count++;
        return 0;
}

uint16_t pd_grpc_server_port(const struct pd_grpc_server *server)
{
        uint16_t port = 0;

        for (size_t i = 0; i < server->listener_count && port == 0; i++)
                port = pd_grpc_listener_port(server->listeners[i]);
        return port;
}

static void stop_listening(struct pd_grpc_server *server)
{
        while (server->listener_count > 0)
                pd_grpc_listener_free(server->listeners[--server->listener_count]);
}

void pd_grpc_server_drain(struct pd_grpc_server *server, void (*drained)(void *app))
{
        server->drained = drained;
        stop_listening(server);
        for (struct guest *guest = server->guests; guest != NULL; guest = guest->next)
                say_good_bye(guest);
        if (server->guest_count == 0)
                pd_loop_later(server->loop, &server->tell_drained);
}

void pd_grpc_server_free(struct pd_grpc_server *server)
{
        if (server == NULL)
                return;

        stop_listening(server);
        while (server->guests != NULL)
                guest_free(server->guests);
        pd_grpc_calls_drop(&server->untold);
        pd_loop_forget(server->loop, &server->tell_drained);
        free(server->listeners);
        free(server);
}
