/* types.c - look-ups by number. */
#include "types.h"

#include <stdlib.h>

static int compare_number(const void *key, const void *element)
{
        uint32_t wanted = *(const uint32_t *)key;
        uint32_t number = ((const struct pd_proto_field *)element)->number;

        return (wanted > number) - (wanted < number);
}

static int compare_value(const void *key, const void *element)
{
        int32_t wanted = *(const int32_t *)key;
        int32_t number = ((const struct pd_proto_value *)element)->number;

        return (wanted > number) - (wanted < number);
}

const struct pd_proto_field *pd_proto_message_field(const struct pd_proto_message *message,
                                                    uint32_t number)
{
        const struct pd_proto_field *fields = message->fields;

        /* most messages number their fields 1, 2, 3 */
        if (number - 1 < message->count && fields[number - 1].number == number)
                return &fields[number - 1];
        return message->count == 0
                       ? NULL
                       : bsearch(&number, fields, message->count, sizeof(*fields), compare_number);
}

const char *pd_proto_enum_name(const struct pd_proto_enum *values, int32_t number)
{
        const struct pd_proto_value *value =
                values->count == 0 ? NULL
                                   : bsearch(&number, values->values, values->count,
                                             sizeof(*values->values), compare_value);

        return value != NULL ? value->name : NULL;
}

bool pd_proto_field_takes(const struct pd_proto_field *field, uint64_t number)
{
        return field->values == NULL || !field->values->is_closed ||
               pd_proto_enum_name(field->values, (int32_t)number) != NULL;
}

uint64_t pd_proto_kind_number(const struct pd_proto_kind *kind, uint64_t raw)
{
        uint64_t low = kind->is_32 ? (uint32_t)raw : raw;

        switch (kind->form) {
        case PD_FORM_SIGNED:
        case PD_FORM_ENUM:
                return kind->is_32 ? (uint64_t)(int32_t)low : low;
        case PD_FORM_ZIGZAG:
                return (low >> 1) ^ (0 - (low & 1));
        case PD_FORM_BOOL:
                return raw != 0;
        default:
                return low;
        }
}
