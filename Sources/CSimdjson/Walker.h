#pragma once

#include "CSimdjson.h"

namespace sluice {

/// A fault of a text; no reason means none.
struct failure {
    uint32_t offset = 0;
    const char *reason = nullptr;
};

/// An open object or array: its node and how many members or elements it has so far.
struct frame {
    uint32_t node;
    uint32_t count;
    bool object;
};

/// Reasons that the caller treats apart: it names the depth, and it knows where a text was cut.
extern const char *const too_deep;
extern const char *const not_closed;

/// Checks grammar, numbers, literals, escapes and depth, and writes a node for each value.
///
/// `indexes` holds, in order, the offset of every structural character outside strings, of every opening quote and
/// of every first byte of another run of characters, and after the last of them `length`. `text` is followed by at
/// least eight zero bytes: a zero begins no token, so that the walk stops at the sentinel without looking for it.
/// Strings are closed, hold no control characters, and the whole is UTF-8. `nodes` has room for every index.
failure walk(
    const uint8_t *text, uint32_t length, const uint32_t *indexes, sluice_json_node *nodes, frame *stack,
    uint32_t maximum_depth) noexcept;

/// Writes the indexes that `walk` wants, one byte at a time, up to the first string that is not closed or holds a
/// control character. Returns that fault; the index after the last, `indexes[count]`, is where the walk must end.
failure index_slowly(const uint8_t *text, size_t length, uint32_t *indexes, size_t &count) noexcept;

}  // namespace sluice
