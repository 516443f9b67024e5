/* test_cli.c - the command line in this process: twice at once, and with memory failing. */
#include "cli/cli.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc_fail.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/own.h"
#include "pd_test.h"

#define MAX_WORDS  12
#define MAX_OUTPUT (1024 * 1024)

/* A command line with descriptors that lead nowhere but to `out` and `err`, files without names. */
struct call {
        const char *words;
        struct pd_cli cli;
};

static char *no_environment[] = {NULL};

static void call_init(struct call *call, const char *words)
{
        call->words = words;
        call->cli.in = open("/dev/null", O_RDONLY | O_CLOEXEC);
        call->cli.out = memfd_create("out", MFD_CLOEXEC);
        call->cli.err = memfd_create("err", MFD_CLOEXEC);
        call->cli.environment = no_environment;
        assert_true(call->cli.in >= 0 && call->cli.out >= 0 && call->cli.err >= 0);
}

static void call_done(struct call *call)
{
        (void)close(call->cli.in);
        (void)close(call->cli.out);
        (void)close(call->cli.err);
}

static int call_run(const struct call *call)
{
        char text[512];
        char *argv[MAX_WORDS + 1] = {NULL};
        char *rest = text;
        int argc = 0;

        (void)snprintf(text, sizeof(text), "%s", call->words);
        while (rest != NULL && argc < MAX_WORDS)
                argv[argc++] = strsep(&rest, " ");
        (void)lseek(call->cli.in, 0, SEEK_SET); /* for the next call */
        return pd_cli_run(&call->cli, argc, argv);
}

/* What was written to a descriptor; the caller frees it. */
static char *written(int fd)
{
        struct pd_err err = {0};
        char *text = NULL;

        assert_true(lseek(fd, 0, SEEK_SET) == 0);
        assert_pd_ok(pd_file_read_fd(fd, "output", MAX_OUTPUT, &text, NULL, &err), err);
        return text;
}

static void a_call_uses_the_descriptors_it_is_given(void **state)
{
        pd_auto(call_done) struct call good;
        pd_auto(call_done) struct call bad;
        pd_auto(pd_free_ptr) char *out = NULL;
        pd_auto(pd_free_ptr) char *err = NULL;
        (void)state;

        call_init(&good, "playgroundctl validate " EXAMPLES "/chain");
        call_init(&bad, "playgroundctl validate " EXAMPLES "/nothing");
        assert_int_equal(call_run(&good), 0);
        assert_int_equal(call_run(&bad), 4);

        out = written(good.cli.out);
        err = written(bad.cli.err);
        assert_string_equal(out, "no findings\n");
        assert_pd_says(err, "error: cannot ");
        assert_int_equal(lseek(good.cli.err, 0, SEEK_END), 0);
        assert_int_equal(lseek(bad.cli.out, 0, SEEK_END), 0);
}

/* A lack of memory is our fault, and anything else but success is not to be blamed on it. */
static int run_for_memory(void *context, struct pd_err *err)
{
        int status = call_run(context);

        if (status == 0)
                return 0;
        return pd_fail(err, status == 1 ? PD_E_INTERNAL : PD_E_INVALID, 0, "exit status %d",
                       status);
}

static void fail_each_allocation(struct call *call)
{
        size_t failed = pd_alloc_fail_each(run_for_memory, call);

        print_message("  %s: %zu allocations\n", call->words, failed);
        assert_true(failed > 1);
}

static void a_lack_of_memory_ends_every_command_cleanly(void **state)
{
        static const char *const lines[] = {
                "playgroundctl help",
                "playgroundctl help render",
                "playgroundctl version --output json",
                "playgroundctl validate " EXAMPLES "/chain/blueprint.json",
                "playgroundctl validate --output json " EXAMPLES "/chain/blueprint.json",
                "playgroundctl validate " EXAMPLES "/single-model", /* asks protoc */
                "playgroundctl graph " EXAMPLES "/chain",
                "playgroundctl render -o - " EXAMPLES "/shared-folder/blueprint.json",
                "playgroundctl render -o - --limits cpu=1 --image a/b:1 --name b --pull-secret c",
                "playgroundctl render -o /dev/null --output json --image a/b:1 --name b",
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(lines); i++) {
                pd_auto(call_done) struct call call;

                call_init(&call, lines[i]);
                fail_each_allocation(&call);
        }
}

static void a_lack_of_memory_ends_every_command_on_a_zip_cleanly(void **state)
{
        static const struct {
                const char *render, *words;
        } rows[] = {
                {"playgroundctl render -o - --image a/b:1 --name b", "playgroundctl inspect -"},
                {"playgroundctl render -o - --image a/b:1 --name b",
                 "playgroundctl inspect - --output json"},
                {"playgroundctl render -o - " EXAMPLES "/shared-folder/blueprint.json",
                 "playgroundctl render - -o - --limits cpu=1 --claim-size 2Gi"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(call_done) struct call render;
                pd_auto(call_done) struct call call;

                call_init(&render, rows[i].render);
                assert_int_equal(call_run(&render), 0);
                call_init(&call, rows[i].words);
                assert_true(dup3(render.cli.out, call.cli.in, O_CLOEXEC) >= 0);
                fail_each_allocation(&call);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_call_uses_the_descriptors_it_is_given),
                cmocka_unit_test(a_lack_of_memory_ends_every_command_cleanly),
                cmocka_unit_test(a_lack_of_memory_ends_every_command_on_a_zip_cleanly),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
