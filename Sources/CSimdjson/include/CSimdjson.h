#pragma once

// The C face of the JSON reader. simdjson's first stage finds the structure of a text and checks UTF-8, control
// characters and quotes; the walker in CSimdjson.cpp checks everything else and writes one node for each value.
// simdjson's own front ends do not serve: the DOM loses byte offsets and refuses integers over 64 bits, and
// On-Demand does not validate what it skips.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    sluice_json_object = 0,
    sluice_json_array = 1,
    sluice_json_string = 2,
    sluice_json_number = 3,
    sluice_json_bool = 4,
    sluice_json_null = 5,

    /// Bits of a node's `tag`: the kind, whether a string holds a backslash, and the count above them.
    sluice_json_kind_mask = 7,
    sluice_json_has_escapes = 8,
    sluice_json_count_shift = 4
};

/// One value, in document order. An object's members follow it as key, value, key, value; an array's elements
/// follow it one after the other.
typedef struct sluice_json_node {
    uint32_t start;  ///< Offset of the first byte; of the quote for a string.
    uint32_t end;    ///< Offset after the last byte.
    uint32_t next;   ///< Index of the node after this one and all it contains.
    uint32_t tag;    ///< Kind, flags, and the number of members or elements.
} sluice_json_node;

/// What one parse found. The pointers are good until the parser's next parse.
typedef struct sluice_json_document {
    const uint8_t *text;
    uint32_t length;
    const sluice_json_node *nodes;
    uint32_t error_offset;
    const char *reason;  ///< NULL when the document is valid.
} sluice_json_document;

typedef struct sluice_json_parser sluice_json_parser;

/// NULL when there is no memory. Depth counts objects and arrays around a value.
sluice_json_parser *sluice_json_parser_create(uint32_t maximum_depth);
void sluice_json_parser_destroy(sluice_json_parser *parser);

/// Copies the text and validates all of it; the root is node 0. A NULL parser answers "out of memory".
sluice_json_document sluice_json_parse(sluice_json_parser *parser, const uint8_t *text, size_t length);

/// Decodes the escapes between a valid string's quotes. `output` may be `input`; the result is never longer.
/// A surrogate without its partner becomes U+FFFD. Returns the number of bytes written.
size_t sluice_json_unescape(const uint8_t *input, size_t length, uint8_t *output);

/// How many bytes longer a text becomes when it is escaped.
size_t sluice_json_escape_growth(const uint8_t *input, size_t length);

/// Writes the text with quotes, backslashes and control characters escaped; the two may not overlap. Returns the
/// number of bytes written, at most six for one.
size_t sluice_json_escape(const uint8_t *input, size_t length, uint8_t *output);

/// Whether what stands between a valid string's quotes is what `sluice_json_escape` makes of its decoded text.
bool sluice_json_is_escaped_alike(const uint8_t *input, size_t length);

bool sluice_json_is_utf8(const uint8_t *input, size_t length);

/// Offset of the first byte of the first sequence that is not UTF-8; `length` when there is none.
size_t sluice_json_utf8_prefix(const uint8_t *input, size_t length);

#ifdef __cplusplus
}
#endif
