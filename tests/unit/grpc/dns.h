/* dns.h - a DNS server of the test's process, on its loop. */
#ifndef PD_TESTS_GRPC_DNS_H
#define PD_TESTS_GRPC_DNS_H

#include "address.h"
#include "loop/loop.h"

/** The server says nothing to questions for this one. */
#define DNS_SILENT "silent.example"

/** What it knows of a host. */
struct dns_record {
        const char *name;
        const char *v4, *v6; /**< NULL: none */
};

struct dns {
        struct pd_watch watch;
        struct pd_loop *loop;
        const struct dns_record *records;
        size_t record_count;
        char address[PD_GRPC_PLACE_SIZE];
        int questions;
};

void dns_start(struct dns *dns, struct pd_loop *loop, const struct dns_record *records,
               size_t count);
void dns_stop(struct dns *dns);

#endif
