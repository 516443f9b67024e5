/* test_flags.c - settings out of a command line. */
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "pd_test.h"
#include "sample.h"

#define MAX_WORDS 12

/* A command line that may be written to, as that of a process. */
struct line {
        char text[256];
        char *argv[MAX_WORDS + 1];
        int argc;
};

static void split(const char *words, struct line *line)
{
        char *rest = line->text;

        *line = (struct line){0};
        (void)snprintf(line->text, sizeof(line->text), "%s", words);
        while (rest != NULL && line->argc < MAX_WORDS)
                line->argv[line->argc++] = strsep(&rest, " ");
}

/* The sample after a command line, as one text. */
static void show(const struct sample *sample, char *out, size_t size)
{
        (void)snprintf(out, size, "strict=%d workers=%d image=%s color=%d out=%s", sample->strict,
                       (int)sample->workers, sample->image != NULL ? sample->image : "-",
                       sample->color, sample->out != NULL ? sample->out : "-");
}

static void flags_are_read_in_all_their_forms(void **state)
{
        static const struct {
                const char *words, *operands, *values;
        } rows[] = {
                {"p", "", "strict=0 workers=4 image=- color=1 out=-"},
                {"p --workers 8", "", "strict=0 workers=8 image=- color=1 out=-"},
                {"p --workers=8", "", "strict=0 workers=8 image=- color=1 out=-"},
                {"p -w 8", "", "strict=0 workers=8 image=- color=1 out=-"},
                {"p -w8", "", "strict=0 workers=8 image=- color=1 out=-"},
                {"p --strict in", "in ", "strict=1 workers=4 image=- color=1 out=-"},
                {"p --strict=false in", "in ", "strict=0 workers=4 image=- color=1 out=-"},
                {"p --strict --no-strict", "", "strict=0 workers=4 image=- color=1 out=-"},
                {"p --image=a=b", "", "strict=0 workers=4 image=a=b color=1 out=-"},
                {"p --image=", "", "strict=0 workers=4 image= color=1 out=-"},
                {"p --image --strict", "", "strict=0 workers=4 image=--strict color=1 out=-"},
                {"p -o - a", "a ", "strict=0 workers=4 image=- color=1 out=-"},
                {"p a -w 8 b --color red c", "a b c ", "strict=0 workers=8 image=- color=0 out=-"},
                {"p - a", "- a ", "strict=0 workers=4 image=- color=1 out=-"},
                {"p -w 8 -- --strict -w", "--strict -w ",
                 "strict=0 workers=8 image=- color=1 out=-"},
                {"p -w 8 -w 9", "", "strict=0 workers=9 image=- color=1 out=-"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct sample sample;
                pd_auto(pd_config_free_ptr) struct pd_config *config = sample_new(&sample);
                struct pd_err err = {0};
                pd_auto(pd_buf_done) struct pd_buf operands = PD_BUF_INIT(128);
                char values[256];
                struct line line = {0};
                int count = -1;

                print_message("  %s\n", rows[i].words);
                split(rows[i].words, &line);
                assert_pd_ok(pd_config_flags(config, line.argc, line.argv, &count, &err), err);

                for (int j = 1; j <= count; j++)
                        pd_buf_printf(&operands, "%s ", line.argv[j]);
                assert_string_equal(operands.data, rows[i].operands);
                show(&sample, values, sizeof(values));
                assert_string_equal(values, rows[i].values);
        }
}

static void wrong_flags_are_named(void **state)
{
        static const struct {
                const char *words, *says;
        } rows[] = {
                {"p --stric", "unknown flag '--stric'; did you mean '--strict'?"},
                {"p --colour=red", "unknown flag '--colour'; did you mean '--color'?"},
                {"p --token x", "unknown flag '--token'"},
                {"p --tokn-file x", "did you mean '--token-file'?"},
                {"p --frobnicate", "unknown flag '--frobnicate'"},
                {"p --pull_secret x", "did you mean '--pull-secret'?"},
                {"p -x", "unknown flag '-x'"},
                {"p --no-workers", "unknown flag '--no-workers'"},
                {"p --no-strict=true", "--no-strict takes no value"},
                {"p --workers", "--workers wants a value: N"},
                {"p -w", "-w wants a value: N"},
                {"p --color", "--color wants a value: red|green"},
                {"p --pull-secret", "--pull-secret wants a value: NAME"},
                {"p -w many", "-w: 'many' is no whole number from 1 to 64"},
                {"p --workers=65", "--workers: '65'"},
                {"p --strict=maybe", "--strict: 'maybe' is neither"},
                {"p --color=blue", "--color: 'blue' is none of red, green"},
                {"p --token-file /nonexistent", "--token-file: "},
                {"p --", NULL},
                {"p --=x", "unknown flag '--'"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct sample sample;
                pd_auto(pd_config_free_ptr) struct pd_config *config = sample_new(&sample);
                struct pd_err err = {0};
                struct line line = {0};
                int count = -1;

                print_message("  %s\n", rows[i].words);
                split(rows[i].words, &line);
                if (rows[i].says == NULL) {
                        assert_pd_ok(pd_config_flags(config, line.argc, line.argv, &count, &err),
                                     err);
                        continue;
                }
                assert_pd_fail(pd_config_flags(config, line.argc, line.argv, &count, &err), err,
                               PD_E_USAGE);
                assert_pd_says(err.msg, rows[i].says);
                assert_int_equal(count, -1);
        }
}

static void unknown_flags_far_from_all_get_no_advice(void **state)
{
        struct sample sample;
        pd_auto(pd_config_free_ptr) struct pd_config *config = sample_new(&sample);
        struct pd_err err = {0};
        struct line line;
        int count;
        (void)state;

        split("p --frobnicate", &line);
        assert_pd_fail(pd_config_flags(config, line.argc, line.argv, &count, &err), err,
                       PD_E_USAGE);
        assert_string_equal(err.msg, "unknown flag '--frobnicate'");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(flags_are_read_in_all_their_forms),
                cmocka_unit_test(wrong_flags_are_named),
                cmocka_unit_test(unknown_flags_far_from_all_get_no_advice),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
