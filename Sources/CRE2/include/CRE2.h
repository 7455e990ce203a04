#ifndef SLUICE_CRE2_H
#define SLUICE_CRE2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled pattern; any thread may match with it.
typedef struct sluice_re2 sluice_re2;

/// Compiles a UTF-8 pattern. On failure returns NULL, and writes why and the part of the pattern that is at fault;
/// both end with a zero byte and are cut to their capacities.
sluice_re2 *sluice_re2_create(
    const char *pattern, size_t length, char *reason, size_t reason_capacity, char *part, size_t part_capacity);

void sluice_re2_destroy(sluice_re2 *expression);

/// How many instructions the pattern became: a match takes at most that many steps for each byte.
int sluice_re2_size(const sluice_re2 *expression);

/// Whether the pattern is found anywhere in the text.
bool sluice_re2_is_found(const sluice_re2 *expression, const uint8_t *text, size_t length);

#ifdef __cplusplus
}
#endif

#endif
