/* test_config.c - values of each type, and which source wins. */
#include <stdio.h>
#include <string.h>

#include "alloc_fail.h"
#include "base/own.h"
#include "pd_test.h"
#include "sample.h"

static void new_config_has_the_defaults_of_its_table(void **state)
{
        struct sample sample;
        pd_auto(pd_config_free_ptr) struct pd_config *config = sample_new(&sample);
        (void)state;

        assert_false(sample.strict);
        assert_int_equal(sample.workers, 4);
        assert_int_equal(sample.limit, 64 << 20);
        assert_int_equal(sample.patience_ms, 1500);
        assert_null(sample.image);
        assert_string_equal(sample.pull_secret, "acumos-registry");
        assert_int_equal(sample.color, GREEN);
        assert_null(sample.token);
        assert_int_equal(pd_config_source_of(config, "workers"), PD_CONFIG_FROM_DEFAULT);
}

static void set_reads_a_value_of_each_type(void **state)
{
        struct sample sample;
        pd_auto(pd_config_free_ptr) struct pd_config *config = sample_new(&sample);
        static const struct {
                const char *name, *value;
        } rows[] = {
                {"strict", "true"}, {"workers", "64"},   {"limit", "2KiB"},
                {"patience", "1m"}, {"image", "a/b:1"},  {"pull-secret", ""},
                {"color", "red"},   {"token", "s3cr3t"}, {"out", "x.zip"},
        };
        struct pd_err err = {0};
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++)
                assert_pd_ok(pd_config_set(config, rows[i].name, rows[i].value,
                                           PD_CONFIG_FROM_OTHER, &err),
                             err);

        assert_true(sample.strict);
        assert_int_equal(sample.workers, 64);
        assert_int_equal(sample.limit, 2048);
        assert_int_equal(sample.patience_ms, 60000);
        assert_string_equal(sample.image, "a/b:1");
        assert_string_equal(sample.pull_secret, "");
        assert_int_equal(sample.color, RED);
        assert_string_equal(pd_secret_reveal(sample.token, NULL), "s3cr3t");
        assert_string_equal(sample.out, "x.zip");
}

static void set_refuses_what_is_no_value_and_keeps_the_old_one(void **state)
{
        static const struct {
                const char *name, *value, *says;
        } rows[] = {
                {"strict", "yes", "'strict': 'yes' is neither 'true' nor 'false'"},
                {"strict", "", "neither"},
                {"workers", "0", "'workers': '0' is no whole number from 1 to 64"},
                {"workers", "65", "'65'"},
                {"workers", "4x", "'4x'"},
                {"limit", "1TiB", "'limit': '1TiB' is no size"},
                {"limit", "2GiB", "'2GiB'"},
                {"patience", "5", "'patience': '5' is no duration"},
                {"patience", "61s", "'61s'"},
                {"color", "Red", "'color': 'Red' is none of red, green"},
                {"token", "", "'token': the secret is empty"},
                {"colour", "red", "no setting 'colour'"},
        };
        struct sample sample;
        pd_auto(pd_config_free_ptr) struct pd_config *config = sample_new(&sample);
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct pd_err err = {0};

                print_message("  %s=%s\n", rows[i].name, rows[i].value);
                assert_pd_fail(pd_config_set(config, rows[i].name, rows[i].value,
                                             PD_CONFIG_FROM_FLAG, &err),
                               err, PD_E_INVALID);
                assert_pd_says(err.msg, rows[i].says);
        }
        assert_int_equal(sample.workers, 4);
        assert_int_equal(sample.color, GREEN);
        assert_int_equal(pd_config_source_of(config, "workers"), PD_CONFIG_FROM_DEFAULT);
}

