/* read.c - objects as the workloads and the claim of a solution. */
#include "manifest/manifest.h"

#include <string.h>

#include "base/map.h"
#include "base/own.h"
#include "json/get.h"
#include "parts.h"
#include "solution/names.h"

#define NO_WORKLOAD ((size_t)-1)

struct object {
        struct pd_field file;    /* the whole object */
        const struct kind *kind; /* NULL: it is not taken */
        const char *name;
        size_t workload; /* that a Deployment has become, or NO_WORKLOAD */
};

struct reading {
        struct pd_reader reader;
        struct object *objects;
        size_t count;
        struct pd_map index;     /* of the objects, by "KIND/NAME" */
        struct pd_arena scratch; /* what the solution does not keep */
};

struct kind {
        const char *name;
        const char *api_version;
        void (*read)(struct reading *reading, struct object *object, const struct pd_field *spec);
};

static const struct pd_member object_members[] = {
        {"apiVersion", PD_MEMBER_READ, NULL}, {"kind", PD_MEMBER_READ, NULL},
        {"metadata", PD_MEMBER_READ, NULL},   {"spec", PD_MEMBER_READ, NULL},
        {"status", PD_MEMBER_NOISE, NULL},
};

static const struct pd_member metadata_members[] = {
        {"name", PD_MEMBER_READ, NULL},
        {"annotations", PD_MEMBER_NOISE, NULL},
        {"creationTimestamp", PD_MEMBER_NOISE, NULL},
        {"generation", PD_MEMBER_NOISE, NULL},
        {"labels", PD_MEMBER_NOISE, NULL},
        {"managedFields", PD_MEMBER_NOISE, NULL},
        {"namespace", PD_MEMBER_NOISE, NULL},
        {"resourceVersion", PD_MEMBER_NOISE, NULL},
        {"selfLink", PD_MEMBER_NOISE, NULL},
        {"uid", PD_MEMBER_NOISE, NULL},
};

static void reading_done(struct reading *reading)
{
        pd_map_done(&reading->index);
        pd_arena_done(&reading->scratch);
}

/* The key of an object in the index; NULL: no memory, which is remembered. */
static const char *make_key(struct reading *reading, const char *kind, const char *name)
{
        const char *key = pd_arena_printf(&reading->scratch, "%s/%s", kind, name);

        if (key == NULL)
                reading->reader.no_memory = true;
        return key;
}

/* The object of that kind and name, or NULL. */
static struct object *find_object(struct reading *reading, const char *kind, const char *name)
{
        const char *key = make_key(reading, kind, name);
        size_t i;

        return key != NULL && pd_map_get(&reading->index, key, &i) ? &reading->objects[i] : NULL;
}

/* Whether it is what the Service of a Deployment's web page is called. */
static bool is_web_name(struct reading *reading, const char *name)
{
        size_t suffix = strlen(PD_WEBUI_SUFFIX), len = strlen(name);
        const char *stem;

        if (len <= suffix || strcmp(name + len - suffix, PD_WEBUI_SUFFIX) != 0)
                return false;
        stem = pd_arena_copy(&reading->scratch, name, len - suffix);
        if (stem == NULL)
                reading->reader.no_memory = true;
        return stem != NULL && find_object(reading, "Deployment", stem) != NULL;
}

/* An error about the name of an object. */
static void say_name(struct reading *reading, const struct object *object, const char *message)
{
        struct pd_field metadata = pd_field_member(&object->file, "metadata");
        struct pd_field name = pd_field_member(&metadata, "name");

        pd_field_say(&reading->reader, PD_SEVERITY_ERROR, &name, "'%s' %s",
                     pd_show(object->name).text, message);
}

static void read_claim(struct reading *reading, struct object *object, const struct pd_field *spec)
{
        struct pd_reader *reader = &reading->reader;

        if (reader->claim_name != NULL) {
                pd_field_say(reader, PD_SEVERITY_ERROR, &object->file,
                             "is a second claim: there is one shared folder");
                return;
        }
        reader->claim_name = object->name;
        pd_read_claim(reader, spec);
}

static void read_deployment(struct reading *reading, struct object *object,
                            const struct pd_field *spec)
{
        struct pd_solution *solution = reading->reader.solution;
        struct pd_workload workload = {.name = object->name};
        struct pd_workload *place;

        if (!pd_label_valid(object->name)) {
                say_name(reading, object,
                         "is no name for a workload: at most 58 of a-z, 0-9 and '-', a letter "
                         "first");
                return;
        }
        pd_read_deployment(&reading->reader, spec, &workload);
        if (workload.image == NULL)
                return; /* an error, or no memory */
        place = pd_solution_add_workload(solution);
        if (place == NULL) {
                reading->reader.no_memory = true;
                return;
        }
        *place = workload;
        object->workload = solution->workload_count - 1;
}

static void read_service(struct reading *reading, struct object *object,
                         const struct pd_field *spec)
{
        struct object *deployment = find_object(reading, "Deployment", object->name);

        if (deployment == NULL)
                pd_field_say(&reading->reader, PD_SEVERITY_NOTE, &object->file,
                             is_web_name(reading, object->name)
                                     ? "is not kept: web pages get Services of their own"
                                     : "is not kept: there is no Deployment of its name");
        else if (deployment->workload != NO_WORKLOAD)
                pd_read_service(&reading->reader, spec,
                                pd_json_dig(deployment->file.json, "spec", "template", "metadata",
                                            "labels", NULL),
                                &reading->reader.solution->workloads[deployment->workload]);
}

