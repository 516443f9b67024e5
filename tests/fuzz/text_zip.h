/* text_zip.h - a zip out of text, so that a fuzzer changes what is in the files and not the zip. */
#ifndef PD_TESTS_TEXT_ZIP_H
#define PD_TESTS_TEXT_ZIP_H

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "archive/archive.h"

/* In front of each file of the input, which is text: "\n=== name\nwhat is in it". */
#define MARK "\n=== "

/* A zip of the files in the text, which is cut up; names that cannot be are left out. */
static inline void *make_zip(char *text, size_t *ret_len)
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

/* The input with a NUL behind it; not by strndup(), which may look for one behind its end. */
static inline char *copy_text(const uint8_t *data, size_t size)
{
        char *text = calloc(1, size + 1);

        assert(text != NULL);
        if (size > 0)
                memcpy(text, data, size);
        return text;
}

/* The zip that the input describes; the caller frees it. */
static inline void *text_zip(const uint8_t *data, size_t size, size_t *ret_len)
{
        pd_auto(pd_free_ptr) char *text = copy_text(data, size);

        return make_zip(text, ret_len);
}

#endif
