/* test_show.c - the settings for people: --help and --print-config. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "alloc_fail.h"
#include "base/file.h"
#include "base/own.h"
#include "pd_test.h"
#include "sample.h"

static void help_has_an_aligned_line_for_each_setting(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(4096);
        (void)state;

        pd_config_help(&sample_table, &out);
        assert_string_equal(
                out.data,
                "      --strict            take warnings for errors (PD_STRICT)\n"
                "  -w, --workers N         threads (default 4; PD_WORKERS)\n"
                "      --limit SIZE        most bytes (default 64MiB; PD_LIMIT)\n"
                "      --patience TIME     how long to wait (default 1500ms; PD_PATIENCE)\n"
                "      --image TEXT        what to run (PD_IMAGE)\n"
                "      --pull-secret NAME  for the registries (default acumos-registry; "
                "PD_PULL_SECRET)\n"
                "      --color red|green   of the output (default green; PD_COLOR)\n"
                "      --token-file FILE   who is calling (PD_TOKEN)\n"
                "  -o, --out FILE          where it goes\n");
}

static void markdown_has_a_row_for_each_setting(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(4096);
        (void)state;

        pd_config_markdown(&sample_table, &out);
        assert_string_equal(
                out.data,
                "| flag | variable | in the file | value | default | what |\n"
                "|---|---|---|---|---|---|\n"
                "| `--strict` | `PD_STRICT` | `strict` | true, false | `false` | take warnings "
                "for errors |\n"
                "| `-w`, `--workers` | `PD_WORKERS` | `workers` | 1 to 64 | `4` | threads |\n"
                "| `--limit` | `PD_LIMIT` | `limit` | up to 1073741824B | `64MiB` | most bytes |\n"
                "| `--patience` | `PD_PATIENCE` | `patience` | up to 60s | `1500ms` | how long to "
                "wait |\n"
                "| `--image` | `PD_IMAGE` | `image` | TEXT |  | what to run |\n"
                "| `--pull-secret` | `PD_PULL_SECRET` | `pull_secret` | NAME | `acumos-registry` | "
                "for the registries |\n"
                "| `--color` | `PD_COLOR` | `color` | red, green | `green` | of the output |\n"
                "| `--token-file` | `PD_TOKEN`, `PD_TOKEN_FILE` | `token`, `token_file` | text, or "
                "a file with it |  | who is calling |\n"
                "| `-o`, `--out` |  |  | FILE |  | where it goes |\n");
}

static void man_page_keeps_the_signs_of_its_markup(void **state)
{
        static const struct pd_config_key keys[] = {{.name = "pull-secret",
                                                     .type = PD_CONFIG_STRING,
                                                     .preset = "a_b",
                                                     .help = "of *all* pods"},
                                                    {.name = "version",
                                                     .short_flag = 'v',
                                                     .type = PD_CONFIG_BOOL,
                                                     .help = "tell it",
                                                     .flag_only = true}};
        const struct pd_config_table table = {keys, PD_COUNT(keys)};
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(4096);
        (void)state;

        pd_config_man(&table, &out);
        assert_string_equal(out.data, "*--pull-secret* _TEXT_\n"
                                      "\tof \\*all\\* pods; PD\\_PULL\\_SECRET. Default: a\\_b.\n\n"
                                      "*-v*, *--version*\n"
                                      "\ttell it.\n\n");
}

static void print_says_where_each_value_came_from(void **state)
{
        char *environment[] = {(char[]){"PD_TOKEN=s3cr3t"}, (char[]){"PD_PATIENCE=30s"}, NULL};
        struct sample sample;
        pd_auto(pd_config_free_ptr) struct pd_config *config = sample_new(&sample);
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(4096);
        struct pd_err err = {0};
        (void)state;

        assert_pd_ok(pd_config_variables(config, environment, &err), err);
        assert_pd_ok(pd_config_set(config, "strict", "true", PD_CONFIG_FROM_FLAG, &err), err);
        assert_pd_ok(pd_config_set(config, "color", "red", PD_CONFIG_FROM_FILE, &err), err);
        assert_pd_ok(pd_config_set(config, "limit", "1000", PD_CONFIG_FROM_OTHER, &err), err);
        pd_config_print(config, &out);
        assert_string_equal(out.data, "strict: true  # flag\n"
                                      "workers: 4  # default\n"
                                      "limit: \"1000B\"  # program\n"
                                      "patience: \"30s\"  # variable\n"
                                      "# image: null  # default\n"
                                      "pull_secret: acumos-registry  # default\n"
                                      "color: red  # file\n"
                                      "# token: \"***\"  # variable\n");
        assert_pd_ok(pd_buf_check(&out, "settings", &err), err);
}

static void what_print_writes_sets_the_same_again(void **state)
{
        char path[] = "/tmp/pd-config-XXXXXX";
        struct sample sample, again;
        pd_auto(pd_config_free_ptr) struct pd_config *config = sample_new(&sample);
        pd_auto(pd_config_free_ptr) struct pd_config *second = sample_new(&again);
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(4096);
        pd_auto(pd_close_ptr) int fd = mkostemp(path, O_CLOEXEC);
        struct pd_err err = {0};
        (void)state;

        assert_pd_ok(pd_config_set(config, "image", "no: #\n\"x\"", PD_CONFIG_FROM_FLAG, &err),
                     err);
        assert_pd_ok(pd_config_set(config, "pull-secret", "", PD_CONFIG_FROM_FLAG, &err), err);
        assert_pd_ok(pd_config_set(config, "patience", "0", PD_CONFIG_FROM_FLAG, &err), err);
        assert_pd_ok(pd_config_set(config, "limit", "0", PD_CONFIG_FROM_FLAG, &err), err);
        pd_config_print(config, &out);
        assert_pd_ok(pd_file_write_fd(fd, path, out.data, out.len, &err), err);

        assert_pd_ok(pd_config_file(second, path, &err), err);
        (void)unlink(path);
        assert_string_equal(again.image, sample.image);
        assert_string_equal(again.pull_secret, "");
        assert_int_equal(again.patience_ms, 0);
        assert_int_equal(again.limit, 0);
        assert_int_equal(pd_config_source_of(second, "workers"), PD_CONFIG_FROM_FILE);
}

static int show_all(void *context, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf help = PD_BUF_INIT(4096);
        pd_auto(pd_buf_done) struct pd_buf settings = PD_BUF_INIT(4096);

        pd_config_help(&sample_table, &help);
        pd_config_print(context, &settings);
        if (pd_buf_check(&help, "help", err) < 0)
                return -1;
        return pd_buf_check(&settings, "settings", err);
}

static void a_lack_of_memory_is_never_half_a_page(void **state)
{
        struct sample sample;
        pd_auto(pd_config_free_ptr) struct pd_config *config = sample_new(&sample);
        (void)state;

        assert_true(pd_alloc_fail_each(show_all, config) >= 8);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(help_has_an_aligned_line_for_each_setting),
                cmocka_unit_test(markdown_has_a_row_for_each_setting),
                cmocka_unit_test(man_page_keeps_the_signs_of_its_markup),
                cmocka_unit_test(print_says_where_each_value_came_from),
                cmocka_unit_test(what_print_writes_sets_the_same_again),
                cmocka_unit_test(a_lack_of_memory_is_never_half_a_page),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
