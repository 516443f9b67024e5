/* test_sources.c - settings out of the environment and out of files. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "alloc_fail.h"
#include "base/file.h"
#include "base/own.h"
#include "pd_test.h"
#include "sample.h"

/* A file of its own for each test, named relative to the folder the test runs in. */
struct scratch {
        char path[32];
};

static void scratch_write(struct scratch *scratch, const char *text)
{
        struct pd_err err = {0};
        int fd;

        (void)snprintf(scratch->path, sizeof(scratch->path), "/tmp/pd-config-XXXXXX");
        fd = mkostemp(scratch->path, O_CLOEXEC);
        assert_true(fd >= 0);
        assert_pd_ok(pd_file_write_fd(fd, scratch->path, text, strlen(text), &err), err);
        (void)close(fd);
}

static void scratch_done(struct scratch *scratch)
{
        if (scratch->path[0] != '\0')
                (void)unlink(scratch->path);
}

static void variables_set_what_is_a_setting(void **state)
{
        char *environment[] = {(char[]){"HOME=/root"},
                               (char[]){"PD_WORKERS=7"},
                               (char[]){"PD_STRICT=true"},
                               (char[]){"PD_PULL_SECRET="},
                               (char[]){"PD_TOKEN=s3cr"},
                               (char[]){"PD_OUT=not-by-variable"},
                               (char[]){"PD_WORKERS_=9"},
                               (char[]){"PD_UNKNOWN=1"},
                               NULL};
        struct sample sample;
        pd_auto(pd_config_free_ptr) struct pd_config *config = sample_new(&sample);
        struct pd_err err = {0};
        (void)state;

        assert_pd_ok(pd_config_variables(config, environment, &err), err);
        assert_int_equal(sample.workers, 7);
        assert_true(sample.strict);
        assert_string_equal(sample.pull_secret, "");
        assert_string_equal(pd_secret_reveal(sample.token, NULL), "s3cr");
        assert_null(sample.out);
        assert_int_equal(pd_config_source_of(config, "strict"), PD_CONFIG_FROM_VARIABLE);
}

