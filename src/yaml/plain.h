/* plain.h - what a plain scalar (one without quotes) means. */
#ifndef PD_YAML_PLAIN_H
#define PD_YAML_PLAIN_H

enum pd_yaml_plain {
        PD_YAML_TEXT, /**< text to Kubernetes' reader: dates and `12:30` as well */
        PD_YAML_NULL,
        PD_YAML_TRUE,
        PD_YAML_FALSE,
        PD_YAML_INTEGER, /**< decimal, or hexadecimal after `0x` */
        PD_YAML_REAL,
        PD_YAML_DOUBTFUL, /**< some readers take it for a number or a boolean, some for another one
                           or for text */
        PD_YAML_NO_JSON,  /**< infinite, or not a number */
};

/** The kind of a plain scalar; never fails. */
enum pd_yaml_plain pd_yaml_resolve(const char *text);

#endif
