/* address.c - IP literals by inet_pton(), everything else by hand. */
#include "address.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/format.h"
#include "base/num.h"

#define UNIX_PREFIX "unix:"

static int read_path(const char *path, struct pd_grpc_address *ret, struct pd_err *err)
{
        struct sockaddr_un *local = &ret->place.at.local;
        size_t len = strlen(path);

        if (path[0] != '/')
                return pd_fail(err, PD_E_INVALID, 0,
                               "the path of a unix socket begins with /, not as '%s'", path);
        if (len >= sizeof(local->sun_path))
                return pd_fail(err, PD_E_INVALID, 0,
                               "the path of a unix socket has at most %zu bytes, not %zu as '%s'",
                               sizeof(local->sun_path) - 1, len, path);

        local->sun_family = AF_UNIX;
        memcpy(local->sun_path, path, len + 1);
        ret->place.len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + 1);
        return 0;
}

/* Letters, digits, - and _ in labels; what ends in a number is an IP address or a mistake
 * (RFC 3696, 2). */
static bool is_host_name(const char *host)
{
        static const char signs[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "0123456789-_.";
        const char *last = strrchr(host, '.');

        last = last == NULL ? host : last + 1; /* "" in an absolute name */
        return host[0] != '.' && strstr(host, "..") == NULL && host[strspn(host, signs)] == '\0' &&
               (last[0] == '\0' || last[strspn(last, "0123456789")] != '\0');
}

static int read_host(const char *host, struct pd_grpc_address *ret, struct pd_err *err)
{
        struct pd_grpc_place *place = &ret->place;

        if (inet_pton(AF_INET, host, &place->at.v4.sin_addr) == 1) {
                place->at.v4.sin_family = AF_INET;
                place->len = sizeof(place->at.v4);
                return 0;
        }
        if (!is_host_name(host))
                return pd_fail(err, PD_E_INVALID, 0,
                               "'%s' is neither the name of a host nor an IPv4 address; write an "
                               "IPv6 address as [::1]",
                               host);

        pd_format(ret->host, sizeof(ret->host), "%s", host);
        return 0;
}

static int read_v6(const char *literal, struct pd_grpc_address *ret, struct pd_err *err)
{
        struct pd_grpc_place *place = &ret->place;

        if (inet_pton(AF_INET6, literal, &place->at.v6.sin6_addr) != 1)
                return pd_fail(err, PD_E_INVALID, 0, "'%s' is no IPv6 address", literal);

        place->at.v6.sin6_family = AF_INET6;
        place->len = sizeof(place->at.v6);
        return 0;
}

static int read_port(const char *text, struct pd_grpc_address *ret, struct pd_err *err)
{
        int64_t port;

        if (pd_parse_int(text, 0, UINT16_MAX, &port, err) < 0)
                return pd_wrap(err, "the port");
        ret->port = (uint16_t)port;
        pd_grpc_place_set_port(&ret->place, ret->port);
        return 0;
}

static int read_host_and_port(const char *text, struct pd_grpc_address *ret, struct pd_err *err)
{
        const char *colon = strrchr(text, ':');
        size_t len = colon == NULL ? 0 : (size_t)(colon - text);
        bool is_v6 = len >= 2 && text[0] == '[' && text[len - 1] == ']';
        char host[PD_GRPC_MAX_HOST + 1] = "";

        if (colon == NULL)
                return pd_fail(err, PD_E_INVALID, 0, "there is no port; write host:port");
        if (len == 0 || len > PD_GRPC_MAX_HOST)
                return pd_fail(err, PD_E_INVALID, 0, "the host has 1 to %d bytes, not %zu",
                               PD_GRPC_MAX_HOST, len);

        memcpy(host, text + is_v6, len - 2 * (size_t)is_v6);
        if ((is_v6 ? read_v6 : read_host)(host, ret, err) < 0)
                return -1;
        return read_port(colon + 1, ret, err);
}

int pd_grpc_address_read(const char *text, struct pd_grpc_address *ret, struct pd_err *err)
{
        struct pd_grpc_address address = {.port = 0};
        size_t prefix = strlen(UNIX_PREFIX);
        int result = strncmp(text, UNIX_PREFIX, prefix) == 0
                             ? read_path(text + prefix, &address, err)
                             : read_host_and_port(text, &address, err);

        if (result < 0)
                return pd_wrap(err, "address '%s'", text);
        *ret = address;
        return 0;
}

void pd_grpc_place_set_port(struct pd_grpc_place *place, uint16_t port)
{
        if (place->len > 0 && place->at.any.sa_family == AF_INET)
                place->at.v4.sin_port = htons(port);
        if (place->len > 0 && place->at.any.sa_family == AF_INET6)
                place->at.v6.sin6_port = htons(port);
}

uint16_t pd_grpc_place_port(const struct pd_grpc_place *place)
{
        switch (place->len == 0 ? AF_UNSPEC : place->at.any.sa_family) {
        case AF_INET:
                return ntohs(place->at.v4.sin_port);
        case AF_INET6:
                return ntohs(place->at.v6.sin6_port);
        default:
                return 0;
        }
}

static void write_local(const struct pd_grpc_place *place, char out[PD_GRPC_PLACE_SIZE])
{
        size_t before = offsetof(struct sockaddr_un, sun_path);
        size_t room = place->len > before ? place->len - before : 0;

        /* the kernel leaves the NUL out where a path fills the array */
        pd_format(out, PD_GRPC_PLACE_SIZE, UNIX_PREFIX "%.*s", (int)room, place->at.local.sun_path);
}

void pd_grpc_place_write(const struct pd_grpc_place *place, char out[PD_GRPC_PLACE_SIZE])
{
        char host[INET6_ADDRSTRLEN] = "";
        unsigned port = pd_grpc_place_port(place);

        assert(place->len > 0);
        if (place->at.any.sa_family == AF_UNIX) {
                write_local(place, out);
        } else if (place->at.any.sa_family == AF_INET) {
                (void)inet_ntop(AF_INET, &place->at.v4.sin_addr, host, sizeof(host));
                pd_format(out, PD_GRPC_PLACE_SIZE, "%s:%u", host, port);
        } else {
                (void)inet_ntop(AF_INET6, &place->at.v6.sin6_addr, host, sizeof(host));
                pd_format(out, PD_GRPC_PLACE_SIZE, "[%s]:%u", host, port);
        }
}
