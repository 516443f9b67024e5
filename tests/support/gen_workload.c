/* gen_workload.c - workloads out of random numbers. */
#include "gen_workload.h"

#include "pd_test.h"

#include <string.h>

/* What writers of YAML forget to quote, and what readers take for something else. */
static const char *const hard_texts[] = {
        "",           " ",      "yes",     "No",         "on",       "~",       "null",  "true",
        "0",          "-1",     "007",     "0x1F",       "0o17",     "1_000",   "1e3",   "1.0",
        ".5",         ".inf",   "NaN",     "2026-01-31", "12:30:45", "=",       "<<",    "-",
        "- a",        "?",      ": ",      "a: b",       "a:",       "#",       "a #b",  "&a",
        "*a",         "!tag",   "|",       ">",          "%",        "@",       "`",     "{}",
        "[",          "'",      "\"",      "\\",         "\\n",      "'it''s'", "---",   "...",
        " a",         "a ",     "\t",      "a\tb",       "\n",       "a\n",     "\n\na", "a\nb\n",
        "a\r\nb",     "$HOME",  "$(PATH)", "{{ x }}",    "<script>", "\x7f",    "\x01",  "\x1b[2J",
        "\xc2\x85",   "\u00a0", "\u2028",  "\ufeff",     "\uffff",   "grün",    "日本",  "😀",
        "--flag=a,b", "/a/b.c", "a=b",
};

/* The next number of the sequence "splitmix64". */
static uint64_t next(struct pd_gen *gen)
{
        uint64_t x = gen->state += 0x9e3779b97f4a7c15;

        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
}

size_t pd_gen_below(struct pd_gen *gen, size_t limit)
{
        return next(gen) % limit;
}

bool pd_gen_once_in(struct pd_gen *gen, size_t times)
{
        return pd_gen_below(gen, times) == 0;
}

#define PICK(gen, list) ((list)[pd_gen_below((gen), PD_COUNT(list))])

static void *make(struct pd_gen *gen, size_t count, size_t size)
{
        void *made = pd_arena_alloc(gen->arena, count, size);

        assert_non_null(made);
        return made;
}

#define FORMAT(gen, ...) format_made(pd_arena_printf((gen)->arena, __VA_ARGS__))

static const char *format_made(const char *made)
{
        assert_non_null(made);
        return made;
}

const char *pd_gen_text(struct pd_gen *gen)
{
        const char *text = PICK(gen, hard_texts);

        while (!pd_gen_once_in(gen, 2))
                text = FORMAT(gen, "%s%s", text, PICK(gen, hard_texts));
        return text;
}

static struct pd_strings gen_strings(struct pd_gen *gen)
{
        size_t count = pd_gen_below(gen, 4);
        struct pd_strings strings = {make(gen, count, sizeof(char *)), count};

        for (size_t i = 0; i < count; i++)
                strings.at[i] = pd_gen_text(gen);
        return strings;
}

static struct pd_pairs gen_env(struct pd_gen *gen)
{
        static const char *const prefixes[] = {"A", "_", "on", "no", "A.B-"};
        size_t count = pd_gen_below(gen, 5);
        struct pd_pairs env = {make(gen, count, sizeof(struct pd_pair)), count};

        for (size_t i = 0; i < count; i++)
                env.at[i] = (struct pd_pair){FORMAT(gen, "%s%zu", PICK(gen, prefixes), i),
                                             pd_gen_text(gen)};
        return env;
}

static struct pd_pairs gen_amounts(struct pd_gen *gen)
{
        static const char *const names[] = {"cpu", "memory", "nvidia.com/gpu"};
        static const char *const values[] = {"1",   "0.5",  "100m", "1Gi", "1e3",
                                             "1E6", "2e-3", ".5",   "0",   "5Ti"};
        struct pd_pairs amounts = {make(gen, PD_COUNT(names), sizeof(struct pd_pair)), 0};

        for (size_t i = 0; i < PD_COUNT(names); i++) {
                if (pd_gen_once_in(gen, 3))
                        amounts.at[amounts.count++] = (struct pd_pair){names[i], PICK(gen, values)};
        }
        return amounts;
}

/* The first port is offered if any is; offered ports of one Service have names of their own. */
static struct pd_ports gen_ports(struct pd_gen *gen)
{
        size_t count = pd_gen_below(gen, 4);
        struct pd_ports ports = {make(gen, count, sizeof(struct pd_port)), count};
        bool are_offered = !pd_gen_once_in(gen, 4);

        for (size_t i = 0; i < count; i++) {
                struct pd_port *port = &ports.at[i];
                bool is_offered = are_offered && (i == 0 || pd_gen_once_in(gen, 2));

                port->container_port = (uint16_t)(1 + i + 4 * pd_gen_below(gen, 16383));
                if (is_offered)
                        port->service_port = (uint16_t)(1 + i + 4 * pd_gen_below(gen, 16383));
                if (count > 1 || !pd_gen_once_in(gen, 3))
                        port->name = FORMAT(gen, "p%zu-%zu", i, pd_gen_below(gen, 1000));
                if (!is_offered && pd_gen_once_in(gen, 2))
                        port->name = NULL;
        }
        return ports;
}

static const char *gen_image(struct pd_gen *gen)
{
        static const char *const images[] = {
                "a",
                "busybox:latest",
                "registry.example.org/team/model",
                "registry.example.org:7444/a/b_c/d-e.f:1.0-RC_2",
                "localhost:5000/x:0777",
                "x@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        };

        return PICK(gen, images);
}

/* A path that only grows by texts without the one sign that Kubernetes forbids in it. */
static const char *gen_path(struct pd_gen *gen)
{
        const char *text = pd_gen_text(gen);

        return FORMAT(gen, "/%s", strchr(text, ':') == NULL ? text : "data/shared");
}

struct pd_workload pd_gen_workload(struct pd_gen *gen, const char *name, bool has_claim)
{
        struct pd_workload workload = {
                .name = name,
                .image = gen_image(gen),
                .command = gen_strings(gen),
                .args = gen_strings(gen),
                .env = gen_env(gen),
                .ports = gen_ports(gen),
                .requests = gen_amounts(gen),
                .limits = gen_amounts(gen),
                .pull_policy = (enum pd_pull_policy)pd_gen_below(gen, PD_PULL_NEVER + 1),
        };

        if (pd_gen_once_in(gen, 2))
                workload.working_dir = gen_path(gen);
        if (has_claim && !pd_gen_once_in(gen, 3))
                workload.mount_path = gen_path(gen);
        return workload;
}

struct pd_claim pd_gen_claim(struct pd_gen *gen)
{
        static const char *const classes[] = {NULL, "", "nfs", "no"};
        static const char *const sizes[] = {"1Gi", "500M", "1e9", "1000000000"};

        return (struct pd_claim){PICK(gen, classes), PICK(gen, sizes)};
}
