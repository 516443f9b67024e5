/* fuzz_package.c - what is unpacked without errors can be packed, and from then on stays the same.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "json/json.h"
#include "package/package.h"
#include "text_zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        size_t len = 0;
        pd_auto(pd_free_ptr) void *zip = text_zip(data, size, &len);
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
