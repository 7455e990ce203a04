#include "Walker.h"

#include <cstring>

namespace sluice {

const char *const too_deep = "nested too deeply";
const char *const not_closed = "string is not closed";

#define SLUICE_INLINED [[gnu::always_inline]] inline

namespace {

bool is_digit(uint8_t byte) noexcept { return uint8_t(byte - '0') < 10; }

bool is_hexadecimal(uint8_t byte) noexcept { return is_digit(byte) || uint8_t((byte | 0x20) - 'a') < 6; }

bool is_white(uint8_t byte) noexcept { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

bool is_operator(uint8_t byte) noexcept {
    return byte == '{' || byte == '}' || byte == '[' || byte == ']' || byte == ':' || byte == ',';
}

failure fault_at(const uint8_t *text, const uint8_t *limit, const uint8_t *at, const char *reason) noexcept {
    return at >= limit ? failure{uint32_t(limit - text), "unexpected end of text"}
                       : failure{uint32_t(at - text), reason};
}

const uint8_t *find_backslash(const uint8_t *from, const uint8_t *limit) noexcept {
    auto *found = from < limit ? std::memchr(from, '\\', size_t(limit - from)) : nullptr;
    return found ? static_cast<const uint8_t *>(found) : limit;
}

/// Checks the escapes of a string from `backslash` to the string's end. Returns the first backslash behind them, or the
/// one that begins no escape and why.
const uint8_t *check_escapes(
    const uint8_t *backslash, const uint8_t *end, const uint8_t *limit, const char *&reason) noexcept {
    while (backslash < end) {
        switch (backslash[1]) {
        case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
            backslash = find_backslash(backslash + 2, limit);
            break;
        case 'u':
            for (int i = 2; i < 6; ++i) {
                if (is_hexadecimal(backslash[i])) continue;
                reason = "\\u needs four hexadecimal digits";
                return backslash;
            }
            backslash = find_backslash(backslash + 6, limit);
            break;
        default:
            reason = "unknown escape in a string";
            return backslash;
        }
    }
    return backslash;
}

/// The walk's state, in one place so that the parts below can share it.
///
/// All of them are inlined, and what is rare and long is a function that is not told of the state: so it stays in
/// registers.
struct walker {
    const uint8_t *text;
    const uint8_t *limit;
    const uint8_t *backslash;  ///< The first backslash at or after the current token.
    sluice_json_node *node;    ///< The next node to write.
    uint32_t written;          ///< Nodes before it.
    failure fault;

    SLUICE_INLINED bool fail(const uint8_t *at, const char *reason) noexcept {
        fault = fault_at(text, limit, at, reason);
        return false;
    }

    SLUICE_INLINED bool ends_token(const uint8_t *at) const noexcept {
        return is_white(*at) || is_operator(*at) || at == limit;
    }

    SLUICE_INLINED void write(const uint8_t *start, const uint8_t *end, uint32_t tag) noexcept {
        *node++ = sluice_json_node{uint32_t(start - text), uint32_t(end - text), ++written, tag};
    }

    bool string(const uint8_t *quote, uint32_t next) noexcept;
    bool number(const uint8_t *start) noexcept;
    bool literal(const uint8_t *start, const char *word, size_t length, uint32_t kind) noexcept;
    bool nothing(const uint8_t *at) noexcept;
};

/// Nothing but white space stands between a closing quote and the next index, which is how the quote is found.
SLUICE_INLINED bool walker::string(const uint8_t *quote, uint32_t next) noexcept {
    const uint8_t *closing = text + next - 1;
    while (*closing != '"') --closing;
    uint32_t tag = sluice_json_string;
    if (backslash < closing) {
        tag |= sluice_json_has_escapes;
        const char *reason = nullptr;
        backslash = check_escapes(backslash, closing, limit, reason);
        if (reason) return fail(backslash, reason);
    }
    write(quote, closing + 1, tag);
    return true;
}

SLUICE_INLINED bool walker::number(const uint8_t *start) noexcept {
    const uint8_t *at = start;
    if (*at == '-') ++at;
    if (*at == '0') {
        ++at;
        if (is_digit(*at)) return fail(start, "number has a leading zero");
    } else if (is_digit(*at)) {
        do ++at; while (is_digit(*at));
    } else {
        return fail(at, "number has no digit after '-'");
    }
    // Nearly all are counts, with the next member or the object's end behind them.
    if (*at == ',' || *at == '}') return write(start, at, sluice_json_number), true;
    if (*at == '.') {
        ++at;
        if (!is_digit(*at)) return fail(at, "number has no digit after the point");
        do ++at; while (is_digit(*at));
    }
    if ((*at | 0x20) == 'e') {
        ++at;
        if (*at == '+' || *at == '-') ++at;
        if (!is_digit(*at)) return fail(at, "number has no digit in its exponent");
        do ++at; while (is_digit(*at));
    }
    if (!ends_token(at)) return fail(at, "unexpected character in a number");
    write(start, at, sluice_json_number);
    return true;
}

SLUICE_INLINED bool walker::literal(const uint8_t *start, const char *word, size_t length, uint32_t kind) noexcept {
    if (std::memcmp(start, word, length) != 0 || !ends_token(start + length)) return fail(start, "not a JSON value");
    write(start, start + length, kind);
    return true;
}

SLUICE_INLINED bool walker::nothing(const uint8_t *at) noexcept {
    switch (*at) {
    case ',': case ':': case '}': case ']': return fail(at, "expected a value");
    case '\'': return fail(at, "strings need double quotes");
    case '+': return fail(at, "number starts with '+'");
    case '.': return fail(at, "number has no digit before the point");
    case 0xEF: if (at == text && at[1] == 0xBB && at[2] == 0xBF) return fail(at, "starts with a byte order mark");
    }
    return fail(at, "not a JSON value");
}

}  // namespace

failure walk(
    const uint8_t *text, uint32_t length, const uint32_t *indexes, sluice_json_node *nodes, frame *stack,
    uint32_t maximum_depth) noexcept {
    walker walk{text, text + length, find_backslash(text, text + length), nodes, 0, {}};
    frame *top = stack;  // The bottom frame stands for the document and is never read.
    frame *const deepest = stack + maximum_depth;
    const uint8_t *at;

value:
    at = text + *indexes++;
    switch (*at) {
    case '{':
        if (top == deepest) return walk.fail(at, too_deep), walk.fault;
        *++top = frame{walk.written, 0, true};
        walk.write(at, at, sluice_json_object);
        at = text + *indexes++;
        if (*at == '"') goto key;
        if (*at == '}') goto close;
        return walk.fail(at, "expected a key in double quotes"), walk.fault;
    case '[':
        if (top == deepest) return walk.fail(at, too_deep), walk.fault;
        *++top = frame{walk.written, 0, false};
        walk.write(at, at, sluice_json_array);
        if (text[*indexes] != ']') goto value;
        at = text + *indexes++;
        goto close;
    case '"':
        if (!walk.string(at, *indexes)) return walk.fault;
        break;
    case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
        if (!walk.number(at)) return walk.fault;
        break;
    case 't':
        if (!walk.literal(at, "true", 4, sluice_json_bool)) return walk.fault;
        break;
    case 'f':
        if (!walk.literal(at, "false", 5, sluice_json_bool)) return walk.fault;
        break;
    case 'n':
        if (!walk.literal(at, "null", 4, sluice_json_null)) return walk.fault;
        break;
    default:
        return walk.nothing(at), walk.fault;
    }

after:
    if (top == stack) {
        if (*indexes != length) walk.fail(text + *indexes, "unexpected text after the document");
        return walk.fault;
    }
    top->count++;
    at = text + *indexes++;
    if (top->object) {
        if (*at == ',') {
            at = text + *indexes++;
            if (*at == '"') goto key;
            return walk.fail(at, "expected a key in double quotes after ','"), walk.fault;
        }
        if (*at == '}') goto close;
        return walk.fail(at, "expected ',' or '}' after the value"), walk.fault;
    }
    if (*at == ',') goto value;
    if (*at == ']') goto close;
    return walk.fail(at, "expected ',' or ']' after the value"), walk.fault;

key:
    if (!walk.string(at, *indexes)) return walk.fault;
    at = text + *indexes++;
    if (*at == ':') goto value;
    return walk.fail(at, "expected ':' after the key"), walk.fault;

close:
    sluice_json_node &closed = nodes[top->node];
    closed.end = uint32_t(at - text) + 1;
    closed.next = walk.written;
    closed.tag |= top->count << sluice_json_count_shift;
    --top;
    goto after;
}

failure index_slowly(const uint8_t *text, size_t length, uint32_t *indexes, size_t &count) noexcept {
    count = 0;
    failure fault;
    size_t at = 0;
    while (at < length) {
        size_t start = at;
        if (is_white(text[at])) {
            ++at;
            continue;
        }
        if (is_operator(text[at])) {
            ++at;
        } else if (text[at] != '"') {
            while (at < length && !is_white(text[at]) && !is_operator(text[at])) ++at;
        } else {
            ++at;
            while (at < length && text[at] != '"' && text[at] >= 0x20) {
                bool escaped = text[at] == '\\' && (text[at + 1] == '"' || text[at + 1] == '\\');
                at += escaped ? 2 : 1;
            }
            if (at >= length) fault = failure{uint32_t(start), not_closed};
            else if (text[at] != '"') fault = failure{uint32_t(at), "control character in a string"};
            ++at;
        }
        indexes[count] = uint32_t(start);
        if (fault.reason) return fault;
        ++count;
    }
    indexes[count] = uint32_t(length);
    return fault;
}

}  // namespace sluice
