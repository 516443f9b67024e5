/* addresses.c - dockerinfo.json: where each node answers. */
#include "addresses.h"

#include <string.h>
#include <strings.h>

#include "base/num.h"
#include "json/get.h"
#include "json/json.h"
#include "solution/findings.h"

#define MAX_PORT 65535
/** Longest name of a host (RFC 1035, section 2.3.4). */
#define MAX_HOST 253

static int read_port(const json_t *port, int64_t *ret)
{
        if (json_is_string(port))
                return pd_parse_int(json_string_value(port), 1, MAX_PORT, ret, NULL);
        if (!json_is_integer(port))
                return -1;
        *ret = json_integer_value(port);
        return *ret >= 1 && *ret <= MAX_PORT ? 0 : -1;
}

/* What may stand in front of a port: a name, an IPv4 address, or an IPv6 one. */
static bool is_host(const char *host)
{
        size_t len = strlen(host);

        return len > 0 && len <= MAX_HOST &&
               strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:") ==
                       len;
}

static int read_entry(const json_t *entry, size_t index, struct pd_arena *arena,
                      struct pd_address *ret, struct pd_err *err)
{
        const char *node = pd_json_get_string(entry, "container_name");
        const char *host = pd_json_get_string(entry, "ip_address");
        int64_t port;

        if (node == NULL)
                return pd_fail(err, PD_E_INVALID, 0, "entry %zu has no container_name", index);
        if (host == NULL || !is_host(host))
                return pd_fail(err, PD_E_INVALID, 0, "the ip_address of node '%s' is none",
                               pd_show(node).text);
        if (read_port(pd_json_get(entry, "port"), &port) < 0)
                return pd_fail(err, PD_E_INVALID, 0,
                               "the port of node '%s' is no number of 1 to %d", pd_show(node).text,
                               MAX_PORT);

        ret->node = pd_arena_string(arena, node);
        ret->host = pd_arena_string(arena, host);
        ret->port = (uint16_t)port;
        return ret->node != NULL && ret->host != NULL ? 0 : pd_fail_memory(err, "addresses");
}

int pd_addresses_read(const char *text, size_t len, struct pd_arena *arena,
                      struct pd_addresses *ret, struct pd_err *err)
{
        static const struct pd_json_limits limits = {.max_bytes = PD_ADDRESSES_MAX_BYTES,
                                                     .max_depth = PD_ADDRESSES_MAX_DEPTH,
                                                     .max_values = PD_ADDRESSES_MAX_VALUES};
        pd_auto(pd_json_free_ptr) json_t *json = NULL;
        struct pd_address *addresses = NULL;
        size_t count = 0;
        const json_t *list;
        size_t i;
        json_t *entry;

        if (pd_json_parse(text, len, &limits, &json, err) < 0)
                return -1;
        list = pd_json_get_array(json, "docker_info_list");
        if (list == NULL)
                return pd_fail(err, PD_E_INVALID, 0, "there is no list 'docker_info_list'");

        json_array_foreach (list, i, entry) {
                struct pd_address *address =
                        pd_arena_push(arena, &addresses, &count, sizeof(*addresses));

                if (address == NULL)
                        return pd_fail_memory(err, "addresses");
                if (read_entry(entry, i, arena, address, err) < 0)
                        return -1;
        }
        *ret = (struct pd_addresses){.at = addresses, .count = count};
        return 0;
}

const struct pd_address *pd_addresses_find(const struct pd_addresses *addresses, const char *node)
{
        for (size_t i = 0; i < addresses->count; i++) {
                if (strcasecmp(addresses->at[i].node, node) == 0)
                        return &addresses->at[i];
        }
        return NULL;
}
