/* test_local.c - what is put into a local catalogue comes out again, and nothing else. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/file.h"
#include "base/own.h"
#include "catalog/local.h"
#include "pd_test.h"

#define BLUEPRINT                                                                                  \
        "{\"name\":\"chain\",\"version\":\"1\",\"nodes\":["                                        \
        "{\"container_name\":\"Source\",\"node_type\":\"MLModel\",\"image\":\"a/source:1\","       \
        "\"proto_uri\":\"s.proto\",\"operation_signature_list\":[{\"operation_signature\":{"       \
        "\"operation_name\":\"get\",\"input_message_name\":\"Empty\","                             \
        "\"input_message_stream\":false,\"output_message_name\":\"M\","                            \
        "\"output_message_stream\":false},\"connected_to\":[{\"container_name\":\"sink\","         \
        "\"operation_signature\":{\"operation_name\":\"put\"}}]}]},"                               \
        "{\"container_name\":\"sink\",\"node_type\":\"MLModel\",\"image\":\"a/sink:1\","           \
        "\"proto_uri\":\"k.proto\",\"operation_signature_list\":[{\"operation_signature\":{"       \
        "\"operation_name\":\"put\",\"input_message_name\":\"M\",\"input_message_stream\":false,"  \
        "\"output_message_name\":\"Empty\",\"output_message_stream\":false},"                      \
        "\"connected_to\":[]}]}]}"

static struct pd_file sink_proto = {"sink", "syntax = \"proto3\";", 18};
static const struct pd_catalog_item pipeline = {
        .solution_id = "s-1",
        .revision_id = "r.1",
        .name = "a 'chain'; DROP TABLE solution",
        .is_pipeline = true,
        .blueprint = {"blueprint", BLUEPRINT, sizeof(BLUEPRINT) - 1},
        .protos = {&sink_proto, 1},
        .icon = {"icon", "\x89PNG\0\1", 6},
};
static const struct pd_catalog_item model = {
        .solution_id = "s-2",
        .revision_id = "r.1",
        .name = "model",
        .image = "a/model:1",
        .protos = {&sink_proto, 1},
        .description = {"description", "<p>x</p>", 8},
};

static const struct pd_local_seed empty = {"", 0};

/* The folder of one test and the file in it. */
struct place {
        char folder[40];
        char path[64];
};

static int make_place(void **state)
{
        struct place *place = calloc(1, sizeof(*place));

        if (place == NULL)
                return -1;
        (void)snprintf(place->folder, sizeof(place->folder), "/tmp/pd-catalog-XXXXXX");
        if (mkdtemp(place->folder) == NULL)
                return -1;
        (void)snprintf(place->path, sizeof(place->path), "%s/c.db", place->folder);
        *state = place;
        return 0;
}

static int remove_place(void **state)
{
        static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
        struct place *place = *state;

        for (size_t i = 0; i < PD_COUNT(endings); i++) {
                char path[80];

                (void)snprintf(path, sizeof(path), "%s%s", place->path, endings[i]);
                (void)unlink(path); /* not every test leaves all of them */
        }
        (void)rmdir(place->folder);
        free(place);
        return 0;
}

static struct pd_catalog open_catalog(const struct place *place)
{
        struct pd_catalog catalog = {0};
        struct pd_err err = {0};

        assert_pd_ok(pd_catalog_local(place->path, &empty, &catalog, &err), err);
        return catalog;
}

static void put(const struct pd_catalog *catalog, const struct pd_catalog_item *item)
{
        struct pd_err err = {0};

        assert_pd_ok(pd_local_put(catalog, item, &err), err);
}

static int get(const struct pd_catalog *catalog, const char *solution_id, const char *revision_id,
               struct pd_catalog_solution *ret, struct pd_err *err)
{
        const struct pd_catalog_query query = {solution_id, revision_id, NULL};
        struct pd_findings findings = {0};
        int result = pd_catalog_get(catalog, &query, &findings, ret, err);

        if (result == 0)
                assert_int_equal(findings.errors, 0);
        pd_findings_done(&findings);
        return result;
}

static void a_pipeline_comes_out_as_it_was_put_in(void **state)
{
        pd_auto(pd_catalog_done) struct pd_catalog catalog = open_catalog(*state);
        pd_auto(pd_catalog_solution_done) struct pd_catalog_solution solution = {0};
        struct pd_err err = {0};

        put(&catalog, &pipeline);
        assert_pd_ok(get(&catalog, "s-1", "r.1", &solution, &err), err);
        assert_true(solution.is_pipeline);
        assert_string_equal(solution.name, pipeline.name);
        assert_string_equal(pd_blueprint_name(solution.blueprint), "chain");
        assert_null(solution.protos[0].text);
        assert_string_equal(solution.protos[1].text, sink_proto.data);
        assert_int_equal(solution.icon.size, 6);
        assert_memory_equal(solution.icon.data, pipeline.icon.data, 6);
        assert_null(solution.description.data);
}

