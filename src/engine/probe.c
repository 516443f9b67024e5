/* probe.c - whether somebody answers at a port. */
#include "probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

/* Asked at a time; the others wait. */
#define MAX_AT_ONCE 64

/* The preface of a client, with an empty SETTINGS frame (RFC 9113, sections 3.4 and 6.5). */
static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                              "\0\0\0\4\0\0\0\0";

/* A socket on its way there; -1: not even that. */
static int dial(const struct pd_probe *probe)
{
        struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(probe->port)};
        struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(probe->port)};
        const struct sockaddr *address = (const struct sockaddr *)&v4;
        socklen_t len = sizeof(v4);
        int fd;

        if (inet_pton(AF_INET, probe->host, &v4.sin_addr) != 1) {
                if (inet_pton(AF_INET6, probe->host, &v6.sin6_addr) != 1)
                        return -1;
                address = (const struct sockaddr *)&v6;
                len = sizeof(v6);
        }
        fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd >= 0 && connect(fd, address, len) < 0 && errno != EINPROGRESS) {
                (void)close(fd);
                return -1;
        }
        return fd;
}

/* What can be done is; true: it is known whether somebody answers. */
static bool advance(struct pd_probe *probe, struct pollfd *look)
{
        char answer[64];

        if ((look->revents & POLLOUT) != 0) {
                look->events = POLLIN;
                return send(look->fd, preface, sizeof(preface), MSG_NOSIGNAL) !=
                       (ssize_t)sizeof(preface);
        }
        if (look->revents == 0)
                return false;
        probe->is_answering = recv(look->fd, answer, sizeof(answer), 0) > 0;
        return true;
}

static void end(struct pollfd *look)
{
        (void)close(look->fd);
        look->fd = -1; /* poll() passes it over */
}

/* At most MAX_AT_ONCE of them. */
static void probe_some(struct pd_probe *probes, size_t count)
{
        struct pollfd looks[MAX_AT_ONCE];
        int64_t ends_us = pd_clock_mono_us() + PD_PROBE_SILENCE_MS * 1000;
        size_t left = 0;

        for (size_t i = 0; i < count; i++) {
                probes[i].is_answering = false;
                looks[i] = (struct pollfd){.fd = dial(&probes[i]), .events = POLLOUT};
                left += looks[i].fd >= 0;
        }
        while (left > 0) {
                int64_t left_ms = (ends_us - pd_clock_mono_us()) / 1000;

                if (left_ms <= 0 || poll(looks, count, (int)left_ms) < 0)
                        break;
                for (size_t i = 0; i < count; i++) {
                        if (looks[i].fd < 0 || !advance(&probes[i], &looks[i]))
                                continue;
                        end(&looks[i]);
                        left--;
                }
        }
        for (size_t i = 0; i < count; i++) {
                if (looks[i].fd < 0)
                        continue;
                probes[i].is_answering = looks[i].events == POLLIN; /* connected, and silent */
                end(&looks[i]);
        }
}

void pd_probe_all(struct pd_probe *probes, size_t count)
{
        for (size_t i = 0; i < count; i += MAX_AT_ONCE)
                probe_some(probes + i, count - i < MAX_AT_ONCE ? count - i : MAX_AT_ONCE);
}
