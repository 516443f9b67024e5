/*
 * grpc-peer - the room grpc as a program, for tests against other implementations.
 *
 *     grpc-peer server [name=value]...
 *     grpc-peer client target=HOST:PORT [name=value]... [+metadata=value]... [~metadata=value]...
 *
 * tests/go/README.md says what the names mean: tests/go/grpc-peer and
 * tests/integration/grpc_python_peer.py understand the same.
 */
#include "peer.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/num.h"
#include "base/own.h"

#define MAX_NUMBER 4000000000

int peer_set(void *to, const struct peer_setting *known, size_t count, char *word,
             struct pd_err *err)
{
        char *value = strchr(word, '=');

        for (size_t i = 0; value != NULL && i < count; i++) {
                void *place = (char *)to + known[i].place;

                if (strlen(known[i].name) != (size_t)(value - word) ||
                    strncmp(word, known[i].name, (size_t)(value - word)) != 0)
                        continue;
                value++;
                switch (known[i].kind) {
                case PEER_NUMBER:
                        return pd_parse_int(value, PEER_NEVER, MAX_NUMBER, place, err);
                case PEER_TEXT:
                        *(const char **)place = value;
                        return 0;
                case PEER_FLAG:
                        *(bool *)place = strcmp(value, "true") == 0;
                        return 0;
                }
        }
        return pd_fail(err, PD_E_USAGE, 0, "what is '%s'?", word);
}

struct pd_grpc_message *peer_pattern(size_t size)
{
        struct pd_grpc_message *message = pd_grpc_message_new(size);

        for (size_t i = 0; message != NULL && i < size; i++)
                pd_grpc_message_data(message)[i] = (uint8_t)(' ' + (i * 31 + i / 256) % 95);
        return message;
}

bool peer_is_binary(const char *name)
{
        static const char suffix[] = "-bin";
        size_t len = strlen(name);

        return len >= sizeof(suffix) - 1 && strcmp(name + len - (sizeof(suffix) - 1), suffix) == 0;
}

static json_t *entry_value(const struct pd_grpc_entry *entry)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(1024 * 1024);

        if (!peer_is_binary(entry->name))
                return json_stringn(entry->value, entry->len);
        pd_base64_put(&text, entry->value, entry->len);
        return json_string(text.data);
}

json_t *peer_entries(const struct pd_grpc_metadata *metadata)
{
        json_t *list = json_array();

        for (size_t i = 0; i < metadata->count; i++)
                (void)json_array_append_new(list, json_pack("[s, o]", metadata->at[i].name,
                                                            entry_value(&metadata->at[i])));
        return list;
}

json_t *peer_by_status(const int64_t counts[PEER_CODES])
{
        json_t *object = json_object();

        for (int code = PD_GRPC_OK; code < PEER_CODES; code++) {
                if (counts[code] > 0)
                        (void)json_object_set_new(object,
                                                  pd_grpc_code_name((enum pd_grpc_code)code),
                                                  json_integer(counts[code]));
        }
        return object;
}

static int64_t to_us(const struct timeval *time)
{
        return (int64_t)time->tv_sec * 1000000 + time->tv_usec;
}

int64_t peer_cpu_us(void)
{
        struct rusage used;

        (void)getrusage(RUSAGE_SELF, &used); /* cannot fail for oneself */
        return to_us(&used.ru_utime) + to_us(&used.ru_stime);
}

void peer_print(json_t *object)
{
        (void)json_dumpf(object, stdout, JSON_COMPACT);
        (void)putchar('\n');
        (void)fflush(stdout);
        json_decref(object);
}

static const struct {
        const char *name;
        int (*run)(char **words, struct pd_err *err);
} modes[] = {{"server", peer_serve}, {"client", peer_make_calls}};

int main(int argc, char **argv)
{
        struct pd_err err = {0};

        (void)signal(SIGPIPE, SIG_IGN);
        for (size_t i = 0; argc > 1 && i < PD_COUNT(modes); i++) {
                if (strcmp(argv[1], modes[i].name) != 0)
                        continue;
                if (modes[i].run(argv + 2, &err) == 0)
                        return EXIT_SUCCESS;
                (void)fprintf(stderr, "grpc-peer: %s\n", err.msg);
                return pd_err_exit(err.code);
        }
        (void)fprintf(stderr, "grpc-peer: which mode? server or client\n");
        return pd_err_exit(PD_E_USAGE);
}
