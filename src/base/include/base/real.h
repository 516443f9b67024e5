/*
 * real.h - real numbers in and out of text, with nothing lost and no locale asked.
 *
 * A double stands for its shortest text: the decimal with the fewest digits that reads back as the
 * same double (as Python's repr and JavaScript print it).
 */
#ifndef PD_BASE_REAL_H
#define PD_BASE_REAL_H

#include <stdbool.h>
#include <stddef.h>

/** Room for pd_real_write() with its NUL. */
#define PD_REAL_SIZE 32

/**
 * The double whose shortest text has the very value of this decimal (digits with an optional sign,
 * point and exponent; the caller has checked that). False: there is none, it would be changed.
 */
bool pd_real_read(const char *text, size_t len, double *ret);

/**
 * The shortest text of a finite double; it always has a point, and an exponent below 1e-4 and from
 * 1e16 on (`0.25`, `3.0`, `1.0e+22`): a real number to readers of JSON, YAML 1.1 and YAML 1.2.
 */
void pd_real_write(double value, char out[PD_REAL_SIZE]);

#endif