static void wrong_variables_are_named(void **state)
{
        static const struct {
                const char *variable, *says;
        } rows[] = {
                {"PD_WORKERS=x", "PD_WORKERS: 'x' is no whole number"},
                {"PD_WORKERS=", "PD_WORKERS: ''"},
                {"PD_COLOR=blue", "PD_COLOR: 'blue' is none of red, green"},
                {"PD_TOKEN=", "PD_TOKEN: the secret is empty"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                char variable[64];
                char *environment[] = {variable, NULL};
                struct sample sample;
                pd_auto(pd_config_free_ptr) struct pd_config *config = sample_new(&sample);
                struct pd_err err = {0};

                (void)snprintf(variable, sizeof(variable), "%s", rows[i].variable);
                assert_pd_fail(pd_config_variables(config, environment, &err), err, PD_E_INVALID);
                assert_pd_says(err.msg, rows[i].says);
        }
}

static void a_secret_comes_out_of_a_file_without_its_newline(void **state)
{
        pd_auto(scratch_done) struct scratch scratch = {0};
        char variable[64];
        char *environment[] = {variable, NULL, NULL};
        struct sample sample;
        pd_auto(pd_config_free_ptr) struct pd_config *config = sample_new(&sample);
        struct pd_err err = {0};
        size_t len;
        (void)state;

        scratch_write(&scratch, "two\nlines\n");
        (void)snprintf(variable, sizeof(variable), "PD_TOKEN_FILE=%s", scratch.path);
        assert_pd_ok(pd_config_variables(config, environment, &err), err);
        assert_string_equal(pd_secret_reveal(sample.token, &len), "two\nlines");
        assert_int_equal(len, strlen("two\nlines"));

        environment[1] = (char[]){"PD_TOKEN=x"};
        assert_pd_fail(pd_config_variables(config, environment, &err), err, PD_E_INVALID);
        assert_pd_says(err.msg, "PD_TOKEN and PD_TOKEN_FILE are both set");
}

static void a_secret_file_that_is_missing_or_empty_is_named(void **state)
{
        pd_auto(scratch_done) struct scratch scratch = {0};
        char variable[64];
        char *environment[] = {(char[]){"PD_TOKEN_FILE=/nonexistent/token"}, NULL};
        struct sample sample;
        pd_auto(pd_config_free_ptr) struct pd_config *config = sample_new(&sample);
        struct pd_err err = {0};
        (void)state;

        assert_pd_fail(pd_config_variables(config, environment, &err), err, PD_E_NOT_FOUND);
        assert_pd_says(err.msg, "PD_TOKEN_FILE: ");

        scratch_write(&scratch, "\n");
        (void)snprintf(variable, sizeof(variable), "PD_TOKEN_FILE=%s", scratch.path);
        environment[0] = variable;
        assert_pd_fail(pd_config_variables(config, environment, &err), err, PD_E_INVALID);
        assert_pd_says(err.msg, scratch.path);
        assert_null(sample.token);
}

static void a_file_sets_what_it_names(void **state)
{
        pd_auto(scratch_done) struct scratch scratch = {0};
        struct sample sample;
        pd_auto(pd_config_free_ptr) struct pd_config *config = sample_new(&sample);
        struct pd_err err = {0};
        (void)state;

        scratch_write(&scratch, "# settings\n"
                                "strict: true\n"
                                "workers: 7\n"
                                "limit: 1024\n"
                                "patience: 10s\n"
                                "image: \"a/b:1\"\n"
                                "pull_secret: null\n"
                                "color: red\n"
                                "token: \"s3cr\"\n");
        assert_pd_ok(pd_config_file(config, scratch.path, &err), err);
        assert_true(sample.strict);
        assert_int_equal(sample.workers, 7);
        assert_int_equal(sample.limit, 1024);
        assert_int_equal(sample.patience_ms, 10000);
        assert_string_equal(sample.image, "a/b:1");
        assert_string_equal(sample.pull_secret, "acumos-registry");
        assert_int_equal(sample.color, RED);
        assert_string_equal(pd_secret_reveal(sample.token, NULL), "s3cr");
        assert_int_equal(pd_config_source_of(config, "pull-secret"), PD_CONFIG_FROM_DEFAULT);
        assert_int_equal(pd_config_source_of(config, "color"), PD_CONFIG_FROM_FILE);
}

static void wrong_files_are_named_with_the_line(void **state)
{
        static const struct {
                const char *text, *says;
        } rows[] = {
                {"\nworkers: many\n", ":2: 'workers': 'many' is no whole number"},
                {"workers: 4\nworker: 4\n", ":2: no setting 'worker'; did you mean 'workers'?"},
                {"workers: 4\nfrobnicate: 4\n", ":2: no setting 'frobnicate'"},
                {"pull-secret: x\n", ":1: no setting 'pull-secret'; did you mean 'pull_secret'?"},
                {"out: x\n", "no setting 'out'"},
                {"image: 12\n", ":1: 'image' cannot be a number; write text, in quotes"},
                {"image: true\n", "cannot be a boolean; write text, in quotes"},
                {"strict: 1\n", "cannot be a number; write true or false"},
                {"workers: [1]\n", "cannot be an array; write a whole number"},
                {"\"workers\": 99\n", ": 'workers': '99'"},
                {"token_file: 3\n", "'token_file' wants the path of a file"},
                {"token_file: /nonexistent\n", "/nonexistent"},
                {"- workers\n", ": settings are lines of 'name: value'"},
                {"workers: 4\nworkers: 5\n", "line 2"},
                {"a: &x 1\n", "line 1"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(scratch_done) struct scratch scratch = {0};
                struct sample sample;
                pd_auto(pd_config_free_ptr) struct pd_config *config = sample_new(&sample);
                struct pd_err err = {0};

                print_message("  %s", rows[i].text);
                scratch_write(&scratch, rows[i].text);
                assert_int_equal(pd_config_file(config, scratch.path, &err), -1);
                assert_pd_says(err.msg, scratch.path);
                assert_pd_says(err.msg, rows[i].says);
        }
}

static void an_empty_file_sets_nothing(void **state)
{
        pd_auto(scratch_done) struct scratch scratch = {0};
        struct sample sample;
        pd_auto(pd_config_free_ptr) struct pd_config *config = sample_new(&sample);
        struct pd_err err = {0};
        (void)state;

        scratch_write(&scratch, "# nothing yet\n");
        assert_pd_ok(pd_config_file(config, scratch.path, &err), err);
        assert_int_equal(sample.workers, 4);
}

static void a_missing_file_is_named(void **state)
{
        struct sample sample;
        pd_auto(pd_config_free_ptr) struct pd_config *config = sample_new(&sample);
        struct pd_err err = {0};
        (void)state;

        assert_pd_fail(pd_config_file(config, "/nonexistent.yaml", &err), err, PD_E_NOT_FOUND);
        assert_pd_says(err.msg, "/nonexistent.yaml");
}

static int read_file(void *context, struct pd_err *err)
{
        const struct scratch *scratch = context;
        struct sample sample = {0};
        pd_auto(pd_config_free_ptr) struct pd_config *config = NULL;

        if (pd_config_new(&sample_table, &sample, &config, err) < 0)
                return -1;
        return pd_config_file(config, scratch->path, err);
}

static void a_lack_of_memory_while_reading_a_file_is_an_error(void **state)
{
        pd_auto(scratch_done) struct scratch scratch = {0};
        (void)state;

        scratch_write(&scratch, "image: \"a/b\"\ntoken: \"x\"\n");
        assert_true(pd_alloc_fail_each(read_file, &scratch) >= 8);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(variables_set_what_is_a_setting),
                cmocka_unit_test(wrong_variables_are_named),
                cmocka_unit_test(a_secret_comes_out_of_a_file_without_its_newline),
                cmocka_unit_test(a_secret_file_that_is_missing_or_empty_is_named),
                cmocka_unit_test(a_file_sets_what_it_names),
                cmocka_unit_test(wrong_files_are_named_with_the_line),
                cmocka_unit_test(an_empty_file_sets_nothing),
                cmocka_unit_test(a_missing_file_is_named),
                cmocka_unit_test(a_lack_of_memory_while_reading_a_file_is_an_error),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
