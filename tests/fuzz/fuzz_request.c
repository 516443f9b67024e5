/* fuzz_request.c - heads of requests: the path against routes, the header lines against the rules.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "head.h"
#include "router.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void handle(struct pd_http_exchange *exchange, void *app)
{
        (void)exchange;
        (void)app;
}

static const struct pd_http_route routes[] = {
        {.method = "GET", .path = "/", .handler = handle},
        {.method = "POST", .path = "/deploy/{sid}/{rid}", .handler = handle},
        {.method = "GET", .path = "/a/{b}", .handler = handle},
};

/* The text up to the sign; what is behind it is the rest. */
static const char *cut(char **rest, const char *sign)
{
        char *text = *rest;
        size_t len = strcspn(text, sign);

        *rest = text + len + (text[len] != '\0');
        text[len] = '\0';
        return text;
}

static void find_route(const char *method, const char *path, struct pd_arena *arena)
{
        static struct pd_router *router; /* made once; it never changes */
        struct pd_route_match found;

        if (router == NULL && pd_router_new(routes, PD_COUNT(routes), &router, NULL) < 0)
                return;
        if (pd_router_match(router, method, path, arena, &found) != PD_ROUTE_FOUND)
                return;
        for (size_t i = 0; i < found.count; i++) {
                assert(found.values[i][0] != '\0');
                assert(pd_utf8_valid(found.values[i], strlen(found.values[i]), NULL));
        }
}

/* "METHOD path", then lines "name:value". */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_pair items[8];
        struct pd_pairs pairs = {.items = items};
        struct pd_body_claim claim;
        char *rest = pd_arena_copy(&arena, data, size);
        const char *method, *path;

        if (rest == NULL)
                return 0;
        method = cut(&rest, " ");
        path = cut(&rest, "\n");
        find_route(method, path, &arena);

        for (; pairs.count < PD_COUNT(items) && *rest != '\0'; pairs.count++) {
                items[pairs.count].name = cut(&rest, ":\n");
                items[pairs.count].value = cut(&rest, "\n");
        }
        if (pd_head_check("HTTP/1.1", &pairs, size, &claim, NULL) == 0) {
                assert(pd_pairs_get(&pairs, "Host", true) != NULL);
                assert(!claim.is_chunked || claim.length == 0);
        }
        return 0;
}
