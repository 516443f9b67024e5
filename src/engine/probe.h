/* probe.h - whether somebody answers at a port. */
#ifndef PD_ENGINE_PROBE_H
#define PD_ENGINE_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A port that is open and silent for so long is taken as one that answers. */
#define PD_PROBE_SILENCE_MS 300

struct pd_probe {
        const char *host; /* an address in numbers */
        uint16_t port;
        bool is_answering; /* the answer */
};

/*
 * Ask all at the same time. To be accepted is not enough: Docker's proxy accepts for a container in
 * which nobody listens, and closes then. So a client's first words of HTTP/2 are sent; whoever
 * answers them, with whatever, or stays connected, is there.
 */
void pd_probe_all(struct pd_probe *probes, size_t count);

#endif
