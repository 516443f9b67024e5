/* fuzz_archive.c - what can be read can be written, and is then read as the same files. What is in
 * it may be a solution. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "package/package.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void *write_again(const struct pd_archive *archive, size_t *ret_len)
{
        pd_auto(pd_archive_writer_free_ptr) struct pd_archive_writer *writer = NULL;
        void *bytes = NULL;
        int result = pd_archive_writer_new(NULL, 0, &writer, NULL);

        for (size_t i = 0; result == 0 && i < archive->count; i++)
                result = pd_archive_add(writer, archive->entries[i].name, archive->entries[i].data,
                                        archive->entries[i].size, NULL);
        if (result == 0)
                result = pd_archive_finish(writer, &bytes, ret_len, NULL);
        assert(result == 0);
        return bytes;
}

static void try_unpack(const struct pd_archive *archive)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        pd_auto(pd_findings_done) struct pd_findings findings = {0};

        assert((pd_package_unpack(archive, PD_RIGHTS_DROPPED, &findings, &solution, NULL) == 0) ==
               (solution != NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        pd_auto(pd_archive_free_ptr) struct pd_archive *read = NULL;
        pd_auto(pd_archive_free_ptr) struct pd_archive *again = NULL;
        pd_auto(pd_free_ptr) void *bytes = NULL;
        size_t len = 0;
        int result;

        if (pd_archive_read(data, size, &pd_archive_default_limits, &read, NULL) < 0)
                return 0;

        try_unpack(read);
        bytes = write_again(read, &len);
        result = pd_archive_read(bytes, len, &pd_archive_default_limits, &again, NULL);
        assert(result == 0 && again->count == read->count);
        for (size_t i = 0; i < read->count; i++) {
                const struct pd_archive_entry *a = &read->entries[i], *b = &again->entries[i];

                assert(strcmp(a->name, b->name) == 0 && a->size == b->size);
                assert(memcmp(a->data, b->data, a->size) == 0);
        }
        return 0;
}
