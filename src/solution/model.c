/* model.c - a single model as a solution. */
#include "solution/solution.h"

#include <string.h>

#include "solution/image.h"
#include "solution/names.h"

/* What joins the words of an image's name. */
#define JOINTS "._-"

/* A UUID says nothing of what it names; any other id may be a word of the name itself. */
static bool is_uuid(const char *id)
{
        static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
        size_t i = 0;

        for (; form[i] != '\0' && id[i] != '\0'; i++) {
                if (strchr(form[i] == '-' ? "-" : "0123456789abcdefABCDEF", id[i]) == NULL)
                        return false;
        }
        return form[i] == '\0' && id[i] == '\0';
}

/* Catalogues call images `<name>_<solution id>`: the id goes, with what joined it. */
static void remove_id(char *repository, const char *id)
{
        const char *at = strcasestr(repository, id);
        char *end = repository + (at != NULL ? at - repository : 0);
        const char *tail;

        if (at == NULL)
                return;
        while (end > repository && strchr(JOINTS, end[-1]) != NULL)
                end--;
        tail = at + strlen(id);
        if (end == repository)
                tail += strspn(tail, JOINTS);
        memmove(end, tail, strlen(tail) + 1);
}

/* What the model is called by its image, else by its catalogue. NULL: no memory. */
static const char *find_name(const struct pd_model_source *source, const struct pd_image *image,
                             struct pd_arena *arena)
{
        struct pd_span repository = pd_image_repository(image);
        char *name = pd_arena_copy(arena, repository.at, repository.len);

        if (name == NULL)
                return NULL;
        if (source->solution_id != NULL && is_uuid(source->solution_id))
                remove_id(name, source->solution_id);
        return name[0] != '\0' ? name : source->name;
}

static const char *find_label(const struct pd_model_source *source, const struct pd_image *image,
                              struct pd_arena *arena, struct pd_findings *findings)
{
        const char *name = find_name(source, image, arena);
        const char *label = NULL;

        if (name == NULL || pd_labels_assign(&name, 1, arena, &label) < 0)
                return NULL;
        if (strcmp(name, label) != 0)
                pd_findings_add(findings, PD_SEVERITY_NOTE, "name",
                                "'%s' is called '%s', as Kubernetes wants names",
                                pd_show(name).text, label);
        return label;
}

static int add_files(struct pd_solution *solution, const struct pd_model_source *source,
                     struct pd_findings *findings, struct pd_err *err)
{
        const struct pd_file *proto = &source->proto;

        if (proto->data == NULL)
                pd_findings_add(findings, PD_SEVERITY_WARNING, "proto",
                                "model '%s' has no proto: nothing tells how to call it",
                                pd_show(source->name).text);
        else if (pd_solution_add_proto(solution, solution->workloads[0].name, proto->data,
                                       proto->size, err) < 0)
                return -1;
        if (pd_solution_copy_file(solution, &source->icon, &solution->icon, err) < 0)
                return -1;
        return pd_solution_copy_file(solution, &source->description, &solution->description, err);
}

int pd_solution_from_model(const struct pd_model_source *source,
                           const struct pd_solution_options *options, struct pd_findings *findings,
                           struct pd_solution **ret, struct pd_err *err)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        struct pd_image image;
        const char *label;

        if (!pd_image_check(source->image, "image", findings, &image)) {
                *ret = NULL;
                return 0;
        }
        if (pd_solution_new(PD_SOLUTION_MODEL, &solution, err) < 0)
                return -1;

        label = find_label(source, &image, &solution->arena, findings);
        if (label == NULL)
                return pd_fail_memory(err, "model");
        if (pd_solution_set_name(solution, source->name[0] != '\0' ? source->name : label, err) <
                    0 ||
            pd_solution_add_node(solution, label, source->image, NULL, options, err) < 0 ||
            add_files(solution, source, findings, err) < 0)
                return -1;

        *ret = pd_steal(&solution);
        return 0;
}
