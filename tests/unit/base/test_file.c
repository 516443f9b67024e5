/* test_file.c - whole files. */
#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc_fail.h"
#include "base/own.h"
#include "pd_test.h"

/* Each test has a folder of its own and stands in it. */
static int enter_folder(void **state)
{
        static char path[64];

        (void)snprintf(path, sizeof(path), "/tmp/pd-test-file-XXXXXX");
        *state = path;
        umask(022);
        return mkdtemp(path) == NULL ? -1 : chdir(path);
}

/* Also counts what was in it. */
static int count_entries(bool remove_them)
{
        DIR *folder = opendir(".");
        const struct dirent *entry;
        int count = 0;

        assert_non_null(folder);
        while ((entry = readdir(folder)) != NULL) {
                if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                        continue;
                count++;
                if (remove_them)
                        assert_int_equal(remove(entry->d_name), 0);
        }
        closedir(folder);
        return count;
}

static int leave_folder(void **state)
{
        (void)count_entries(true);
        return chdir("/") | rmdir(*state);
}

static void put_file(const char *path, const char *text)
{
        struct pd_err err = {0};

        assert_pd_ok(pd_file_replace(path, text, strlen(text), &err), err);
}

static void assert_file(const char *path, const char *want)
{
        pd_auto(pd_free_ptr) char *text = NULL;
        struct pd_err err = {0};
        size_t len = 0;

        assert_pd_ok(pd_file_read_at(AT_FDCWD, path, 1 << 20, &text, &len, &err), err);
        assert_int_equal(len, strlen(want));
        assert_string_equal(text, want);
}

static unsigned int mode_of(const char *path)
{
        struct stat status;

        assert_int_equal(lstat(path, &status), 0);
        return status.st_mode;
}

static void a_file_is_written_and_read(void **state)
{
        (void)state;
        put_file("new", "some text\n");
        assert_file("new", "some text\n");
        put_file("new", "");
        assert_file("new", "");
        assert_int_equal(count_entries(false), 1);
}

static void a_file_is_read_relative_to_a_folder(void **state)
{
        pd_auto(pd_close_ptr) int folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        pd_auto(pd_free_ptr) char *text = NULL;
        struct pd_err err = {0};
        size_t len = 0;

        (void)state;
        put_file("new", "text");
        assert_int_equal(chdir("/"), 0);
        assert_pd_ok(pd_file_read_at(folder, "new", 4, &text, &len, &err), err);
        assert_int_equal(fchdir(folder), 0);
        assert_int_equal(len, 4);
        assert_string_equal(text, "text");
}

static void more_than_the_maximum_is_refused(void **state)
{
        static char large[100000];
        pd_auto(pd_free_ptr) char *text = NULL;
        struct pd_err err = {0};
        size_t len = 77;

        (void)state;
        memset(large, 'x', sizeof(large) - 1);
        put_file("large", large);
        assert_pd_ok(pd_file_read_at(AT_FDCWD, "large", 99999, &text, &len, &err), err);
        assert_string_equal(text, large);

        free(pd_steal(&text));
        len = 77;
        assert_pd_fail(pd_file_read_at(AT_FDCWD, "large", 99998, &text, &len, &err), err,
                       PD_E_TOO_LARGE);
        assert_string_equal(err.msg, "'large' is over 99998 bytes");
        assert_null(text);
        assert_int_equal(len, 77);
}

static void each_reason_has_its_code(void **state)
{
        static char long_name[300];
        struct pd_err err = {0};
        char *text = NULL;
        size_t len = 0;

        (void)state;
        memset(long_name, 'x', sizeof(long_name) - 1);
        put_file("file", "x");
        assert_int_equal(symlink("loop", "loop"), 0);

        assert_pd_fail(pd_file_read_at(AT_FDCWD, "absent", 9, &text, &len, &err), err,
                       PD_E_NOT_FOUND);
        assert_string_equal(err.msg, "cannot read 'absent': No such file or directory");
        assert_pd_fail(pd_file_read_at(AT_FDCWD, "file/x", 9, &text, &len, &err), err,
                       PD_E_NOT_FOUND);
        assert_pd_fail(pd_file_read_at(AT_FDCWD, ".", 9, &text, &len, &err), err, PD_E_INVALID);
        assert_pd_fail(pd_file_read_at(AT_FDCWD, "loop", 9, &text, &len, &err), err, PD_E_INVALID);
        assert_pd_fail(pd_file_read_at(AT_FDCWD, long_name, 9, &text, &len, &err), err,
                       PD_E_INVALID);
        assert_pd_fail(pd_file_read_fd(-1, "input", 9, &text, &len, &err), err, PD_E_INTERNAL);
        assert_string_equal(err.msg, "cannot read 'input': Bad file descriptor");

        assert_pd_fail(pd_file_replace("absent/x", "x", 1, &err), err, PD_E_NOT_FOUND);
        assert_string_equal(err.msg, "cannot write 'absent/x': No such file or directory");
        assert_pd_fail(pd_file_replace("file/x", "x", 1, &err), err, PD_E_NOT_FOUND);
        assert_pd_fail(pd_file_replace(".", "x", 1, &err), err, PD_E_INVALID);
        assert_pd_fail(pd_file_replace("loop", "x", 1, &err), err, PD_E_INVALID);
        assert_pd_fail(pd_file_replace(long_name, "x", 1, &err), err, PD_E_INVALID);
        assert_pd_fail(pd_file_replace("/dev/full", "x", 1, &err), err, PD_E_INTERNAL);
        assert_string_equal(err.msg, "cannot write '/dev/full': No space left on device");
        assert_null(text);
}

