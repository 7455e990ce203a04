#include "CSimdjson.h"
#include "Walker.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <simdjson.h>

using sluice::failure;
using stage_one = simdjson::internal::dom_parser_implementation;

namespace {

/// Offsets are 32 bits wide and counts 28 bits; this is far beyond any line or answer that is let in.
constexpr size_t maximum_length = 256u << 20;

/// Structural characters and values of a document. Nodes take sixteen bytes each: a text of nothing but `1,1,1,`
/// would need many times its own size.
constexpr uint32_t maximum_indexes = 16u << 20;

/// Buffers start at this size, so that ordinary documents never grow them.
constexpr size_t smallest_capacity = 16u << 10;

/// Buffers larger than this are given back when the next document is much smaller.
constexpr size_t kept_capacity = 2u << 20;

struct free_memory {
    void operator()(void *memory) const noexcept { std::free(memory); }
};

}  // namespace

struct sluice_json_parser {
    explicit sluice_json_parser(uint32_t depth) noexcept : maximum_depth(depth) {}

    bool prepare(size_t length) noexcept;
    bool reserve_nodes(size_t count) noexcept;
    failure explain(size_t length, simdjson::error_code code) noexcept;

    uint32_t maximum_depth;
    size_t capacity = 0;
    size_t node_capacity = 0;
    std::unique_ptr<stage_one> first_stage;
    std::unique_ptr<uint8_t, free_memory> text;
    std::unique_ptr<sluice_json_node, free_memory> nodes;
    std::unique_ptr<sluice::frame, free_memory> stack;
    char depth_reason[48] = "";
};

/// Makes room for a text, and gives back what an earlier, much larger one needed.
bool sluice_json_parser::prepare(size_t length) noexcept {
    bool oversized = capacity > kept_capacity && length < capacity / 4;
    if (!text || length > capacity || oversized) {
        size_t wanted = smallest_capacity;
        while (wanted < length) wanted *= 2;
        capacity = 0;
        text.reset();
        nodes.reset();
        node_capacity = 0;
        if (!first_stage) {
            auto *implementation = static_cast<const simdjson::implementation *>(simdjson::get_active_implementation());
            if (implementation->create_dom_parser_implementation(wanted, 1, first_stage)) return false;
        } else if (first_stage->set_capacity(wanted)) {
            return false;
        }
        text.reset(static_cast<uint8_t *>(std::malloc(wanted + simdjson::SIMDJSON_PADDING)));
        if (!text) return false;
        capacity = wanted;
    }
    if (!stack) stack.reset(static_cast<sluice::frame *>(std::malloc((maximum_depth + 1) * sizeof(sluice::frame))));
    return stack != nullptr;
}

/// Every node starts at a structural index of its own, so that their number bounds the nodes and the walker need
/// not check for room. Memory that is never written is never committed.
bool sluice_json_parser::reserve_nodes(size_t count) noexcept {
    if (count <= node_capacity) return true;
    size_t wanted = node_capacity < 256 ? 256 : node_capacity;
    while (wanted < count) wanted *= 2;
    node_capacity = 0;
    nodes.reset(static_cast<sluice_json_node *>(std::malloc(wanted * sizeof(sluice_json_node))));
    if (!nodes) return false;
    node_capacity = wanted;
    return true;
}

/// Finds the first fault of a text that the first stage refused. The first stage names no offset, and a fault of
/// the grammar may stand before the one it saw (a forgotten quote shows as an unclosed string at the very end):
/// so the text is cut where it goes wrong, and what stands before is walked as usual.
failure sluice_json_parser::explain(size_t length, simdjson::error_code code) noexcept {
    if (code == simdjson::CAPACITY || code == simdjson::MEMALLOC) return failure{0, "out of memory"};
    size_t valid = sluice_json_utf8_prefix(text.get(), length);
    uint32_t *indexes = first_stage->structural_indexes.get();
    size_t count = 0;
    failure fault = sluice::index_slowly(text.get(), valid, indexes, count);
    if (valid < length && (!fault.reason || fault.reason == sluice::not_closed)) {
        fault = failure{uint32_t(valid), "not UTF-8"};
    } else if (!fault.reason) {
        fault = failure{uint32_t(length), "unexpected end of text"};
    }
    if (count > maximum_indexes) return failure{indexes[maximum_indexes], "too many values"};
    if (!reserve_nodes(count + 1)) return failure{0, "out of memory"};
    uint32_t cut = indexes[count];
    std::memset(text.get() + cut, 0, simdjson::SIMDJSON_PADDING);
    failure earlier = sluice::walk(text.get(), cut, indexes, nodes.get(), stack.get(), maximum_depth);
    return earlier.reason && earlier.offset < cut ? earlier : fault;
}

extern "C" {

sluice_json_parser *sluice_json_parser_create(uint32_t maximum_depth) {
    auto *parser = new (std::nothrow) sluice_json_parser(maximum_depth);
    if (parser) {
        std::snprintf(parser->depth_reason, sizeof parser->depth_reason, "nested deeper than %u", maximum_depth);
    }
    return parser;
}

void sluice_json_parser_destroy(sluice_json_parser *parser) { delete parser; }

sluice_json_document sluice_json_parse(sluice_json_parser *parser, const uint8_t *input, size_t length) {
    sluice_json_document document{};
    if (length > maximum_length) {
        document.reason = "longer than 256 MiB";
        return document;
    }
    if (!parser || !parser->prepare(length)) {
        document.reason = "out of memory";
        return document;
    }
    uint8_t *text = parser->text.get();
    if (length) std::memcpy(text, input, length);
    std::memset(text + length, 0, simdjson::SIMDJSON_PADDING);
    document.text = text;
    document.length = uint32_t(length);

    failure fault;
    auto code = parser->first_stage->stage1(text, length, simdjson::stage1_mode::regular);
    if (code == simdjson::EMPTY) {
        fault = failure{uint32_t(length), "empty text"};
    } else if (code) {
        fault = parser->explain(length, code);
    } else if (parser->first_stage->n_structural_indexes > maximum_indexes) {
        fault = failure{parser->first_stage->structural_indexes[maximum_indexes], "too many values"};
    } else if (!parser->reserve_nodes(parser->first_stage->n_structural_indexes + 1)) {
        fault = failure{0, "out of memory"};
    } else {
        uint32_t *indexes = parser->first_stage->structural_indexes.get();
        // simdjson writes this sentinel too; the walker's safety stands on it, so it is not left to a version.
        indexes[parser->first_stage->n_structural_indexes] = uint32_t(length);
        fault = sluice::walk(
            text, uint32_t(length), indexes, parser->nodes.get(), parser->stack.get(), parser->maximum_depth);
    }
    document.nodes = parser->nodes.get();
    document.error_offset = fault.offset;
    document.reason = fault.reason == sluice::too_deep ? parser->depth_reason : fault.reason;
    return document;
}

bool sluice_json_is_utf8(const uint8_t *input, size_t length) {
    return simdjson::validate_utf8(reinterpret_cast<const char *>(input), length);
}

}  // extern "C"
