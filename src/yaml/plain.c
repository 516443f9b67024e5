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

/* With a prefix of its base; the digits behind it may be parted. */
static bool is_based(const char *text)
{
        static const struct {
                const char *letters, *digits;
        } bases[] = {{"xX", HEX "_"}, {"oO", "01234567_"}, {"bB", "01_"}};

        if (text[0] != '0' || text[1] == '\0')
                return false;
        for (size_t i = 0; i < PD_COUNT(bases); i++) {
                if (strchr(bases[i].letters, text[1]) != NULL)
                        return is_all(text + 2, bases[i].digits);
        }
        return false;
}

/* What only some readers take for a number: 1_000, 1e3, -.5, 010, 0o17, or all of them. */
static bool is_number_to_some(const char *text)
{
        const char *mantissa;

        if (*text == '_' || strpbrk(text, DIGITS) == NULL)
                return false;
        text = skip_sign(text);
        if (is_based(text))
                return true;

        mantissa = text;
        text += strspn(text, DIGITS "_");
        if (*text == '.')
                text += 1 + strspn(text + 1, DIGITS "_");
        if (*text == '\0')
                return true;
        return text > mantissa && (*text == 'e' || *text == 'E') &&
               is_all(skip_sign(text + 1), DIGITS "_");
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
