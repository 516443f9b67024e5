/* router.c - paths cut into parts, and the table searched for them. */
#include "router.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/utf8.h"

/* A part of a route: text that must be there, or a name for whatever is. */
struct part {
        const char *text;
        bool is_parameter;
};

struct pattern {
        const char *method;
        struct part *parts;
        size_t count;
};

struct pd_router {
        struct pd_arena arena;
        struct pattern *patterns;
        size_t count;
};

/* The parts of a requested path, decoded. */
struct parts {
        const char *texts[PD_HTTPD_MAX_PARTS];
        size_t count;
};

static struct part compile_part(struct pd_arena *arena, const char *text, size_t len)
{
        bool is_parameter = len > 2 && text[0] == '{' && text[len - 1] == '}';

        assert(len > 0 && (is_parameter || memchr(text, '{', len) == NULL));
        return (struct part){
                .text = is_parameter ? pd_arena_copy(arena, text + 1, len - 2)
                                     : pd_arena_copy(arena, text, len),
                .is_parameter = is_parameter,
        };
}

/* false: no memory. */
static bool compile(struct pd_arena *arena, const struct pd_http_route *route,
                    struct pattern *pattern)
{
        const char *at = route->path + 1;
        size_t parameters = 0;

        assert(route->path[0] == '/' && route->handler != NULL);
        pattern->method = route->method;
        pattern->parts = pd_arena_alloc(arena, PD_HTTPD_MAX_PARTS, sizeof(*pattern->parts));
        if (pattern->parts == NULL)
                return false;

        while (*at != '\0') {
                size_t len = strcspn(at, "/");
                struct part part = compile_part(arena, at, len);

                if (part.text == NULL)
                        return false;
                parameters += part.is_parameter;
                assert(pattern->count < PD_HTTPD_MAX_PARTS);
                pattern->parts[pattern->count++] = part;
                at += len + (at[len] == '/');
        }
        assert(parameters <= PD_HTTPD_MAX_PARAMETERS);
        return true;
}

int pd_router_new(const struct pd_http_route *routes, size_t count, struct pd_router **ret,
                  struct pd_err *err)
{
        pd_auto(pd_router_free_ptr) struct pd_router *router = calloc(1, sizeof(*router));

        if (router == NULL)
                return pd_fail_memory(err, "the routes");

        router->count = count;
        router->patterns = pd_arena_alloc(&router->arena, count, sizeof(*router->patterns));
        if (router->patterns == NULL)
                return pd_fail_memory(err, "the routes");

        for (size_t i = 0; i < count; i++) {
                if (!compile(&router->arena, &routes[i], &router->patterns[i]))
                        return pd_fail_memory(err, "the routes");
        }
        *ret = pd_steal(&router);
        return 0;
}

void pd_router_free(struct pd_router *router)
{
        if (router != NULL)
                pd_arena_done(&router->arena);
        free(router);
}

/* Percent-decoding in place; false: bad encoding, a control character, no UTF-8. */
static bool decode(char *text)
{
        char *out = text;

        for (const char *at = text; *at != '\0'; at++) {
                int byte = (unsigned char)*at;

                if (*at == ' ')
                        return false; /* only %20 may stand for it */
                if (*at == '%') {
                        byte = pd_hex_byte(at + 1);
                        at += 2;
                }
                if (byte < 0x20 || byte == 0x7f)
                        return false; /* -1, no byte, as well */
                *out++ = (char)byte;
        }
        *out = '\0';
        return pd_utf8_valid(text, (size_t)(out - text), NULL);
}

static enum pd_route_outcome split(const char *path, struct pd_arena *arena, struct parts *parts)
{
        const char *at;
        bool has_more;

        if (path[0] != '/')
                return PD_ROUTE_MALFORMED;

        at = path + 1;
        has_more = *at != '\0';
        while (has_more) {
                size_t len = strcspn(at, "/");
                char *text = pd_arena_copy(arena, at, len);

                if (text == NULL)
                        return PD_ROUTE_NO_MEMORY;
                if (!decode(text))
                        return PD_ROUTE_MALFORMED;
                if (parts->count == PD_HTTPD_MAX_PARTS)
                        return PD_ROUTE_NOT_FOUND;
                parts->texts[parts->count++] = text;
                has_more = at[len] == '/';
                at += len + has_more;
        }
        return PD_ROUTE_FOUND;
}

static bool fits(const struct pattern *pattern, const struct parts *parts)
{
        if (pattern->count != parts->count)
                return false;

        for (size_t i = 0; i < parts->count; i++) {
                const struct part *part = &pattern->parts[i];

                if (part->is_parameter ? parts->texts[i][0] == '\0'
                                       : strcmp(part->text, parts->texts[i]) != 0)
                        return false;
        }
        return true;
}

static bool serves(const struct pattern *pattern, const char *method)
{
        return strcmp(pattern->method, method) == 0 ||
               (strcmp(method, "HEAD") == 0 && strcmp(pattern->method, "GET") == 0);
}

static void take_parameters(const struct pattern *pattern, const struct parts *parts,
                            struct pd_route_match *ret)
{
        ret->count = 0;
        for (size_t i = 0; i < parts->count; i++) {
                if (!pattern->parts[i].is_parameter)
                        continue;
                ret->names[ret->count] = pattern->parts[i].text;
                ret->values[ret->count++] = parts->texts[i];
        }
}

/* Methods are few and the program's own, so they have room. */
static void allow(char list[PD_HTTPD_ALLOW_SIZE], const char *method)
{
        size_t len = strlen(list);
        int added = snprintf(list + len, PD_HTTPD_ALLOW_SIZE - len, "%s%s", len != 0 ? ", " : "",
                             method);

        assert(added > 0 && (size_t)added < PD_HTTPD_ALLOW_SIZE - len);
}

enum pd_route_outcome pd_router_match(const struct pd_router *router, const char *method,
                                      const char *path, struct pd_arena *arena,
                                      struct pd_route_match *ret)
{
        struct parts parts = {.count = 0};
        enum pd_route_outcome outcome = split(path, arena, &parts);

        if (outcome != PD_ROUTE_FOUND)
                return outcome;

        ret->allow[0] = '\0';
        for (size_t i = 0; i < router->count; i++) {
                const struct pattern *pattern = &router->patterns[i];

                if (!fits(pattern, &parts))
                        continue;
                if (serves(pattern, method)) {
                        ret->route = i;
                        take_parameters(pattern, &parts, ret);
                        return PD_ROUTE_FOUND;
                }
                allow(ret->allow, pattern->method);
                if (strcmp(pattern->method, "GET") == 0)
                        allow(ret->allow, "HEAD");
        }
        if (ret->allow[0] == '\0')
                return PD_ROUTE_NOT_FOUND;

        allow(ret->allow, "OPTIONS");
        return PD_ROUTE_WRONG_METHOD;
}
