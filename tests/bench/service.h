/* service.h - a program that serves HTTP on a port of this machine, seen from outside. */
#ifndef PD_TESTS_BENCH_SERVICE_H
#define PD_TESTS_BENCH_SERVICE_H

#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/own.h"

struct pd_service {
        pid_t pid; /**< 0: it does not run */
        uint16_t port;
};

/** A port that nobody has now; 0: there is none. */
uint16_t pd_service_free_port(void);

/**
 * Start `name` out of $PD_BUILD/bin with arguments (argv[0] is set here, NULL at the end) and wait
 * until it takes connections at the port. Its output is thrown away.
 */
int pd_service_start(const char *name, char **argv, uint16_t port, struct pd_service *ret,
                     struct pd_err *err) PD_MUST_CHECK;

/** Kill it and wait for its end; one that does not run is fine. */
void pd_service_stop(struct pd_service *service);

/** The time that it was on a CPU until now; 0: it does not run. */
int64_t pd_service_cpu_us(const struct pd_service *service);

/** A connection to a port of this machine that sends small segments at once; -1: there is none. */
int pd_service_connect(uint16_t port);

#endif
