/* read_ports.c - where a workload listens, and where its Service offers that. */
#include "parts.h"

#include <string.h>

static const struct pd_member container_port_members[] = {
        {"name", PD_MEMBER_READ, NULL},     {"containerPort", PD_MEMBER_READ, NULL},
        {"protocol", PD_MEMBER_READ, NULL}, {"hostPort", PD_MEMBER_RIGHT, "0"},
        {"hostIP", PD_MEMBER_RIGHT, NULL},
};

static const struct pd_member service_port_members[] = {
        {"name", PD_MEMBER_READ, NULL},
        {"port", PD_MEMBER_READ, NULL},
        {"targetPort", PD_MEMBER_READ, NULL},
        {"protocol", PD_MEMBER_READ, NULL},
};

/* Longest name of a container's port: RFC 6335, section 5.1. */
#define MAX_NAME 15

/* Whether a container's port can have the name: RFC 6335 in lower case. */
static bool is_port_name(const char *name)
{
        size_t len = strlen(name);

        return len > 0 && len <= MAX_NAME &&
               strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == len &&
               strpbrk(name, "abcdefghijklmnopqrstuvwxyz") != NULL && name[0] != '-' &&
               name[len - 1] != '-' && strstr(name, "--") == NULL;
}

/* The name of a port, or NULL; an empty one is none. */
static const char *read_name(struct pd_reader *reader, const struct pd_field *field)
{
        const char *name = pd_field_text(reader, field);

        return name != NULL && name[0] != '\0' ? name : NULL;
}

/* The port of that number or that name, or NULL; 0 and NULL are nothing. */
static struct pd_port *find_port(const struct pd_ports *ports, uint16_t number, const char *name)
{
        for (size_t i = 0; i < ports->count; i++) {
                struct pd_port *port = &ports->at[i];

                if ((number != 0 && port->container_port == number) ||
                    (name != NULL && port->name != NULL && strcmp(port->name, name) == 0))
                        return port;
        }
        return NULL;
}

static void check_protocol(struct pd_reader *reader, const struct pd_field *port)
{
        struct pd_field field = pd_field_member(port, "protocol");
        const char *name = pd_field_text(reader, &field);

        if (name != NULL && name[0] != '\0' && strcmp(name, "TCP") != 0)
                pd_field_say(reader, PD_SEVERITY_ERROR, &field, "is '%s', but must be TCP",
                             pd_show(name).text);
}

/* Whether a container's port may have the name that `field` gives it; else it is an error. */
static bool check_name(struct pd_reader *reader, const struct pd_field *field, const char *name,
                       const struct pd_ports *ports)
{
        if (!is_port_name(name))
                pd_field_say(reader, PD_SEVERITY_ERROR, field,
                             "is '%s', but must be at most %d of a-z, 0-9 and single '-' inside",
                             pd_show(name).text, MAX_NAME);
        else if (find_port(ports, 0, name) != NULL)
                pd_field_say(reader, PD_SEVERITY_ERROR, field, "is the name of another port too");
        else
                return true;
        return false;
}

struct pd_ports pd_read_ports(struct pd_reader *reader, const struct pd_field *container)
{
        struct pd_field array = pd_field_member(container, "ports");
        struct pd_field field = {0};
        struct pd_ports ports = {0};

        while (pd_field_next(reader, &array, JSON_OBJECT, &field)) {
                struct pd_field number_field = pd_field_member(&field, "containerPort");
                struct pd_field name_field = pd_field_member(&field, "name");
                uint16_t number = pd_field_port(reader, &number_field);
                const char *name = read_name(reader, &name_field);
                struct pd_port *port;

                pd_field_sort_out(reader, &field, container_port_members,
                                  PD_COUNT(container_port_members));
                check_protocol(reader, &field);
                if (name != NULL && !check_name(reader, &name_field, name, &ports))
                        name = NULL;
                if (number == 0)
                        continue;
                if (find_port(&ports, number, NULL) != NULL)
                        pd_field_say(reader, PD_SEVERITY_ERROR, &number_field,
                                     "is the number of another port too");
                port = pd_reader_push(reader, &ports.at, &ports.count, sizeof(*port));
                if (port != NULL)
                        *port = (struct pd_port){.name = name, .container_port = number};
        }
        return ports;
}

