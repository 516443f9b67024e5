/*
 * replay.c - run a fuzz target over its seeds without libFuzzer: one TAP test.
 *
 * The name of each seed goes to standard error first, so that the last one before a crash is the
 * one to blame.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/own.h"

#define PD_SEED_MAX_BYTES (16 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int is_visible(const struct dirent *entry)
{
        return entry->d_name[0] != '.';
}

/* The input has no NUL behind it and is exactly as long as the file, so that ASan sees each byte
 * too far. */
static int replay(int folder, const char *name, struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *text = NULL;
        pd_auto(pd_free_ptr) uint8_t *data = NULL;
        size_t len = 0;

        fprintf(stderr, "# %s\n", name);
        if (pd_file_read_at(folder, name, PD_SEED_MAX_BYTES, &text, &len, err) < 0)
                return -1;

        data = malloc(len);
        if (data == NULL && len != 0)
                return pd_fail_memory(err, name);
        if (len != 0)
                memcpy(data, text, len);
        (void)LLVMFuzzerTestOneInput(data, len); /* the value means nothing outside libFuzzer */
        return 0;
}

static int replay_all(const char *path, int *ret_count, struct pd_err *err)
{
        pd_auto(pd_close_ptr) int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        struct dirent **entries = NULL;
        int result = 0, count = scandir(path, &entries, is_visible, alphasort);

        if (folder < 0 || count < 0)
                return pd_fail(err, PD_E_NOT_FOUND, 0, "no folder '%s' with seeds", path);

        for (int i = 0; i < count; i++) {
                if (result == 0)
                        result = replay(folder, entries[i]->d_name, err);
                free(entries[i]);
        }
        free(entries);

        if (result == 0 && count == 0)
                return pd_fail(err, PD_E_NOT_FOUND, 0, "'%s' is empty, it wants a seed", path);
        *ret_count = count;
        return result;
}

int main(int argc, char **argv)
{
        struct pd_err err = {0};
        int count = 0;

        if (argc != 2) {
                fprintf(stderr, "usage: %s FOLDER-WITH-SEEDS\n", argv[0]);
                return pd_err_exit(PD_E_USAGE);
        }

        printf("1..1\n");
        if (replay_all(argv[1], &count, &err) < 0) {
                printf("not ok 1 - seeds\n# %s\n", err.msg);
                return 1;
        }
        printf("ok 1 - seeds\n# %d replayed\n", count);
        return 0;
}
