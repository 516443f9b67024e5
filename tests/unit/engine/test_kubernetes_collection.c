/* test_kubernetes_collection.c - what a watch says, in any pieces. */
#include "kubernetes_collection.h"

#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "json/get.h"
#include "json/json.h"
#include "pd_test.h"

#define OBJECT(uid, version, what)                                                                 \
        "{\"metadata\":{\"uid\":\"" uid "\",\"resourceVersion\":\"" version "\"},\"what\":\"" what \
        "\"}"
#define EVENT(type, object) "{\"type\":\"" type "\",\"object\":" object "}\n"
#define BOOKMARK(version)   EVENT("BOOKMARK", "{\"metadata\":{\"resourceVersion\":\"" version "\"}}")

static void begin_with(struct pd_kubernetes_collection *collection, const char *list)
{
        json_t *json = NULL;
        struct pd_err err = {0};

        pd_kubernetes_collection_init(collection);
        assert_pd_ok(pd_json_parse(list, strlen(list), &pd_json_default_limits, &json, &err), err);
        assert_pd_ok(pd_kubernetes_collection_set(collection, json, &err), err);
        json_decref(json);
        assert_true(collection->has_changed);
        collection->has_changed = false;
}

static const char one_list[] =
        "{\"metadata\":{\"resourceVersion\":\"10\"},\"items\":[" OBJECT("a", "7", "old") "]}";

/* "a=new b=..." */
static void assert_items(const struct pd_kubernetes_collection *collection, const char *want)
{
        char text[256] = "";
        json_t *item;
        size_t i;

        json_array_foreach (collection->items, i, item) {
                size_t len = strlen(text);

                pd_format(text + len, sizeof(text) - len, "%s%s=%s", i > 0 ? " " : "",
                          pd_json_get_string(pd_json_get(item, "metadata"), "uid"),
                          pd_json_get_string(item, "what"));
        }
        assert_string_equal(text, want);
}

static const char story[] = EVENT("ADDED", OBJECT("b", "11", "here"))
        EVENT("MODIFIED", OBJECT("a", "12", "new")) EVENT("ADDED", OBJECT("c", "13", "short"))
                EVENT("DELETED", OBJECT("c", "14", "short")) BOOKMARK("20")
                        EVENT("MODIFIED", OBJECT("b", "21", "there"));

static void events_in_any_pieces_give_the_same_objects(void **state)
{
        (void)state;
        for (size_t piece = 1; piece < sizeof(story); piece++) {
                struct pd_kubernetes_collection collection;

                begin_with(&collection, one_list);
                for (size_t at = 0; at < sizeof(story) - 1; at += piece) {
                        size_t left = sizeof(story) - 1 - at;

                        assert_true(pd_kubernetes_collection_feed(&collection, story + at,
                                                                  piece < left ? piece : left));
                }
                assert_items(&collection, "a=new b=there");
                assert_string_equal(collection.version, "21");
                assert_true(collection.has_changed);
                pd_kubernetes_collection_done(&collection);
        }
}

/* Wherever a watch is cut, the next one goes on behind the last event that was whole. */
static void a_watch_that_is_cut_anywhere_loses_nothing(void **state)
{
        (void)state;
        for (size_t cut = 0; cut < sizeof(story); cut++) {
                struct pd_kubernetes_collection collection;
                const char *rest = story;

                begin_with(&collection, one_list);
                assert_true(pd_kubernetes_collection_feed(&collection, story, cut));
                for (const char *end = story; (end = strchr(end, '\n')) != NULL; end++)
                        if (end < story + cut)
                                rest = end + 1;
                pd_kubernetes_collection_begin(&collection);
                assert_true(pd_kubernetes_collection_feed(&collection, rest, strlen(rest)));
                assert_items(&collection, "a=new b=there");
                assert_string_equal(collection.version, "21");
                pd_kubernetes_collection_done(&collection);
        }
}