static void a_model_comes_out_as_it_was_put_in(void **state)
{
        pd_auto(pd_catalog_done) struct pd_catalog catalog = open_catalog(*state);
        pd_auto(pd_catalog_solution_done) struct pd_catalog_solution solution = {0};
        struct pd_err err = {0};

        put(&catalog, &model);
        assert_pd_ok(get(&catalog, "s-2", "r.1", &solution, &err), err);
        assert_false(solution.is_pipeline);
        assert_null(solution.blueprint);
        assert_string_equal(solution.image, "a/model:1");
        assert_string_equal(solution.proto.data, sink_proto.data);
        assert_null(solution.icon.data);
        assert_string_equal(solution.description.data, "<p>x</p>");
}

static void what_was_put_in_is_there_after_closing(void **state)
{
        pd_auto(pd_catalog_solution_done) struct pd_catalog_solution solution = {0};
        struct pd_catalog catalog = open_catalog(*state);
        struct pd_err err = {0};
        struct stat file;

        put(&catalog, &model);
        pd_catalog_done(&catalog);
        assert_int_equal(stat(((struct place *)*state)->path, &file), 0);
        assert_int_equal(file.st_mode & 0777, 0600);

        catalog = open_catalog(*state);
        assert_pd_ok(get(&catalog, "s-2", "r.1", &solution, &err), err);
        pd_catalog_done(&catalog);
}

static void putting_again_replaces_all_of_it(void **state)
{
        pd_auto(pd_catalog_done) struct pd_catalog catalog = open_catalog(*state);
        pd_auto(pd_catalog_solution_done) struct pd_catalog_solution solution = {0};
        struct pd_catalog_item changed = model;
        struct pd_err err = {0};

        changed.solution_id = "s-1";
        changed.protos.count = 0;
        put(&catalog, &pipeline);
        put(&catalog, &changed);
        assert_pd_ok(get(&catalog, "s-1", "r.1", &solution, &err), err);
        assert_false(solution.is_pipeline);
        assert_null(solution.proto.data);
        assert_null(solution.icon.data);
}

static void what_is_not_there_is_not_found(void **state)
{
        static const struct {
                const char *solution_id, *revision_id;
        } rows[] = {
                {"s-1", "r.2"}, {"s-3", "r.1"}, {"", "r.1"},        {"s-1", ""},
                {"..", "r.1"},  {"s-1", "../"}, {"s-1' --", "r.1"}, {"s%2d1", "r.1"},
        };
        pd_auto(pd_catalog_done) struct pd_catalog catalog = open_catalog(*state);

        put(&catalog, &pipeline);
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct pd_catalog_solution solution = {0};
                struct pd_err err = {0};

                assert_pd_fail(
                        get(&catalog, rows[i].solution_id, rows[i].revision_id, &solution, &err),
                        err, PD_E_NOT_FOUND);
        }
}

static void a_blueprint_that_is_none_is_unprocessable(void **state)
{
        pd_auto(pd_catalog_done) struct pd_catalog catalog = open_catalog(*state);
        struct pd_catalog_solution solution = {0};
        struct pd_catalog_item bad = pipeline;
        struct pd_err err = {0};

        bad.blueprint = (struct pd_file){"blueprint", "no JSON", 7};
        put(&catalog, &bad);
        assert_pd_fail(get(&catalog, "s-1", "r.1", &solution, &err), err, PD_E_UNPROCESSABLE);
        assert_pd_says(err.msg, "line 1");
}

static void an_id_that_is_none_is_not_put_in(void **state)
{
        static const char *const ids[] = {"", ".", "..", "a/b", "a b", "a'b", "\xc3\xbc"};
        pd_auto(pd_catalog_done) struct pd_catalog catalog = open_catalog(*state);

        for (size_t i = 0; i < PD_COUNT(ids); i++) {
                struct pd_catalog_item item = model;
                struct pd_err err = {0};

                item.solution_id = ids[i];
                assert_pd_fail(pd_local_put(&catalog, &item, &err), err, PD_E_INVALID);
        }
}

static void the_list_is_sorted_by_name_and_shrinks_when_one_is_removed(void **state)
{
        pd_auto(pd_catalog_done) struct pd_catalog catalog = open_catalog(*state);
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_catalog_item *items;
        size_t count;
        struct pd_err err = {0};

        put(&catalog, &model);
        put(&catalog, &pipeline);
        assert_pd_ok(pd_local_list(&catalog, &arena, &items, &count, &err), err);
        assert_int_equal(count, 2);
        assert_string_equal(items[0].solution_id, "s-1");
        assert_true(items[0].is_pipeline);
        assert_string_equal(items[1].name, "model");

        assert_pd_ok(pd_local_remove(&catalog, "s-1", "r.1", &err), err);
        assert_pd_fail(pd_local_remove(&catalog, "s-1", "r.1", &err), err, PD_E_NOT_FOUND);
        assert_pd_ok(pd_local_list(&catalog, &arena, &items, &count, &err), err);
        assert_int_equal(count, 1);
}

