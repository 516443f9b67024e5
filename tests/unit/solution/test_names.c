/* test_names.c - labels are valid, near their names, and never meet. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc_fail.h"
#include "base/map.h"
#include "pd_test.h"
#include "solution/names.h"

#define FIFTY "a2345678901234567890123456789012345678901234567890"

static void valid_labels_are_told_from_others(void **state)
{
        static const struct {
                const char *text;
                bool is_valid;
        } rows[] = {
                {"a", true},         {"news-trainer1", true},
                {"a--b", true},      {FIFTY "12345678", true},
                {"", false},         {"-a", false},
                {"a-", false},       {"1a", false},
                {"A", false},        {"a_b", false},
                {"a.b", false},      {"a b", false},
                {"\xc3\xa4", false}, {FIFTY "123456789", false},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                print_message("# %s\n", rows[i].text);
                assert_int_equal(pd_label_valid(rows[i].text), rows[i].is_valid);
        }
}

static void a_label_is_the_nearest_to_its_name(void **state)
{
        static const struct {
                const char *name, *label;
        } rows[] = {
                {"camera1", "camera1"},
                {"Camera1", "camera1"},
                {"grid_synthesizer", "grid-synthesizer"},
                {"Aggregator - 1", "aggregator---1"},
                {"Größe", "gr--e"},
                {"2nd", "n2nd"},
                {"_2nd_", "n2nd"},
                {"/data/shared", "data-shared"},
                {"", "node"},
                {"---", "node"},
                {"図", "node"},
                {FIFTY "12345678-90", FIFTY "12345678"},
                {FIFTY "1234567-90", FIFTY "1234567"},
                {"2" FIFTY "12345678", "n2" FIFTY "123456"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                char label[PD_LABEL_MAX + 1];

                print_message("# %s\n", rows[i].name);
                pd_label_make(rows[i].name, label);
                assert_string_equal(label, rows[i].label);
                assert_true(pd_label_valid(label));
        }
}

#define MAX_NAMES 8

static void names_of_one_pipeline_get_these_labels(void **state)
{
        static const struct {
                const char *names[MAX_NAMES], *labels[MAX_NAMES];
        } rows[] = {
                {{"b", "a"}, {"b", "a"}},
                {{"A", "a"}, {"a-2", "a"}},
                {{"A", "a", "a-2"}, {"a-3", "a", "a-2"}},
                {{"A_b", "a.b", "A-b", "a b"}, {"a-b", "a-b-2", "a-b-3", "a-b-4"}},
                {{"A", "A", "a"}, {"a-2", "a-2", "a"}},
                {{"orchestrator", "Orchestrator"}, {"orchestrator-2", "orchestrator-3"}},
                {{"orchestratorwebui"}, {"orchestratorwebui-2"}},
                {{"a", "awebui"}, {"a", "awebui-2"}},
                {{"awebui", "a"}, {"awebui", "a-2"}},
                {{"awebui", "A", "a-2webui"}, {"awebui", "a-3", "a-2webui"}},
                {{"a", "Awebui", "awebuiwebui"}, {"a", "awebui-2", "awebuiwebui"}},
                {{"webui", "!"}, {"webui", "node"}},
                {{FIFTY "12345678", FIFTY "123456789"}, {FIFTY "12345678", FIFTY "12-2"}},
                {{"a!", "a?", "a-2!"}, {"a", "a-2", "a-2-2"}},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct pd_arena arena = {0};
                const char *labels[MAX_NAMES];
                size_t count = 0;

                while (count < MAX_NAMES && rows[i].names[count] != NULL)
                        count++;
                assert_int_equal(pd_labels_assign(rows[i].names, count, &arena, labels), 0);
                for (size_t k = 0; k < count; k++) {
                        print_message("# row %zu: %s\n", i, rows[i].names[k]);
                        assert_string_equal(labels[k], rows[i].labels[k]);
                }
                pd_arena_done(&arena);
        }
}

/* Names out of few letters, so that they meet often. */
static void random_name(unsigned *seed, char *out, size_t max)
{
        static const char *const parts[] = {"a", "A",  "b",  "-", "_",     "2",           "/",
                                            "ß", "-2", "-3", "3", "webui", "orchestrator"};
        size_t len = 0;

        for (size_t n = (size_t)rand_r(seed) % 6; n > 0; n--) {
                const char *part = parts[(size_t)rand_r(seed) % PD_COUNT(parts)];

                memcpy(out + len, part, strlen(part));
                len += strlen(part);
        }
        if (rand_r(seed) % 20 == 0) {
                memset(out + len, 'x', 60);
                len += 60;
        }
        assert_true(len < max);
        out[len] = '\0';
}