static void what_is_told_twice_is_there_once(void **state)
{
        struct pd_kubernetes_collection collection;

        (void)state;
        begin_with(&collection, one_list);
        for (int i = 0; i < 2; i++)
                assert_true(pd_kubernetes_collection_feed(&collection, story, sizeof(story) - 1));
        assert_items(&collection, "a=new b=there");
        pd_kubernetes_collection_done(&collection);
}

static void a_bookmark_moves_the_version_alone(void **state)
{
        static const char text[] = BOOKMARK("99");
        struct pd_kubernetes_collection collection;

        (void)state;
        begin_with(&collection, one_list);
        assert_true(pd_kubernetes_collection_feed(&collection, text, sizeof(text) - 1));
        assert_string_equal(collection.version, "99");
        assert_false(collection.has_changed);
        assert_items(&collection, "a=old");
        pd_kubernetes_collection_done(&collection);
}

static void what_is_no_event_asks_for_a_new_list(void **state)
{
        static const char *const lines[] = {
                EVENT("ERROR", "{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\"}"),
                EVENT("NEWS", OBJECT("a", "11", "new")),
                EVENT("ADDED", "{\"metadata\":{\"resourceVersion\":\"11\"}}"),
                EVENT("ADDED", "{\"metadata\":{\"uid\":\"x\"}}"),
                EVENT("ADDED", "null"),
                BOOKMARK("0123456789012345678901234567890123456789012345678901234567890123"),
                "{\"object\":{}}\n",
                "<html>\n",
                "\n",
                "{\"type\":\"ADDED\"\n",
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(lines); i++) {
                struct pd_kubernetes_collection collection;

                begin_with(&collection, one_list);
                assert_false(
                        pd_kubernetes_collection_feed(&collection, lines[i], strlen(lines[i])));
                assert_string_equal(collection.version, "");
                pd_kubernetes_collection_done(&collection);
        }
}

static void an_event_over_the_limit_is_none(void **state)
{
        static char much[PD_KUBERNETES_MAX_EVENT + 1];
        struct pd_kubernetes_collection collection;

        (void)state;
        memset(much, ' ', sizeof(much));
        begin_with(&collection, one_list);
        assert_false(pd_kubernetes_collection_feed(&collection, much, sizeof(much)));
        assert_string_equal(collection.version, "");
        pd_kubernetes_collection_done(&collection);
}

static void an_empty_list_may_say_null(void **state)
{
        struct pd_kubernetes_collection collection;

        (void)state;
        begin_with(&collection, "{\"metadata\":{\"resourceVersion\":\"3\"},\"items\":null}");
        assert_items(&collection, "");
        assert_string_equal(collection.version, "3");
        pd_kubernetes_collection_done(&collection);
}

static void what_is_no_list_is_refused(void **state)
{
        static const char *const texts[] = {
                "{}", "{\"items\":[]}", "[]",
                "{\"metadata\":{\"resourceVersion\":\"3\"},\"items\":{}}"};

        (void)state;
        for (size_t i = 0; i < PD_COUNT(texts); i++) {
                struct pd_kubernetes_collection collection;
                struct pd_err err = {0};
                json_t *json = json_loads(texts[i], 0, NULL);

                pd_kubernetes_collection_init(&collection);
                assert_pd_fail(pd_kubernetes_collection_set(&collection, json, &err), err,
                               PD_E_BAD_GATEWAY);
                assert_pd_says(err.msg, "no list");
                pd_kubernetes_collection_done(&collection);
                json_decref(json);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(events_in_any_pieces_give_the_same_objects),
                cmocka_unit_test(a_watch_that_is_cut_anywhere_loses_nothing),
                cmocka_unit_test(what_is_told_twice_is_there_once),
                cmocka_unit_test(a_bookmark_moves_the_version_alone),
                cmocka_unit_test(what_is_no_event_asks_for_a_new_list),
                cmocka_unit_test(an_event_over_the_limit_is_none),
                cmocka_unit_test(an_empty_list_may_say_null),
                cmocka_unit_test(what_is_no_list_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
