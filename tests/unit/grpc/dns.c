/* dns.c - questions answered out of a table (RFC 1035). */
#include "dns.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "pd_test.h"

/** RFC 1035, 4.1.1: of a message without a question. */
#define HEADER_BYTES 12
#define TYPE_A       1
#define TYPE_AAAA    28
#define NXDOMAIN     3
#define MAX_UDP      512

/* The name of the first question, with dots; returns the bytes behind it. */
static const uint8_t *read_name(const uint8_t *at, char *out)
{
        while (*at != 0) {
                memcpy(out, at + 1, *at);
                out += *at;
                *out++ = '.';
                at += *at + 1;
        }
        out[-1] = '\0';
        return at + 1;
}

static const struct dns_record *find(const struct dns *dns, const char *name)
{
        for (size_t i = 0; i < dns->record_count; i++) {
                if (strcasecmp(dns->records[i].name, name) == 0)
                        return &dns->records[i];
        }
        return NULL;
}

/* One answer: a pointer to the question's name, type, class, a minute to live, the address. */
static size_t put_answer(uint8_t *out, int type, const char *text)
{
        const uint8_t head[] = {0xc0, HEADER_BYTES, 0, (uint8_t)type, 0, 1, 0, 0, 0, 60, 0};
        uint8_t len = type == TYPE_A ? 4 : 16;

        memcpy(out, head, sizeof(head));
        out[sizeof(head)] = len;
        assert_int_equal(
                inet_pton(type == TYPE_A ? AF_INET : AF_INET6, text, out + sizeof(head) + 1), 1);
        return sizeof(head) + 1 + len;
}

static void answer(struct pd_watch *watch, uint32_t events)
{
        struct dns *dns = PD_OWNER_OF(watch, struct dns, watch);
        struct sockaddr_in from;
        socklen_t from_len = sizeof(from);
        uint8_t message[MAX_UDP] = {0};
        char name[MAX_UDP];
        const struct dns_record *record;
        const uint8_t *type;
        const char *text;
        size_t len;

        (void)events;
        assert_true(recvfrom(watch->fd, message, sizeof(message) / 2, 0, (struct sockaddr *)&from,
                             &from_len) > HEADER_BYTES);
        dns->questions++;
        type = read_name(message + HEADER_BYTES, name);
        if (strcmp(name, DNS_SILENT) == 0)
                return;

        len = (size_t)(type - message) + 4;
        record = find(dns, name);
        text = record == NULL ? NULL : type[1] == TYPE_A ? record->v4 : record->v6;
        message[2] = 0x81; /* an answer, as asked */
        message[3] = 0x80 | (record == NULL ? NXDOMAIN : 0);
        message[7] = text != NULL; /* answers */
        message[11] = 0;           /* additional ones: none */
        if (text != NULL)
                len += put_answer(message + len, type[1], text);
        assert_int_equal(sendto(watch->fd, message, len, 0, (struct sockaddr *)&from, from_len),
                         len);
}

void dns_start(struct dns *dns, struct pd_loop *loop, const struct dns_record *records,
               size_t count)
{
        struct pd_grpc_place place = {.len = sizeof(place.at)};
        struct pd_grpc_address where;
        struct pd_err err = {0};

        assert_pd_ok(pd_grpc_address_read("127.0.0.1:0", &where, &err), err);
        *dns = (struct dns){.loop = loop, .records = records, .record_count = count};
        dns->watch.ready = answer;
        dns->watch.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        assert_int_equal(bind(dns->watch.fd, &where.place.at.any, where.place.len), 0);
        assert_int_equal(getsockname(dns->watch.fd, &place.at.any, &place.len), 0);
        pd_grpc_place_write(&place, dns->address);
        assert_pd_ok(pd_loop_watch(loop, &dns->watch, EPOLLIN, &err), err);
}

void dns_stop(struct dns *dns)
{
        pd_loop_unwatch(dns->loop, &dns->watch);
        assert_int_equal(close(dns->watch.fd), 0);
}
