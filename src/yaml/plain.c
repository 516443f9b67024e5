/*
 * plain.c - what a plain scalar means.
 *
 * Three readers are asked: YAML 1.1 as PyYAML has it, Kubernetes' own (sigs.k8s.io/yaml, which is
 * close to 1.1), and the core schema of YAML 1.2. Where Kubernetes' reader sees text, it is text.
 * Else all must see the same value.
 */
#include "plain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/attr.h"

#define DIGITS "0123456789"
#define HEX    DIGITS "abcdefABCDEF"

static const struct {
        enum pd_yaml_plain kind;
        const char *spellings[10]; /* the last one is followed by NULL */
} words[] = {
        {PD_YAML_NULL, {"", "~", "null", "Null", "NULL"}},
        {PD_YAML_TRUE, {"true", "True", "TRUE"}},
        {PD_YAML_FALSE, {"false", "False", "FALSE"}},
        {PD_YAML_DOUBTFUL, {"y", "Y", "yes", "Yes", "YES", "on", "On", "ON"}},
        {PD_YAML_DOUBTFUL, {"n", "N", "no", "No", "NO", "off", "Off", "OFF"}},
        {PD_YAML_NO_JSON, {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"}},
        {PD_YAML_NO_JSON, {"-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN"}},
};

/* Whether signs of the set, at least one, are all that is left. */
static bool is_all(const char *text, const char *set)
{
        return *text != '\0' && text[strspn(text, set)] == '\0';
}

static const char *skip_sign(const char *text)
{
        return text + (*text == '-' || *text == '+');
}

/* A decimal integer to everybody: no leading zero, which makes it octal to some. */
static bool is_decimal(const char *text)
{
        text = skip_sign(text);
        return is_all(text, DIGITS) && (text[0] != '0' || text[1] == '\0');
}

static bool is_hexadecimal(const char *text)
{
        return text[0] == '0' && text[1] == 'x' && is_all(text + 2, HEX);
}

/* A real number to everybody: with a point, and with a sign in the exponent. */
static bool is_real(const char *text)
{
        const char *whole = skip_sign(text);
        size_t before = strspn(whole, DIGITS), behind;

        if (whole[before] != '.')
                return false;
        behind = strspn(whole + before + 1, DIGITS);
        if (before == 0 && (behind == 0 || whole != text))
                return false;

        text = whole + before + 1 + behind;
        if (*text == '\0')
                return true;
        return (*text == 'e' || *text == 'E') && (text[1] == '-' || text[1] == '+') &&
               is_all(text + 2, DIGITS);
}

/*
 * Take at most `most` signs of the set and count them. Underscores are not there: YAML 1.1 parts
 * digits with them, and Kubernetes' reader drops them wherever they are.
 */
static size_t take(const char **text, const char *set, size_t most)
{
        size_t count = 0;

        while (**text == '_' || (**text != '\0' && count < most && strchr(set, **text) != NULL)) {
                count += **text != '_';
                (*text)++;
        }
        return count;
}

/* With a prefix that says the base. */
static bool is_based(const char *text)
{
        static const char *const bases[][2] = {{"xX", HEX}, {"oO", "01234567"}, {"bB", "01"}};

        if (take(&text, "0", 1) == 0)
                return false;
        for (size_t i = 0; i < PD_COUNT(bases); i++) {
                if (take(&text, bases[i][0], 1) != 0)
                        return take(&text, bases[i][1], SIZE_MAX) != 0 && *text == '\0';
        }
        return false;
}

/* What only some readers take for a number: 1_000, 1e3, -.5, 010, 0o17, or all of them. */
static bool is_number_to_some(const char *text)
{
        size_t digits;

        if (*text == '_')
                return false;
        (void)take(&text, "+-", 1);
        if (is_based(text))
                return true;

        digits = take(&text, DIGITS, SIZE_MAX);
        if (take(&text, ".", 1) != 0)
                digits += take(&text, DIGITS, SIZE_MAX);
        if (digits != 0 && take(&text, "eE", 1) != 0) {
                (void)take(&text, "+-", 1);
                digits = take(&text, DIGITS, SIZE_MAX);
        }
        return digits != 0 && *text == '\0';
}

enum pd_yaml_plain pd_yaml_resolve(const char *text)
{
        for (size_t i = 0; i < PD_COUNT(words); i++) {
                for (size_t k = 0; words[i].spellings[k] != NULL; k++) {
                        if (strcmp(text, words[i].spellings[k]) == 0)
                                return words[i].kind;
                }
        }
        if (is_decimal(text) || is_hexadecimal(text))
                return PD_YAML_INTEGER;
        if (is_real(text))
                return PD_YAML_REAL;
        return is_number_to_some(text) ? PD_YAML_DOUBTFUL : PD_YAML_TEXT;
}