/* In the order of reading: a Deployment looks for the claim, a Service for its Deployment. */
static const struct kind kinds[] = {
        {"PersistentVolumeClaim", "v1", read_claim},
        {"Deployment", "apps/v1", read_deployment},
        {"Service", "v1", read_service},
};

/* The kind of an object, or NULL: an error. */
static const struct kind *find_kind(struct pd_reader *reader, const struct pd_field *file)
{
        struct pd_field kind = pd_field_member(file, "kind");
        struct pd_field version = pd_field_member(file, "apiVersion");
        const char *name = pd_field_name(reader, &kind);
        const char *version_name = pd_field_name(reader, &version);

        if (name == NULL || version_name == NULL)
                return NULL;
        for (size_t i = 0; i < PD_COUNT(kinds); i++) {
                if (strcmp(name, kinds[i].name) != 0)
                        continue;
                if (strcmp(version_name, kinds[i].api_version) == 0)
                        return &kinds[i];
                pd_field_say(reader, PD_SEVERITY_ERROR, &version, "is '%s', but must be %s",
                             pd_show(version_name).text, kinds[i].api_version);
                return NULL;
        }
        pd_field_say(reader, PD_SEVERITY_ERROR, &kind,
                     "is '%s', but must be Deployment, Service or PersistentVolumeClaim",
                     pd_show(name).text);
        return NULL;
}

/* Find out what an object is and put it into the index; one that is in error keeps no kind. */
static void identify(struct reading *reading, struct object *object)
{
        struct pd_reader *reader = &reading->reader;
        struct pd_field metadata = pd_field_member(&object->file, "metadata");
        struct pd_field name = pd_field_member(&metadata, "name");
        const struct kind *kind;
        const char *key;

        if (!pd_field_must_be(reader, &object->file, JSON_OBJECT))
                return;
        kind = find_kind(reader, &object->file);
        if (kind == NULL || !pd_field_must_be(reader, &metadata, JSON_OBJECT))
                return;
        object->name = pd_field_name(reader, &name);
        if (object->name == NULL)
                return;

        if (find_object(reading, kind->name, object->name) != NULL) {
                say_name(reading, object, "is the name of two objects of this kind");
                return;
        }
        key = make_key(reading, kind->name, object->name);
        if (key == NULL ||
            pd_map_set(&reading->index, key, (size_t)(object - reading->objects)) < 0)
                reader->no_memory = true;
        object->kind = kind;
}

static void read_object(struct reading *reading, struct object *object)
{
        struct pd_reader *reader = &reading->reader;
        struct pd_field metadata = pd_field_member(&object->file, "metadata");
        struct pd_field spec = pd_field_member(&object->file, "spec");

        pd_field_sort_out(reader, &object->file, object_members, PD_COUNT(object_members));
        pd_field_sort_out(reader, &metadata, metadata_members, PD_COUNT(metadata_members));
        if (pd_field_must_be(reader, &spec, JSON_OBJECT))
                object->kind->read(reading, object, &spec);
}

/* What can be told of a Deployment only when all objects have been read. */
static void check_deployment(struct reading *reading, const struct object *object)
{
        const struct pd_solution *solution = reading->reader.solution;

        if (!pd_manifest_has_service(&solution->workloads[object->workload]))
                pd_field_say(&reading->reader, PD_SEVERITY_WARNING, &object->file,
                             "no Service of its name selects its pods: nothing reaches them");
        if (is_web_name(reading, object->name))
                say_name(reading, object, "is what the web page of another workload is called");
}

static int make_objects(struct reading *reading, const struct pd_manifest_object *objects,
                        struct pd_err *err)
{
        reading->objects =
                pd_arena_alloc(&reading->scratch, reading->count, sizeof(*reading->objects));
        if (reading->objects == NULL)
                return pd_fail_memory(err, "objects");

        for (size_t i = 0; i < reading->count; i++)
                reading->objects[i] = (struct object){
                        .file = {.json = objects[i].json, .name = objects[i].file},
                        .workload = NO_WORKLOAD,
                };
        return 0;
}

int pd_manifest_read(const struct pd_manifest_object *objects, size_t count, enum pd_rights rights,
                     struct pd_solution *solution, struct pd_findings *findings, struct pd_err *err)
{
        pd_auto(reading_done) struct reading reading = {
                .reader = {.solution = solution, .findings = findings, .rights = rights},
                .count = count,
        };

        if (make_objects(&reading, objects, err) < 0)
                return -1;
        for (size_t i = 0; i < count; i++)
                identify(&reading, &reading.objects[i]);
        for (const struct kind *kind = kinds; kind < kinds + PD_COUNT(kinds); kind++) {
                for (size_t i = 0; i < count; i++) {
                        if (reading.objects[i].kind == kind)
                                read_object(&reading, &reading.objects[i]);
                }
        }
        for (size_t i = 0; i < count; i++) {
                if (reading.objects[i].workload != NO_WORKLOAD)
                        check_deployment(&reading, &reading.objects[i]);
        }
        return reading.reader.no_memory ? pd_fail_memory(err, "workloads") : 0;
}
