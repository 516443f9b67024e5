/* address.h - the text of a target, or of an address to listen on, and back. Pure. */
#ifndef PD_GRPC_ADDRESS_H
#define PD_GRPC_ADDRESS_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/attr.h"
#include "base/err.h"

/** Longest name of a host (RFC 1035, 2.3.4, as text). */
#define PD_GRPC_MAX_HOST 253
/** Room for the text of a place with its NUL: "unix:" and a path is the longest. */
#define PD_GRPC_PLACE_SIZE 128

/** Where a socket can be. */
struct pd_grpc_place {
        union {
                struct sockaddr any;
                struct sockaddr_in v4;
                struct sockaddr_in6 v6;
                struct sockaddr_un local;
        } at;
        socklen_t len; /**< of what is used; 0: nowhere */
};

struct pd_grpc_address {
        struct pd_grpc_place place;      /**< nowhere: the host is to be looked up */
        char host[PD_GRPC_MAX_HOST + 1]; /**< a name; "" when the place is known */
        uint16_t port;                   /**< of the host, or the place; 0 of a unix socket */
};

/** "host:port", "10.0.0.7:8061", "[::1]:8061" or "unix:/path". PD_E_INVALID says what is wrong. */
int pd_grpc_address_read(const char *text, struct pd_grpc_address *ret,
                         struct pd_err *err) PD_MUST_CHECK;

/** Set the port of an IP address. */
void pd_grpc_place_set_port(struct pd_grpc_place *place, uint16_t port);

/** 0: it has none. */
uint16_t pd_grpc_place_port(const struct pd_grpc_place *place);

/** The text that pd_grpc_address_read() takes; "unix:" for a unix socket without a name. */
void pd_grpc_place_write(const struct pd_grpc_place *place, char out[PD_GRPC_PLACE_SIZE]);

#endif
