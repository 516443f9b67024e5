/* amount.c - amounts as Kubernetes writes them. */
#include "render/amount.h"

#include <string.h>

#include "base/own.h"

#define DIGITS "0123456789"

/* A number, perhaps with a fraction, and one of the suffixes. */
static bool is_amount(const char *text)
{
        static const char *const suffixes[] = {"",  "m",  "k",  "M",  "G",  "T",  "P",
                                               "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
        size_t whole = strspn(text, DIGITS);
        const char *rest = text + whole;

        if (whole == 0 || strlen(text) > PD_AMOUNT_MAX_TEXT)
                return false;
        if (rest[0] == '.' && strspn(rest + 1, DIGITS) > 0)
                rest += 1 + strspn(rest + 1, DIGITS);
        for (size_t i = 0; i < PD_COUNT(suffixes); i++)
                if (strcmp(rest, suffixes[i]) == 0)
                        return true;
        return false;
}

/* A resource: `cpu`, `memory`, `nvidia.com/gpu`. */
static bool is_resource(const char *name)
{
        static const char letters[] = "abcdefghijklmnopqrstuvwxyz" DIGITS;
        size_t len = strlen(name);

        return len > 0 && len <= PD_AMOUNT_MAX_TEXT && strchr(letters, name[0]) != NULL &&
               strchr(letters, name[len - 1]) != NULL &&
               name[strspn(name, "abcdefghijklmnopqrstuvwxyz" DIGITS "./-")] == '\0';
}

int pd_amount_check(const char *setting, const char *text, struct pd_err *err)
{
        if (!is_amount(text))
                return pd_fail(err, PD_E_INVALID, 0,
                               "%s: '%s' is no amount; write a number and m, k, M, G, Ki, Mi or "
                               "Gi, as in 500m or 64Mi",
                               setting, text);
        return 0;
}

/* One `name=amount`; the item is cut in two. */
static int add_amount(const char *setting, char *item, struct pd_arena *arena,
                      struct pd_pairs *pairs, struct pd_err *err)
{
        char *equals = strchr(item, '=');
        struct pd_pair *pair;

        if (equals == NULL)
                return pd_fail(err, PD_E_INVALID, 0, "%s: '%s' is not of the form cpu=100m",
                               setting, item);
        *equals = '\0';
        if (!is_resource(item))
                return pd_fail(err, PD_E_INVALID, 0,
                               "%s: '%s' is no resource; write cpu, memory or the like", setting,
                               item);
        for (size_t i = 0; i < pairs->count; i++)
                if (strcmp(pairs->at[i].name, item) == 0)
                        return pd_fail(err, PD_E_INVALID, 0, "%s names '%s' twice", setting, item);
        if (pd_amount_check(setting, equals + 1, err) < 0)
                return -1;

        pair = pd_arena_push(arena, &pairs->at, &pairs->count, sizeof(*pair));
        if (pair == NULL)
                return pd_fail_memory(err, setting);
        *pair = (struct pd_pair){.name = item, .value = equals + 1};
        return 0;
}

int pd_amounts_parse(const char *setting, const char *text, struct pd_arena *arena,
                     struct pd_pairs *ret, struct pd_err *err)
{
        struct pd_pairs pairs = {0};
        char *rest = NULL;

        if (text != NULL && text[0] != '\0') {
                rest = pd_arena_string(arena, text);
                if (rest == NULL)
                        return pd_fail_memory(err, setting);
        }
        while (rest != NULL)
                if (add_amount(setting, strsep(&rest, ","), arena, &pairs, err) < 0)
                        return -1;
        *ret = pairs;
        return 0;
}