/* The container's port of that number; it is reached even where the container does not list it. */
static struct pd_port *target_number(struct pd_reader *reader, uint16_t number,
                                     struct pd_ports *ports)
{
        struct pd_port *port = find_port(ports, number, NULL);

        if (port != NULL || number == 0)
                return port;
        port = pd_reader_push(reader, &ports->at, &ports->count, sizeof(*port));
        if (port != NULL)
                port->container_port = number;
        return port;
}

static struct pd_port *target_name(struct pd_reader *reader, const struct pd_field *field,
                                   const struct pd_ports *ports)
{
        const char *name = json_string_value(field->json);
        struct pd_port *port = find_port(ports, 0, name);

        if (port == NULL)
                pd_field_say(reader, PD_SEVERITY_WARNING, field,
                             "is '%s', but no port of the container has this name",
                             pd_show(name).text);
        return port;
}

/* The container's port that a Service's port leads to; by default the one of the same number. */
static struct pd_port *find_target(struct pd_reader *reader, const struct pd_field *service_port,
                                   uint16_t number, struct pd_ports *ports)
{
        struct pd_field field = pd_field_member(service_port, "targetPort");
        const char *text = json_string_value(field.json);

        if (text != NULL && text[strspn(text, "0123456789")] != '\0')
                return target_name(reader, &field, ports);
        if (field.json != NULL)
                number = pd_field_port(reader, &field);
        return target_number(reader, number, ports);
}

/* A name that several ports of one Service must have, and a single one may. */
static const char *read_service_name(struct pd_reader *reader, const struct pd_field *service_port,
                                     const struct pd_field *field)
{
        bool is_single = json_array_size(service_port->up->json) == 1;

        return is_single ? read_name(reader, field) : pd_field_name(reader, field);
}

/* The container's own name for a port stays; where it has none, the Service's is taken. */
static void join_name(struct pd_reader *reader, const struct pd_field *service_port,
                      const struct pd_ports *ports, struct pd_port *port)
{
        struct pd_field field = pd_field_member(service_port, "name");
        const char *name = read_service_name(reader, service_port, &field);

        if (name == NULL)
                return;
        if (port->name == NULL && check_name(reader, &field, name, ports))
                port->name = name;
        else if (port->name != NULL && strcmp(port->name, name) != 0)
                pd_field_say(reader, PD_SEVERITY_NOTE, &field,
                             "is not kept: the container calls the port '%s'", port->name);
}

static bool is_offered(const struct pd_ports *ports, uint16_t service_port)
{
        for (size_t i = 0; i < ports->count; i++) {
                if (ports->at[i].service_port == service_port)
                        return true;
        }
        return false;
}

/* Take one port of the Service; the container's port it leads to, or NULL. */
static const struct pd_port *offer_port(struct pd_reader *reader, const struct pd_field *field,
                                        struct pd_ports *ports)
{
        struct pd_field number_field = pd_field_member(field, "port");
        uint16_t number = pd_field_port(reader, &number_field);
        struct pd_port *port = number != 0 ? find_target(reader, field, number, ports) : NULL;

        pd_field_sort_out(reader, field, service_port_members, PD_COUNT(service_port_members));
        check_protocol(reader, field);
        if (port == NULL)
                return NULL;

        if (port->service_port != 0)
                pd_field_say(reader, PD_SEVERITY_ERROR, field,
                             "leads to %u of the container, as another port does: keep one",
                             port->container_port);
        else if (is_offered(ports, number))
                pd_field_say(reader, PD_SEVERITY_ERROR, &number_field,
                             "is the number of another port too");
        port->service_port = number;
        join_name(reader, field, ports, port);
        return port;
}

/* The port that a Service offers first is the one that is called: it goes to the front. */
static void put_first(struct pd_ports *ports, size_t index)
{
        struct pd_port first = ports->at[index];

        memmove(ports->at + 1, ports->at, index * sizeof(*ports->at));
        ports->at[0] = first;
}

void pd_read_offers(struct pd_reader *reader, const struct pd_field *service_ports,
                    struct pd_ports *ports)
{
        struct pd_field field = {0};
        size_t first = 0;

        while (pd_field_next(reader, service_ports, JSON_OBJECT, &field)) {
                const struct pd_port *port = offer_port(reader, &field, ports);

                if (port != NULL && field.index == 0)
                        first = (size_t)(port - ports->at);
        }
        if (first > 0)
                put_first(ports, first);
}