/* Every label, and its `webui` name, belongs to one name alone. */
static void claim(struct pd_map *owners, struct pd_arena *arena, const char *label, size_t owner)
{
        const char *const both[] = {
                label,
                pd_arena_printf(arena, "%s%s", label, PD_WEBUI_SUFFIX),
        };

        for (size_t i = 0; i < 2; i++) {
                size_t other = owner;

                (void)pd_map_get(owners, both[i], &other);
                if (other != owner)
                        fail_msg("'%s' belongs to name %zu and to name %zu", both[i], other, owner);
                assert_int_equal(pd_map_set(owners, both[i], owner), 0);
        }
}

#define RANDOM_NAMES 300

static void labels_of_arbitrary_names_never_meet(void **state)
{
        (void)state;

        for (unsigned run = 1; run <= 100; run++) {
                static char texts[RANDOM_NAMES][160];
                const char *names[RANDOM_NAMES], *labels[RANDOM_NAMES];
                struct pd_arena arena = {0};
                struct pd_map owners = {0}, firsts = {0};
                unsigned seed = run;

                for (size_t i = 0; i < RANDOM_NAMES; i++) {
                        random_name(&seed, texts[i], sizeof(texts[i]));
                        names[i] = texts[i];
                }
                assert_int_equal(pd_labels_assign(names, RANDOM_NAMES, &arena, labels), 0);

                claim(&owners, &arena, PD_ORCHESTRATOR_NAME, RANDOM_NAMES);
                for (size_t i = 0; i < RANDOM_NAMES; i++) {
                        size_t first = i;

                        assert_true(pd_label_valid(labels[i]));
                        if (!pd_map_get(&firsts, names[i], &first))
                                assert_int_equal(pd_map_set(&firsts, names[i], i), 0);
                        claim(&owners, &arena, labels[i], first);
                }
                pd_map_done(&firsts);
                pd_map_done(&owners);
                pd_arena_done(&arena);
        }
}

#define MANY 20000

/* Quadratic counting would take minutes here. */
static void many_names_with_one_stem_are_counted_on(void **state)
{
        static char texts[MANY][PD_LABEL_MAX + 16];
        static const char *names[MANY], *labels[MANY];
        struct pd_arena arena = {0};
        (void)state;

        for (size_t i = 0; i < MANY; i++) {
                (void)snprintf(texts[i], sizeof(texts[i]), FIFTY "123%05zu_%zu", i, i);
                names[i] = texts[i];
        }
        assert_int_equal(pd_labels_assign(names, MANY, &arena, labels), 0);
        assert_string_equal(labels[0], FIFTY "12300000");
        assert_string_equal(labels[MANY - 1], FIFTY "12319999");

        for (size_t i = 0; i < MANY; i++)
                (void)snprintf(texts[i], sizeof(texts[i]), FIFTY "12345678_%zu", i);
        assert_int_equal(pd_labels_assign(names, MANY, &arena, labels), 0);
        assert_string_equal(labels[MANY - 1], FIFTY "12-20000");
        pd_arena_done(&arena);
}

static int assign_some(void *context, struct pd_err *err)
{
        const char *const names[] = {"A", "a", "a!", "orchestrator", "a"};
        const char *labels[PD_COUNT(names)];
        struct pd_arena arena = {0};
        int result = pd_labels_assign(names, PD_COUNT(names), &arena, labels);
        (void)context;

        pd_arena_done(&arena);
        return result < 0 ? pd_fail_memory(err, "labels") : 0;
}

static void a_lack_of_memory_is_told(void **state)
{
        (void)state;

        assert_true(pd_alloc_fail_each(assign_some, NULL) > 3);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(valid_labels_are_told_from_others),
                cmocka_unit_test(a_label_is_the_nearest_to_its_name),
                cmocka_unit_test(names_of_one_pipeline_get_these_labels),
                cmocka_unit_test(labels_of_arbitrary_names_never_meet),
                cmocka_unit_test(many_names_with_one_stem_are_counted_on),
                cmocka_unit_test(a_lack_of_memory_is_told),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
