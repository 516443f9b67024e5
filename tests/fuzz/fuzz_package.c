/* fuzz_package.c - what is unpacked without errors can be packed, and from then on stays the same.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "package/package.h"

/* In front of each file of the input, which is text: "\n=== name\nwhat is in it". */
#define MARK "\n=== "

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A zip of the files in the text, which is cut up; names that cannot be are left out. */
static void *make_zip(char *text, size_t *ret_len)
{
        pd_auto(pd_archive_writer_free_ptr) struct pd_archive_writer *writer = NULL;
        void *zip = NULL;
        int result = pd_archive_writer_new(NULL, 0, &writer, NULL);
        char *mark = strstr(text, MARK);

        while (mark != NULL) {
                char *name = mark + strlen(MARK), *data = strchr(name, '\n');

                mark = data != NULL ? strstr(data, MARK) : NULL;
                if (mark != NULL)
                        *mark = '\0';
                if (data == NULL)
                        break;
                *data++ = '\0';
                if (pd_archive_add(writer, name, data, strlen(data), NULL) < 0)
                        continue;
        }
        if (result == 0)
                result = pd_archive_finish(writer, &zip, ret_len, NULL);
        assert(result == 0);
        return zip;
}

/* The solution in a zip; NULL: it has errors, or is none. */
static struct pd_solution *unpack(const void *zip, size_t len)
{
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = NULL;
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        pd_auto(pd_findings_done) struct pd_findings findings = {0};

        if (pd_archive_read(zip, len, &pd_archive_default_limits, &archive, NULL) < 0 ||
            pd_package_unpack(archive, PD_RIGHTS_DROPPED, &findings, &solution, NULL) < 0 ||
            findings.errors > 0)
                return NULL;
        return pd_steal(&solution);
}

/* The same after packing and unpacking. */
static struct pd_solution *pass_on(const struct pd_solution *solution)
{
        pd_auto(pd_free_ptr) void *zip = NULL;
        struct pd_solution *again;
        size_t len = 0;
        int result = pd_package_pack(solution, &pd_manifest_default_options, &zip, &len, NULL);

        assert(result == 0);
        again = unpack(zip, len);
        assert(again != NULL);
        return again;
}

/* The input with a NUL behind it; not by strndup(), which may look for one behind its end. */
static char *copy_text(const uint8_t *data, size_t size)
{
        char *text = calloc(1, size + 1);

        assert(text != NULL);
        if (size > 0)
                memcpy(text, data, size);
        return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        pd_auto(pd_free_ptr) char *text = copy_text(data, size);
        size_t len = 0;
        pd_auto(pd_free_ptr) void *zip = make_zip(text, &len);
        pd_auto(pd_solution_free_ptr) struct pd_solution *first = unpack(zip, len);
        pd_auto(pd_solution_free_ptr) struct pd_solution *second = NULL;
        pd_auto(pd_solution_free_ptr) struct pd_solution *third = NULL;
        pd_auto(pd_json_free_ptr) json_t *before = NULL;
        pd_auto(pd_json_free_ptr) json_t *after = NULL;

        if (first == NULL)
                return 0;
        second = pass_on(first); /* extras that are in our way are gone now */
        third = pass_on(second);
        before = pd_solution_json(second);
        after = pd_solution_json(third);
        assert(json_equal(before, after));
        return 0;
}
