/* docker_amount.c - amounts of resources as numbers. */
#include "docker_amount.h"

#include <stddef.h>
#include <string.h>

#include "base/attr.h"

/* What is kept of digits; more are cut by nobody who means an amount. */
#define MAX_DIGITS 24

static const struct {
        const char *suffix;
        double factor;
} suffixes[] = {
        {"", 1},        {"m", 1e-3},    {"k", 1e3},     {"M", 1e6},     {"G", 1e9},
        {"T", 1e12},    {"P", 1e15},    {"E", 1e18},    {"Ki", 1024},   {"Mi", 1048576},
        {"Gi", 0x1p30}, {"Ti", 0x1p40}, {"Pi", 0x1p50}, {"Ei", 0x1p60},
};

/* Digits with a fraction, as far as they go: no locale is asked. */
static double read_number(const char **at)
{
        double value = 0, place = 1;
        const char *start = *at;

        for (; **at >= '0' && **at <= '9'; (*at)++)
                value = value * 10 + (**at - '0');
        if (**at == '.' && *at > start)
                for ((*at)++; **at >= '0' && **at <= '9'; (*at)++)
                        value += (place /= 10) * (**at - '0');
        return *at > start ? value : -1;
}

bool pd_docker_amount(const char *text, int64_t unit, int64_t *ret)
{
        double value;

        if (strlen(text) > MAX_DIGITS)
                return false;
        value = read_number(&text);
        for (size_t i = 0; value >= 0 && i < PD_COUNT(suffixes); i++) {
                double amount = value * suffixes[i].factor * (double)unit;

                if (strcmp(text, suffixes[i].suffix) != 0 || amount > 0x1p62)
                        continue;
                *ret = (int64_t)(amount + 0.5);
                return true;
        }
        return false;
}
