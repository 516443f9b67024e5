/* load.c - one thread a client. */
#include "load.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/own.h"
#include "service.h"

/* Most answers of one client that are measured. */
#define MAX_ANSWERS    65536
#define MAX_HEAD_BYTES 4096
#define STACK_BYTES    (128 * 1024)

struct client {
        const struct pd_load *load;
        pthread_t thread;
        int64_t ends_us;
        size_t answers;
        int32_t *took_us;
        struct pd_err err; /* why it asks no longer */
};

static int ask(const struct client *client, int fd, struct pd_err *err)
{
        char answer[MAX_HEAD_BYTES] = "";
        size_t request_len = strlen(client->load->request), len = 0;

        if (write(fd, client->load->request, request_len) != (ssize_t)request_len)
                return pd_fail(err, PD_E_BAD_GATEWAY, errno, "cannot ask");
        while (strstr(answer, "\r\n\r\n") == NULL) {
                ssize_t got = read(fd, answer + len, sizeof(answer) - 1 - len);

                if (got <= 0)
                        return pd_fail(err, PD_E_BAD_GATEWAY, 0, "half an answer: '%s'", answer);
                len += (size_t)got;
                answer[len] = '\0';
        }
        if (strtol(answer + strlen("HTTP/1.1 "), NULL, 10) != client->load->status)
                return pd_fail(err, PD_E_BAD_GATEWAY, 0, "another answer: '%s'", answer);
        return 0;
}

static void *run(void *context)
{
        struct client *client = context;
        int fd = pd_service_connect(client->load->port);
        int64_t now_us = pd_clock_mono_us();
        int result = fd < 0 ? pd_fail(&client->err, PD_E_BAD_GATEWAY, 0, "cannot connect") : 0;

        while (result == 0 && now_us < client->ends_us && client->answers < MAX_ANSWERS) {
                int64_t began_us = now_us;

                result = ask(client, fd, &client->err);
                now_us = pd_clock_mono_us();
                client->took_us[client->answers++] = (int32_t)(now_us - began_us);
        }
        if (fd >= 0)
                (void)close(fd);
        return NULL;
}

static int by_size(const void *a, const void *b)
{
        int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;

        return (left > right) - (left < right);
}

/* What so many of a hundred are not over; of sorted times. */
static int32_t at_part(const int32_t *sorted, size_t count, size_t hundredths)
{
        size_t at = count * hundredths / 100;

        return sorted[at];
}

static struct pd_load_result sum_up(const struct client *clients, size_t count, int64_t took_us)
{
        struct pd_load_result result = {.seconds = (double)took_us / 1e6};
        pd_auto(pd_free_ptr) int32_t *all = NULL;
        size_t at = 0;

        for (size_t i = 0; i < count; i++)
                result.answers += clients[i].answers;
        all = malloc((result.answers + 1) * sizeof(*all));
        assert(all != NULL && result.answers > 0);
        for (size_t i = 0; i < count; i++) {
                memcpy(all + at, clients[i].took_us, clients[i].answers * sizeof(*all));
                at += clients[i].answers;
        }
        qsort(all, result.answers, sizeof(*all), by_size);
        result.p50_ms = at_part(all, result.answers, 50) / 1e3;
        result.p99_ms = at_part(all, result.answers, 99) / 1e3;
        return result;
}

static void start(struct client *client, const pthread_attr_t *attributes)
{
        int error;

        client->took_us = malloc(MAX_ANSWERS * sizeof(*client->took_us));
        assert(client->took_us != NULL);
        error = pthread_create(&client->thread, attributes, run, client);
        assert(error == 0);
}

int pd_load_run(const struct pd_load *load, struct pd_load_result *ret, struct pd_err *err)
{
        static struct client clients[PD_LOAD_MAX_CLIENTS];
        int64_t began_us = pd_clock_mono_us();
        const struct client *failed = NULL;
        pthread_attr_t attributes;

        assert(load->clients <= PD_LOAD_MAX_CLIENTS);
        (void)pthread_attr_init(&attributes);
        (void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
        for (size_t i = 0; i < load->clients; i++) {
                clients[i] = (struct client){.load = load, .ends_us = began_us + load->ms * 1000};
                start(&clients[i], &attributes);
        }
        for (size_t i = 0; i < load->clients; i++) {
                (void)pthread_join(clients[i].thread, NULL);
                failed = clients[i].err.code != PD_OK ? &clients[i] : failed;
        }
        (void)pthread_attr_destroy(&attributes);

        if (failed == NULL)
                *ret = sum_up(clients, load->clients, pd_clock_mono_us() - began_us);
        else
                *err = failed->err;
        for (size_t i = 0; i < load->clients; i++)
                free(clients[i].took_us);
        return failed == NULL ? 0 : -1;
}