static void without_the_right_it_is_forbidden(void **state)
{
        struct pd_err err = {0};
        char *text = NULL;
        size_t len = 0;
        bool was_root = geteuid() == 0;

        (void)state;
        put_file("secret", "x");
        assert_int_equal(chmod("secret", 0), 0);
        assert_int_equal(chmod(".", 0755), 0);
        if (was_root)
                assert_int_equal(seteuid(65534), 0);
        else
                assert_int_equal(chmod(".", 0555), 0);

        assert_pd_fail(pd_file_read_at(AT_FDCWD, "secret", 9, &text, &len, &err), err,
                       PD_E_FORBIDDEN);
        assert_pd_fail(pd_file_replace("secret", "y", 1, &err), err, PD_E_FORBIDDEN);
        assert_pd_fail(pd_file_replace("new", "y", 1, &err), err, PD_E_FORBIDDEN);

        if (was_root)
                assert_int_equal(seteuid(0), 0);
        assert_int_equal(chmod(".", 0755), 0);
}

static void a_new_file_obeys_the_umask_and_an_old_one_keeps_its_mode(void **state)
{
        (void)state;
        put_file("new", "x");
        assert_int_equal(mode_of("new") & 07777, 0644);
        assert_int_equal(chmod("new", 0600), 0);
        put_file("new", "y");
        assert_int_equal(mode_of("new") & 07777, 0600);
        assert_int_equal(chmod("new", 0777), 0);
        put_file("new", "z");
        assert_int_equal(mode_of("new") & 07777, 0777);
}

static void a_link_stays_one(void **state)
{
        (void)state;
        put_file("file", "x");
        assert_int_equal(symlink("file", "link"), 0);
        put_file("link", "y");
        assert_file("file", "y");
        assert_true(S_ISLNK(mode_of("link")));
        assert_int_equal(count_entries(false), 2);
}

static void what_is_no_regular_file_is_written_to(void **state)
{
        char got[5] = "";
        pd_auto(pd_close_ptr) int reader = -1;

        (void)state;
        put_file("/dev/null", "x");
        assert_true(S_ISCHR(mode_of("/dev/null")));

        assert_int_equal(mkfifo("pipe", 0600), 0);
        reader = open("pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        put_file("pipe", "text");
        assert_true(S_ISFIFO(mode_of("pipe")));
        assert_int_equal(read(reader, got, sizeof(got)), 4);
        assert_string_equal(got, "text");
}

static void a_failed_write_leaves_the_old_file(void **state)
{
        static const char large[100000];
        struct rlimit old;
        struct pd_err err = {0};

        (void)state;
        put_file("file", "old");
        assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &(struct rlimit){5000, old.rlim_max}), 0);
        assert_pd_fail(pd_file_replace("file", large, sizeof(large), &err), err, PD_E_INTERNAL);
        assert_pd_fail(pd_file_replace("new", large, sizeof(large), &err), err, PD_E_INTERNAL);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);

        assert_string_equal(err.msg, "cannot write 'new': File too large");
        assert_file("file", "old");
        assert_int_equal(count_entries(false), 1);
}

static void a_file_is_made_once_for_its_owner_alone(void **state)
{
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(pd_file_make_once("made", "first", 5, &err), err);
        assert_pd_ok(pd_file_make_once("made", "second", 6, &err), err);
        assert_file("made", "first");
        assert_int_equal(mode_of("made") & 07777, 0600);
        assert_pd_fail(pd_file_make_once("absent/made", "x", 1, &err), err, PD_E_NOT_FOUND);
        assert_int_equal(count_entries(false), 1);
}

static int copy_file(void *context, struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *text = NULL;
        size_t len = 0;

        (void)context;
        if (pd_file_read_at(AT_FDCWD, "file", 100, &text, &len, err) < 0)
                return -1;
        return pd_file_replace("file", text, len, err);
}

static void each_lack_of_memory_leaves_the_old_file(void **state)
{
        (void)state;
        put_file("file", "old");
        assert_true(pd_alloc_fail_each(copy_file, NULL) > 0);
        assert_file("file", "old");
        assert_int_equal(count_entries(false), 1);
}

#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, enter_folder, leave_folder)

int main(void)
{
        const struct CMUnitTest tests[] = {
                FILE_TEST(a_file_is_written_and_read),
                FILE_TEST(a_file_is_read_relative_to_a_folder),
                FILE_TEST(more_than_the_maximum_is_refused),
                FILE_TEST(each_reason_has_its_code),
                FILE_TEST(without_the_right_it_is_forbidden),
                FILE_TEST(a_new_file_obeys_the_umask_and_an_old_one_keeps_its_mode),
                FILE_TEST(a_link_stays_one),
                FILE_TEST(what_is_no_regular_file_is_written_to),
                FILE_TEST(a_failed_write_leaves_the_old_file),
                FILE_TEST(a_file_is_made_once_for_its_owner_alone),
                FILE_TEST(each_lack_of_memory_leaves_the_old_file),
        };

        (void)signal(SIGXFSZ, SIG_IGN); /* a write over the limit is an error then */
        return cmocka_run_group_tests_name("base file", tests, NULL, NULL);
}