static void removing_takes_the_protos_along(void **state)
{
        struct place *place = *state;
        struct pd_catalog catalog = open_catalog(place);
        sqlite3 *db;
        sqlite3_stmt *row;
        struct pd_err err = {0};

        put(&catalog, &pipeline);
        assert_pd_ok(pd_local_remove(&catalog, "s-1", "r.1", &err), err);
        pd_catalog_done(&catalog);

        assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM proto", -1, &row, NULL),
                         SQLITE_OK);
        assert_int_equal(sqlite3_step(row), SQLITE_ROW);
        assert_int_equal(sqlite3_column_int(row, 0), 0);
        sqlite3_finalize(row);
        sqlite3_close(db);
}

static void a_file_that_is_no_catalogue_is_refused(void **state)
{
        struct place *place = *state;
        struct pd_catalog catalog = {0};
        char text[2000];
        struct pd_err err = {0};

        assert_pd_fail(pd_catalog_local(place->path, NULL, &catalog, &err), err, PD_E_NOT_FOUND);
        memset(text, 'x', sizeof(text));
        assert_pd_ok(pd_file_replace(place->path, text, sizeof(text), &err), err);
        assert_pd_fail(pd_catalog_local(place->path, &empty, &catalog, &err), err, PD_E_INVALID);
        assert_pd_says(err.msg, "is no catalogue");
        assert_null(catalog.ops);
}

static void a_new_file_begins_as_its_seed(void **state)
{
        struct place *place = *state;
        struct pd_catalog catalog = open_catalog(place);
        pd_auto(pd_catalog_solution_done) struct pd_catalog_solution solution = {0};
        pd_auto(pd_free_ptr) char *bytes = NULL;
        struct pd_local_seed seed = {0};
        struct pd_err err = {0};

        put(&catalog, &model);
        pd_catalog_done(&catalog);
        assert_pd_ok(pd_file_read_at(AT_FDCWD, place->path, 1000000, &bytes, &seed.len, &err), err);
        seed.bytes = bytes;
        assert_int_equal(unlink(place->path), 0);

        assert_pd_ok(pd_catalog_local(place->path, &seed, &catalog, &err), err);
        assert_pd_ok(get(&catalog, "s-2", "r.1", &solution, &err), err);
        pd_catalog_done(&catalog);
}

static void a_catalogue_of_a_newer_version_is_refused(void **state)
{
        struct place *place = *state;
        struct pd_catalog catalog = open_catalog(place);
        sqlite3 *db;
        struct pd_err err = {0};

        pd_catalog_done(&catalog);
        assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(db);
        assert_pd_fail(pd_catalog_local(place->path, &empty, &catalog, &err), err, PD_E_INVALID);
        assert_pd_says(err.msg, "newer version");
}

static void *get_many(void *context)
{
        size_t bad = 0;

        for (int i = 0; i < 50; i++) {
                pd_auto(pd_catalog_solution_done) struct pd_catalog_solution solution = {0};
                struct pd_err err = {0};

                bad += get(context, "s-1", "r.1", &solution, &err) != 0 ||
                       strcmp(solution.protos[1].text, sink_proto.data) != 0;
        }
        return bad == 0 ? NULL : context;
}

static void threads_get_while_another_puts(void **state)
{
        pd_auto(pd_catalog_done) struct pd_catalog catalog = open_catalog(*state);
        pthread_t threads[4];

        put(&catalog, &pipeline);
        for (size_t i = 0; i < PD_COUNT(threads); i++)
                assert_int_equal(pthread_create(&threads[i], NULL, get_many, &catalog), 0);
        for (int i = 0; i < 20; i++)
                put(&catalog, &pipeline);
        for (size_t i = 0; i < PD_COUNT(threads); i++) {
                void *bad;

                (void)pthread_join(threads[i], &bad);
                assert_null(bad);
        }
}

#define PLACED(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int main(void)
{
        const struct CMUnitTest tests[] = {
                PLACED(a_pipeline_comes_out_as_it_was_put_in),
                PLACED(a_model_comes_out_as_it_was_put_in),
                PLACED(what_was_put_in_is_there_after_closing),
                PLACED(putting_again_replaces_all_of_it),
                PLACED(what_is_not_there_is_not_found),
                PLACED(a_blueprint_that_is_none_is_unprocessable),
                PLACED(an_id_that_is_none_is_not_put_in),
                PLACED(the_list_is_sorted_by_name_and_shrinks_when_one_is_removed),
                PLACED(removing_takes_the_protos_along),
                PLACED(a_file_that_is_no_catalogue_is_refused),
                PLACED(a_new_file_begins_as_its_seed),
                PLACED(a_catalogue_of_a_newer_version_is_refused),
                PLACED(threads_get_while_another_puts),
        };

        return cmocka_run_group_tests_name("local", tests, NULL, NULL);
}
