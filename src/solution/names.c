/* names.c - labels out of names, no two alike. */
#include "solution/names.h"

#include <assert.h>
#include <string.h>

#include "base/format.h"
#include "base/map.h"

#define WEBUI_LEN (sizeof(PD_WEBUI_SUFFIX) - 1)

/* Room that a stem leaves for its number: "-" and five digits. */
#define NUMBER_LEN 6

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

/* What the byte becomes in a label. */
static char label_char(char c)
{
        if (c >= 'A' && c <= 'Z')
                return (char)(c - 'A' + 'a');
        if ((c >= 'a' && c <= 'z') || is_digit(c))
                return c;
        return '-';
}

/* Cut to `len` characters, and off the hyphens that end it then. */
static void cut(char *label, size_t len)
{
        while (len > 0 && label[len - 1] == '-')
                len--;
        label[len] = '\0';
}

bool pd_label_valid(const char *text)
{
        size_t len = strnlen(text, PD_LABEL_MAX + 1);

        if (len == 0 || len > PD_LABEL_MAX)
                return false;
        for (size_t i = 0; i < len; i++) {
                if (text[i] != label_char(text[i]))
                        return false;
        }
        return text[0] != '-' && !is_digit(text[0]) && text[len - 1] != '-';
}

void pd_label_make(const char *name, char out[PD_LABEL_MAX + 1])
{
        size_t len = 0;

        for (; *name != '\0' && len < PD_LABEL_MAX; name++) {
                char c = label_char(*name);

                if (((unsigned char)*name & 0xc0) == 0x80)
                        continue; /* the first byte stands for the character */
                if (len == 0 && c == '-')
                        continue;
                if (len == 0 && is_digit(c))
                        out[len++] = 'n';
                out[len++] = c;
        }
        cut(out, len);
        if (out[0] == '\0')
                memcpy(out, "node", sizeof("node"));
}

/* Labels given so far, and where to go on counting. Keys live in the arena. */
struct labels {
        struct pd_arena *arena;
        struct pd_map given;
        struct pd_map numbers; /* of a stem: the last number that was tried */
};

static void labels_done(struct labels *labels)
{
        pd_map_done(&labels->given);
        pd_map_done(&labels->numbers);
}

/* Whether neither the label nor its `webui` name meets another one's. */
static bool is_free(const struct labels *labels, const char *label)
{
        char text[PD_LABEL_MAX + sizeof(PD_WEBUI_SUFFIX)];
        size_t len = strlen(label);

        if (pd_map_get(&labels->given, label, NULL))
                return false;

        memcpy(text, label, len);
        memcpy(text + len, PD_WEBUI_SUFFIX, sizeof(PD_WEBUI_SUFFIX));
        if (pd_map_get(&labels->given, text, NULL))
                return false;

        if (len <= WEBUI_LEN || strcmp(label + len - WEBUI_LEN, PD_WEBUI_SUFFIX) != 0)
                return true;
        text[len - WEBUI_LEN] = '\0';
        return !pd_map_get(&labels->given, text, NULL);
}

/* Take the label; the copy that lives on, or NULL: no memory. */
static const char *give(struct labels *labels, const char *label)
{
        const char *copy = pd_arena_string(labels->arena, label);

        if (copy == NULL || pd_map_set(&labels->given, copy, 0) < 0)
                return NULL;
        return copy;
}

/*
 * Take the nearest free label with a number behind it. Stems are as short as the longest number
 * wants, so names that share one share its count, and nothing is tried twice.
 */
static const char *give_numbered(struct labels *labels, char *stem)
{
        char text[PD_LABEL_MAX + 1];
        size_t number = 1;
        const char *key;

        cut(stem, strnlen(stem, PD_LABEL_MAX - NUMBER_LEN));
        key = pd_arena_string(labels->arena, stem);
        if (key == NULL)
                return NULL;

        (void)pd_map_get(&labels->numbers, key, &number);
        do {
                number++;
                pd_format(text, sizeof(text), "%s-%zu", stem, number);
        } while (!is_free(labels, text));

        if (pd_map_set(&labels->numbers, key, number) < 0)
                return NULL;
        return give(labels, text);
}

static const char *give_nearest(struct labels *labels, const char *name)
{
        char label[PD_LABEL_MAX + 1];

        pd_label_make(name, label);
        return is_free(labels, label) ? give(labels, label) : give_numbered(labels, label);
}

/* Of each name the label it keeps, else NULL; and in `firsts` its first place. */
static int keep_valid(struct labels *labels, const char *const *names, size_t count,
                      struct pd_map *firsts, const char **ret_labels)
{
        size_t first;

        for (size_t i = 0; i < count; i++) {
                ret_labels[i] = NULL;
                if (pd_map_get(firsts, names[i], &first))
                        continue;
                if (pd_map_set(firsts, names[i], i) < 0)
                        return -1;
                if (!pd_label_valid(names[i]) || !is_free(labels, names[i]))
                        continue;
                ret_labels[i] = give(labels, names[i]);
                if (ret_labels[i] == NULL)
                        return -1;
        }
        return 0;
}

static int assign(struct labels *labels, const char *const *names, size_t count,
                  struct pd_map *firsts, const char **ret_labels)
{
        if (give(labels, PD_ORCHESTRATOR_NAME) == NULL ||
            keep_valid(labels, names, count, firsts, ret_labels) < 0)
                return -1;

        for (size_t i = 0; i < count; i++) {
                size_t first = i;

                (void)pd_map_get(firsts, names[i], &first);
                if (first < i)
                        ret_labels[i] = ret_labels[first];
                else if (ret_labels[i] == NULL)
                        ret_labels[i] = give_nearest(labels, names[i]);
                if (ret_labels[i] == NULL)
                        return -1;
        }
        return 0;
}

int pd_labels_assign(const char *const *names, size_t count, struct pd_arena *arena,
                     const char **ret_labels)
{
        struct labels labels = {.arena = arena};
        struct pd_map firsts = {0};
        int result;

        assert(count <= PD_LABELS_MAX_COUNT);
        result = assign(&labels, names, count, &firsts, ret_labels);
        pd_map_done(&firsts);
        labels_done(&labels);
        return result;
}
