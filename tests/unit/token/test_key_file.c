/* test_key_file.c - one key, made once, for its owner alone. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "pd_test.h"
#include "token/key_file.h"
#include "token/token.h"

static int make_folder(void **state)
{
        char folder[] = "/tmp/pd-key-XXXXXX";
        char *path = NULL;

        if (mkdtemp(folder) == NULL || asprintf(&path, "%s/token.key", folder) < 0)
                return -1;
        *state = path;
        return 0;
}

static int remove_folder(void **state)
{
        char *path = *state;

        (void)unlink(path); /* a test may have made none */
        *strrchr(path, '/') = '\0';
        assert_int_equal(rmdir(path), 0); /* nothing else was left there */
        free(path);
        return 0;
}

static void a_key_is_made_once_and_is_good_for_tokens(void **state)
{
        pd_auto(pd_secret_free_ptr) struct pd_secret *first = NULL;
        pd_auto(pd_secret_free_ptr) struct pd_secret *second = NULL;
        pd_auto(pd_token_checker_free_ptr) struct pd_token_checker *checker = NULL;
        struct stat file;
        struct pd_err err = {0};

        assert_pd_ok(pd_token_key_file(*state, true, &first, &err), err);
        assert_pd_ok(pd_token_key_file(*state, false, &second, &err), err);
        assert_true(pd_secret_equal(first, second));
        assert_int_equal(stat(*state, &file), 0);
        assert_int_equal(file.st_mode & 0777, 0600);
        assert_pd_ok(pd_token_checker_new(&pd_token_default_policy, first, NULL, &checker, &err),
                     err);
        assert_false(pd_token_checker_is_weak(checker));
}

static void without_leave_nothing_is_made(void **state)
{
        struct pd_secret *secret = NULL;
        struct pd_err err = {0};

        assert_pd_fail(pd_token_key_file(*state, false, &secret, &err), err, PD_E_NOT_FOUND);
        assert_int_equal(access(*state, F_OK), -1);
}

static void a_key_that_others_can_read_is_refused(void **state)
{
        pd_auto(pd_secret_free_ptr) struct pd_secret *secret = NULL;
        struct pd_secret *again = NULL;
        struct pd_err err = {0};

        assert_pd_ok(pd_token_key_file(*state, true, &secret, &err), err);
        assert_int_equal(chmod(*state, 0640), 0);
        assert_pd_fail(pd_token_key_file(*state, true, &again, &err), err, PD_E_FORBIDDEN);
        assert_pd_says(err.msg, "chmod 600");
}

static void a_folder_that_is_not_there_is_named(void **state)
{
        struct pd_secret *secret = NULL;
        struct pd_err err = {0};

        (void)state;
        assert_pd_fail(pd_token_key_file("/nonexistent/token.key", true, &secret, &err), err,
                       PD_E_NOT_FOUND);
        assert_pd_says(err.msg, "/nonexistent/token.key");
}

static void *open_key(void *path)
{
        struct pd_secret *secret = NULL;

        return pd_token_key_file(path, true, &secret, NULL) == 0 ? secret : NULL;
}

static void all_who_make_it_at_once_get_the_same_key(void **state)
{
        pthread_t threads[8];
        struct pd_secret *keys[PD_COUNT(threads)];

        for (size_t i = 0; i < PD_COUNT(threads); i++)
                assert_int_equal(pthread_create(&threads[i], NULL, open_key, *state), 0);
        for (size_t i = 0; i < PD_COUNT(threads); i++) {
                void *key;

                (void)pthread_join(threads[i], &key);
                keys[i] = key;
        }
        for (size_t i = 0; i < PD_COUNT(threads); i++) {
                assert_true(pd_secret_equal(keys[0], keys[i]));
                if (i > 0)
                        pd_secret_free(keys[i]);
        }
        pd_secret_free(keys[0]);
}

#define PLACED(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
        const struct CMUnitTest tests[] = {
                PLACED(a_key_is_made_once_and_is_good_for_tokens),
                PLACED(without_leave_nothing_is_made),
                PLACED(a_key_that_others_can_read_is_refused),
                PLACED(a_folder_that_is_not_there_is_named),
                PLACED(all_who_make_it_at_once_get_the_same_key),
        };

        return cmocka_run_group_tests_name("key_file", tests, NULL, NULL);
}
