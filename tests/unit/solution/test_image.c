/* test_image.c - the grammar of image names; most rows are cases that distribution/reference
 * publishes. */
#include <stdlib.h>
#include <string.h>

#include "pd_test.h"
#include "solution/image.h"

#define HEX16 "0123456789abcdef"
#define HEX64 HEX16 HEX16 HEX16 HEX16
#define A16   "aaaaaaaaaaaaaaaa"
#define A128  A16 A16 A16 A16 A16 A16 A16 A16

static void images_come_apart(void **state)
{
        static const struct {
                const char *text, *domain, *path, *tag, *digest, *repository;
        } rows[] = {
                {"test_com", "", "test_com", "", "", "test_com"},
                {"test.com:tag", "", "test.com", "tag", "", "test.com"},
                {"test.com:5000", "", "test.com", "5000", "", "test.com"},
                {"test.com/repo:tag", "test.com", "repo", "tag", "", "repo"},
                {"test:5000/repo", "test:5000", "repo", "", "", "repo"},
                {"test:5000/repo:tag", "test:5000", "repo", "tag", "", "repo"},
                {"test:5000/repo@sha256:" HEX64, "test:5000", "repo", "", "sha256:" HEX64, "repo"},
                {"test:5000/repo:tag@sha256:" HEX64, "test:5000", "repo", "tag", "sha256:" HEX64,
                 "repo"},
                {"r@sha512:" HEX64 HEX64, "", "r", "", "sha512:" HEX64 HEX64, "r"},
                {"r@sha384:" HEX64 HEX16 HEX16, "", "r", "", "sha384:" HEX64 HEX16 HEX16, "r"},
                {"lowercase:Uppercase", "", "lowercase", "Uppercase", "", "lowercase"},
                {"sub-dom1.foo.com/bar/baz/quux:some-long-tag", "sub-dom1.foo.com", "bar/baz/quux",
                 "some-long-tag", "", "quux"},
                {"b.gcr.io/test.example.com/my-app:test.example.com", "b.gcr.io",
                 "test.example.com/my-app", "test.example.com", "", "my-app"},
                {"xn--n3h.com/myimage:xn--n3h.com", "xn--n3h.com", "myimage", "xn--n3h.com", "",
                 "myimage"},
                {"foo_bar.com:8080", "", "foo_bar.com", "8080", "", "foo_bar.com"},
                {"foo/foo_bar.com:8080", "", "foo/foo_bar.com", "8080", "", "foo_bar.com"},
                {"192.168.1.1", "", "192.168.1.1", "", "", "192.168.1.1"},
                {"192.168.1.1:5000/repo:5050", "192.168.1.1:5000", "repo", "5050", "", "repo"},
                {"[2001:db8::1]/repo", "[2001:db8::1]", "repo", "", "", "repo"},
                {"[2001:DB8::1]:5000/repo:tag", "[2001:DB8::1]:5000", "repo", "tag", "", "repo"},
                {"[::1]:5000/repo", "[::1]:5000", "repo", "", "", "repo"},
                {"localhost/repo", "localhost", "repo", "", "", "repo"},
                {"localhost", "", "localhost", "", "", "localhost"},
                {"library/ubuntu", "", "library/ubuntu", "", "", "ubuntu"},
                {"Registry.Example.com/a", "Registry.Example.com", "a", "", "", "a"},
                {"docker/docker", "", "docker/docker", "", "", "docker"},
                {"a__b/c_d/e.f/g---h", "", "a__b/c_d/e.f/g---h", "", "", "g---h"},
                {"a:_1.-", "", "a", "_1.-", "", "a"},
                {"a:" A128, "", "a", A128, "", "a"},
                {"dddddddd/" A128 "/aaaaaaaaaaaa", "", "dddddddd/" A128 "/aaaaaaaaaaaa", "", "",
                 "aaaaaaaaaaaa"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct pd_image image;
                struct pd_err err = {0};
                struct pd_span repository;

                print_message("# %s\n", rows[i].text);
                assert_pd_ok(pd_image_parse(rows[i].text, &image, &err), err);
                repository = pd_image_repository(&image);

#define assert_span(span, want)                                                                    \
        assert_int_equal((span).len, strlen(want));                                                \
        assert_memory_equal((span).len > 0 ? (span).at : "", (want), strlen(want))
                assert_span(image.domain, rows[i].domain);
                assert_span(image.path, rows[i].path);
                assert_span(image.tag, rows[i].tag);
                assert_span(image.digest, rows[i].digest);
                assert_span(repository, rows[i].repository);
        }
}

static const struct {
        const char *text, *says;
} refused[] = {
        {"", "is empty"},
        {" a", "blanks around"},
        {"a\n", "blanks around"},
        {"https://cicd.example.org:7444/a:v1", "is a web address: write it without 'https://'"},
        {"docker://a", "without 'docker://'"},
        {"url of the docker image", "is not the name of an image, such as"},
        {"<your image>", "is not the name of an image"},
        {"${REGISTRY}/a", "is not the name of an image"},
        {"a\tb", "is not the name of an image"},
        {"aa/asdf$$^/aa", "is not the name of an image"},
        {"b\xc3\xa4r", "is not the name of an image"},
        {HEX64, "is the id of an image"},
        {":justtag", "path that is none"},
        {"@sha256:" HEX64, "path that is none"},
        {"repo@sha256:ffffffffffffffffffffffffffffffffff", "digest that is none"},
        {"repo@sha512:" HEX64, "digest that is none"},
        {"repo@sha256:" HEX16 HEX16 HEX16 "0123456789ABCDEF", "digest that is none"},
        {"validname@invaliddigest:" HEX64 HEX64, "digest that is none"},
        {"repo@", "digest that is none"},
        {"repo@sha256:" HEX64 "@sha256:" HEX64, "digest that is none"},
        {"Uppercase:tag", "upper case"},
        {"test:5000/Uppercase/lowercase:tag", "upper case"},
        {"Uppercase/lowercase:tag", "upper case"},
        {"repo:", "empty tag"},
        {"repo:a:b", "tag that is none"},
        {"repo:.a", "tag that is none"},
        {"repo:-a", "tag that is none"},
        {"repo:a+b", "tag that is none"},
        {"a:" A128 "a", "more than 128 characters"},
        {"ddddddddd/" A128 "/" A16 A16 A16 A16 A16 A16 A16 "aaaaa", "more than 255"},
        {"d.d/" A128 A128, "more than 255"},
        {"[fe80::1%eth0]:5000/repo", "neither a host"},
        {"[2001:db8::1]", "path that is none"},
        {"[2001:db8::1]:5000", "path that is none"},
        {"[::1]x/repo", "neither a host"},
        {"[::1]:/repo", "neither a host"},
        {"[]:1/repo", "neither a host"},
        {"foo:tag/repo", "neither a host"},
        {"foo..com/repo", "neither a host"},
        {"-foo.com/repo", "neither a host"},
        {"foo-.com/repo", "neither a host"},
        {":5000/repo", "neither a host"},
        {"foo_bar.com/repo", "neither a host"},
        {"-foo/bar", "path that is none"},
        {"foo/-bar", "path that is none"},
        {"foo/bar-", "path that is none"},
        {"foo//bar", "path that is none"},
        {"/foo", "path that is none"},
        {"foo/", "path that is none"},
        {"a___b", "path that is none"},
        {"a..b", "path that is none"},
        {"a._b", "path that is none"},
        {"a%b", "path that is none"},
};

static void what_is_no_image_is_told_why(void **state)
{
        (void)state;

        for (size_t i = 0; i < PD_COUNT(refused); i++) {
                struct pd_image image = {0};
                struct pd_err err = {0};

                print_message("# %zu\n", i);
                assert_pd_fail(pd_image_parse(refused[i].text, &image, &err), err, PD_E_INVALID);
                assert_pd_says(err.msg, pd_show(refused[i].text).text);
                assert_pd_says(err.msg, refused[i].says);
                assert_null(image.path.at);
        }
}

static void names_may_have_255_characters(void **state)
{
        char text[] = "d.d/" A128 "/" A128 "-" A16;
        struct pd_image image;
        struct pd_err err = {0};
        (void)state;

        text[PD_IMAGE_MAX_NAME] = '\0';
        assert_pd_ok(pd_image_parse(text, &image, &err), err);
        text[PD_IMAGE_MAX_NAME] = 'a';
        assert_pd_fail(pd_image_parse(text, &image, &err), err, PD_E_INVALID);
}

static void a_check_says_what_to_write_instead(void **state)
{
        static const struct {
                const char *text;
                bool is_image;
                const char *says; /* NULL: nothing */
        } rows[] = {
                {"docker.io/a/b:1", true, NULL},
                {"hub.docker.com/a/b:v3", true, "write 'docker.io/a/b:v3'"},
                {"hub.docker.com/r/a/b", true, "write 'docker.io/a/b'"},
                {"https://a/b", false, "image 'https://a/b' is a web address"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct pd_findings findings = {0};
                struct pd_image image = {0};

                assert_int_equal(pd_image_check(rows[i].text, "nodes[1].image", &findings, &image),
                                 rows[i].is_image);
                assert_int_equal(image.path.at != NULL, rows[i].is_image);
                assert_int_equal(findings.count, rows[i].says != NULL);
                assert_int_equal(findings.errors, !rows[i].is_image);
                if (rows[i].says != NULL) {
                        assert_pd_says(findings.at[0].message, rows[i].says);
                        assert_string_equal(findings.at[0].path, "nodes[1].image");
                }
                pd_findings_done(&findings);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(images_come_apart),
                cmocka_unit_test(what_is_no_image_is_told_why),
                cmocka_unit_test(names_may_have_255_characters),
                cmocka_unit_test(a_check_says_what_to_write_instead),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
