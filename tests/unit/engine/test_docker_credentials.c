/* test_docker_credentials.c - what config.json says of the registry of an image. */
#include "docker_credentials.h"

#include <string.h>

#include "alloc_fail.h"
#include "base/base64.h"
#include "json/get.h"
#include "json/json.h"
#include "pd_test.h"

#define HEADER "X-Registry-Auth: "

/* "user:pass" */
#define AUTH "{'auth': 'dXNlcjpwYXNz'}"

static const struct {
        const char *what;
        const char *config;
        const char *image;
        const char *key;    /* whose credentials are taken; NULL: none */
        const char *helper; /* NULL: none */
} rows[] = {
        {"the registry alone", "{'auths': {'r.io:5000': " AUTH "}}", "r.io:5000/a:1", "r.io:5000",
         NULL},
        {"an address", "{'auths': {'https://r.io/v2/': " AUTH "}}", "r.io/a", "https://r.io/v2/",
         NULL},
        {"another port", "{'auths': {'r.io:5001': " AUTH "}}", "r.io:5000/a:1", NULL, NULL},
        {"another registry", "{'auths': {'r.io.evil': " AUTH "}}", "r.io/a", NULL, NULL},
        {"Docker Hub", "{'auths': {'https://index.docker.io/v1/': " AUTH "}}", "user/a",
         "https://index.docker.io/v1/", NULL},
        {"Docker Hub by name", "{'auths': {'https://index.docker.io/v1/': " AUTH "}}",
         "docker.io/user/a", "https://index.docker.io/v1/", NULL},
        {"Docker Hub's are for no other", "{'auths': {'https://index.docker.io/v1/': " AUTH "}}",
         "r.io/a", NULL, NULL},
        {"a store of all", "{'auths': {'r.io': {}}, 'credsStore': 'secretservice'}", "r.io/a", NULL,
         "secretservice"},
        {"a helper of one", "{'credHelpers': {'r.io': 'gcr'}, 'credsStore': 's'}", "r.io/a", NULL,
         "gcr"},
        {"a helper of another", "{'credHelpers': {'q.io': 'gcr'}}", "r.io/a", NULL, NULL},
        {"nothing", "{}", "r.io/a", NULL, NULL},
        {"no base64", "{'auths': {'r.io': {'auth': '!'}}}", "r.io/a", NULL, NULL},
        {"no colon", "{'auths': {'r.io': {'auth': 'dXNlcg=='}}}", "r.io/a", NULL, NULL},
        {"another shape", "{'auths': ['r.io'], 'credHelpers': 1}", "r.io/a", NULL, NULL},
};

/* JSON with the quotes that C wants escaped written as '. */
static json_t *read_quoted(const char *text)
{
        char copy[512] = {0};
        json_t *json;

        assert_true(strlen(text) < sizeof(copy));
        for (size_t i = 0; text[i] != '\0'; i++)
                copy[i] = text[i] == '\'' ? '"' : text[i];
        json = json_loads(copy, 0, NULL);
        assert_non_null(json);
        return json;
}

/* What a header carries. */
static json_t *decode(const char *header)
{
        char text[512] = {0};
        size_t len;

        assert_memory_equal(header, HEADER, strlen(HEADER));
        header += strlen(HEADER);
        assert_null(strpbrk(header, "+/\r\n"));
        assert_true(pd_base64_decode(header, strlen(header), text, &len));
        return json_loads(text, 0, NULL);
}

static void credentials_are_those_of_the_images_registry(void **state)
{
        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_json_free_ptr) json_t *config = read_quoted(rows[i].config);
                pd_auto(pd_json_free_ptr) json_t *auth = NULL;
                pd_auto(pd_arena_done) struct pd_arena arena = {0};
                struct pd_docker_credentials found;
                struct pd_err err = {0};

                print_message("# %s\n", rows[i].what);
                assert_pd_ok(
                        pd_docker_credentials_read(config, rows[i].image, &arena, &found, &err),
                        err);
                assert_int_equal(found.helper != NULL, rows[i].helper != NULL);
                if (found.helper != NULL)
                        assert_string_equal(found.helper, rows[i].helper);
                assert_int_equal(found.header != NULL, rows[i].key != NULL);
                if (found.header == NULL)
                        continue;
                auth = decode(found.header);
                assert_string_equal(pd_json_get_string(auth, "username"), "user");
                assert_string_equal(pd_json_get_string(auth, "password"), "pass");
                assert_string_equal(pd_json_get_string(auth, "serveraddress"), rows[i].key);
        }
}

static void a_token_counts_before_a_password(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *config = read_quoted(
                "{'auths': {'r.io': {'auth': 'dXNlcjpwYXNz', 'identitytoken': 'tok'}}}");
        pd_auto(pd_json_free_ptr) json_t *auth = NULL;
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_docker_credentials found;
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(pd_docker_credentials_read(config, "r.io/a", &arena, &found, &err), err);
        auth = decode(found.header);
        assert_string_equal(pd_json_get_string(auth, "identitytoken"), "tok");
        assert_null(pd_json_get_string(auth, "password"));
}

static void without_a_folder_or_a_file_there_are_none(void **state)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_docker_credentials found = {.header = "x"};
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(pd_docker_credentials_find(NULL, "a", &arena, &found, &err), err);
        assert_null(found.header);
        assert_pd_ok(pd_docker_credentials_find("/nowhere", "a", &arena, &found, &err), err);
        assert_null(found.helper);
}

static int read_and_drop(void *context, struct pd_err *err)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_docker_credentials found = {0};

        if (pd_docker_credentials_read(context, "r.io/a", &arena, &found, err) < 0)
                return -1;
        assert_non_null(found.header);
        return 0;
}

static void a_lack_of_memory_is_an_error_and_not_a_pull_without_credentials(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *config = read_quoted("{'auths': {'r.io': " AUTH "}}");

        (void)state;
        pd_alloc_fail_each(read_and_drop, config);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(credentials_are_those_of_the_images_registry),
                cmocka_unit_test(a_token_counts_before_a_password),
                cmocka_unit_test(without_a_folder_or_a_file_there_are_none),
                cmocka_unit_test(a_lack_of_memory_is_an_error_and_not_a_pull_without_credentials),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