/* Every pair of sources, set in this order: the stronger one wins, of equals the later. */
static void the_stronger_source_wins_in_any_order(void **state)
{
        static const char *const values[] = {"d", "f", "o", "v", "flag"};
        (void)state;

        for (int first = PD_CONFIG_FROM_FILE; first <= PD_CONFIG_FROM_FLAG; first++) {
                for (int second = PD_CONFIG_FROM_FILE; second <= PD_CONFIG_FROM_FLAG; second++) {
                        int winner = second >= first ? second : first;
                        struct sample sample;
                        pd_auto(pd_config_free_ptr) struct pd_config *config = sample_new(&sample);
                        struct pd_err err = {0};

                        assert_pd_ok(pd_config_set(config, "pull-secret", values[first],
                                                   (enum pd_config_source)first, &err),
                                     err);
                        assert_pd_ok(pd_config_set(config, "pull-secret", values[second],
                                                   (enum pd_config_source)second, &err),
                                     err);
                        assert_string_equal(sample.pull_secret, values[winner]);
                        assert_int_equal(pd_config_source_of(config, "pull-secret"), winner);
                }
        }
}

static void a_weaker_value_is_checked_all_the_same(void **state)
{
        struct sample sample;
        pd_auto(pd_config_free_ptr) struct pd_config *config = sample_new(&sample);
        struct pd_err err = {0};
        (void)state;

        assert_pd_ok(pd_config_set(config, "workers", "9", PD_CONFIG_FROM_FLAG, &err), err);
        assert_pd_fail(pd_config_set(config, "workers", "many", PD_CONFIG_FROM_FILE, &err), err,
                       PD_E_INVALID);
        assert_int_equal(sample.workers, 9);
}

static void free_releases_and_unsets_what_the_target_owned(void **state)
{
        struct sample sample;
        struct pd_config *config = sample_new(&sample);
        struct pd_err err = {0};
        (void)state;

        assert_pd_ok(pd_config_set(config, "token", "x", PD_CONFIG_FROM_FLAG, &err), err);
        assert_pd_ok(pd_config_set(config, "token", "y", PD_CONFIG_FROM_FLAG, &err), err);
        pd_config_free(config);
        assert_null(sample.token);
        assert_null(sample.pull_secret);
        pd_config_free(NULL);
}

static void a_bad_default_is_told(void **state)
{
        static const struct pd_config_key keys[] = {
                {.name = "workers", .type = PD_CONFIG_INT, .preset = "none", .max = 1},
        };
        static const struct pd_config_table table = {keys, 1};
        struct pd_config *config = NULL;
        struct pd_err err = {0};
        int64_t workers = 0;
        (void)state;

        assert_pd_fail(pd_config_new(&table, &workers, &config, &err), err, PD_E_INVALID);
        assert_pd_says(err.msg, "default of 'workers': 'none'");
        assert_null(config);
}

static int bind_and_set(void *context, struct pd_err *err)
{
        struct sample sample = {0};
        pd_auto(pd_config_free_ptr) struct pd_config *config = NULL;
        (void)context;

        if (pd_config_new(&sample_table, &sample, &config, err) < 0 ||
            pd_config_set(config, "image", "a/b", PD_CONFIG_FROM_FILE, err) < 0)
                return -1;
        return pd_config_set(config, "token", "x", PD_CONFIG_FROM_FILE, err);
}

static void a_lack_of_memory_is_an_error(void **state)
{
        (void)state;

        assert_true(pd_alloc_fail_each(bind_and_set, NULL) >= 5);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(new_config_has_the_defaults_of_its_table),
                cmocka_unit_test(set_reads_a_value_of_each_type),
                cmocka_unit_test(set_refuses_what_is_no_value_and_keeps_the_old_one),
                cmocka_unit_test(the_stronger_source_wins_in_any_order),
                cmocka_unit_test(a_weaker_value_is_checked_all_the_same),
                cmocka_unit_test(free_releases_and_unsets_what_the_target_owned),
                cmocka_unit_test(a_bad_default_is_told),
                cmocka_unit_test(a_lack_of_memory_is_an_error),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
