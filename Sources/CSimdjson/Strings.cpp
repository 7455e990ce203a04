#include "CSimdjson.h"

#include <cstring>

namespace {

uint32_t hexadecimal(const uint8_t *digits) noexcept {
    uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        uint8_t digit = digits[i];
        value = value << 4 | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10u);
    }
    return value;
}

uint8_t *write_utf8(uint32_t scalar, uint8_t *output) noexcept {
    if (scalar < 0x80) {
        *output++ = uint8_t(scalar);
    } else if (scalar < 0x800) {
        *output++ = uint8_t(0xC0 | scalar >> 6);
        *output++ = uint8_t(0x80 | (scalar & 0x3F));
    } else if (scalar < 0x10000) {
        *output++ = uint8_t(0xE0 | scalar >> 12);
        *output++ = uint8_t(0x80 | (scalar >> 6 & 0x3F));
        *output++ = uint8_t(0x80 | (scalar & 0x3F));
    } else {
        *output++ = uint8_t(0xF0 | scalar >> 18);
        *output++ = uint8_t(0x80 | (scalar >> 12 & 0x3F));
        *output++ = uint8_t(0x80 | (scalar >> 6 & 0x3F));
        *output++ = uint8_t(0x80 | (scalar & 0x3F));
    }
    return output;
}

bool stands_plain(uint8_t byte) noexcept { return byte >= 0x20 && byte != '"' && byte != '\\'; }

/// How many of eight bytes stand plain before the first that does not.
size_t plain_of_eight(const uint8_t *input) noexcept {
    constexpr uint64_t ones = 0x0101010101010101u;
    uint64_t word = 0;
    for (int i = 7; i >= 0; --i) word = word << 8 | input[i];
    uint64_t quote = word ^ ones * '"';
    uint64_t backslash = word ^ ones * '\\';
    // A byte's high bit is set where it was less than the number subtracted. A borrow may reach the byte above, but
    // only the lowest is looked at.
    uint64_t special = ((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash);
    special &= ones * 0x80;
    return special ? size_t(__builtin_ctzll(special)) / 8 : 8;
}

/// The letter of a two-character escape, or 0 for characters that take the long form.
char escape_letter(uint8_t byte) noexcept {
    switch (byte) {
    case '"': case '\\': return char(byte);
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return 0;
    }
}

}  // namespace

extern "C" {

size_t sluice_json_unescape(const uint8_t *input, size_t length, uint8_t *output) {
    const uint8_t *const end = input + length;
    uint8_t *const start = output;
    while (input < end) {
        auto *backslash = static_cast<const uint8_t *>(std::memchr(input, '\\', size_t(end - input)));
        size_t plain = size_t((backslash ? backslash : end) - input);
        if (output != input) std::memmove(output, input, plain);
        output += plain;
        input += plain;
        if (end - input < 2) break;
        uint8_t letter = input[1];
        input += 2;
        switch (letter) {
        case 'b': *output++ = '\b'; break;
        case 'f': *output++ = '\f'; break;
        case 'n': *output++ = '\n'; break;
        case 'r': *output++ = '\r'; break;
        case 't': *output++ = '\t'; break;
        case 'u': {
            if (end - input < 4) return size_t(output - start);
            uint32_t scalar = hexadecimal(input);
            input += 4;
            if (scalar >= 0xD800 && scalar < 0xE000) {
                uint32_t low = 0;
                if (scalar < 0xDC00 && end - input >= 6 && input[0] == '\\' && input[1] == 'u') {
                    low = hexadecimal(input + 2);
                }
                if (low >= 0xDC00 && low < 0xE000) {
                    scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00);
                    input += 6;
                } else {
                    scalar = 0xFFFD;
                }
            }
            output = write_utf8(scalar, output);
            break;
        }
        default: *output++ = letter; break;
        }
    }
    return size_t(output - start);
}

size_t sluice_json_escape_growth(const uint8_t *input, size_t length) {
    // Chunks of fixed length, byte-wide sums and no branches: compilers turn the inner loop into vector code.
    size_t special = 0;
    size_t control = 0;
    size_t at = 0;
    for (; length - at >= 64; at += 64) {
        uint8_t specials = 0;
        uint8_t controls = 0;
        for (size_t i = 0; i < 64; ++i) {
            uint8_t byte = input[at + i];
            specials += uint8_t(byte < 0x20) | uint8_t(byte == '"') | uint8_t(byte == '\\');
            controls += uint8_t(byte < 0x20);
        }
        special += specials;
        control += controls;
    }
    for (; at < length; ++at) {
        special += !stands_plain(input[at]);
        control += input[at] < 0x20;
    }
    if (!control) return special;
    for (at = 0; at < length; ++at) {
        if (input[at] < 0x20 && !escape_letter(input[at])) special += 4;
    }
    return special;
}

size_t sluice_json_escape(const uint8_t *input, size_t length, uint8_t *output) {
    static const char digits[] = "0123456789abcdef";
    uint8_t *const start = output;
    size_t at = 0;
    while (at < length) {
        if (length - at >= 8) {
            // What is left to write is never shorter than what is left to read, so eight bytes fit.
            std::memcpy(output, input + at, 8);
            size_t plain = plain_of_eight(input + at);
            output += plain;
            at += plain;
            if (plain == 8) continue;
        }
        uint8_t byte = input[at++];
        if (stands_plain(byte)) {
            *output++ = byte;
            continue;
        }
        *output++ = '\\';
        if (char letter = escape_letter(byte)) {
            *output++ = uint8_t(letter);
        } else {
            std::memcpy(output, "u00", 3);
            output[3] = uint8_t(digits[byte >> 4]);
            output[4] = uint8_t(digits[byte & 15]);
            output += 5;
        }
    }
    return size_t(output - start);
}

bool sluice_json_is_escaped_alike(const uint8_t *input, size_t length) {
    const uint8_t *const end = input + length;
    while (auto *backslash = static_cast<const uint8_t *>(std::memchr(input, '\\', size_t(end - input)))) {
        switch (backslash[1]) {
        case '"': case '\\': case 'b': case 'f': case 'n': case 'r': case 't':
            input = backslash + 2;
            break;
        case 'u': {
            // Only control characters without a letter are written so, with small digits.
            if (end - backslash < 6 || std::memcmp(backslash + 2, "00", 2) != 0) return false;
            uint32_t value = hexadecimal(backslash + 2);
            if (value >= 0x20 || escape_letter(uint8_t(value)) || (backslash[5] >= 'A' && backslash[5] <= 'F')) return false;
            input = backslash + 6;
            break;
        }
        default: return false;
        }
    }
    return true;
}

size_t sluice_json_utf8_prefix(const uint8_t *input, size_t length) {
    size_t at = 0;
    while (at < length) {
        uint8_t lead = input[at];
        if (lead < 0x80) {
            ++at;
            continue;
        }
        // Table 3-7 of the Unicode standard: the second byte's range excludes long forms and surrogates.
        size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (lead < 0xC2 || lead > 0xF4 || length - at < size) return at;
        uint8_t lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        uint8_t highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (input[at + 1] < lowest || input[at + 1] > highest) return at;
        for (size_t i = 2; i < size; ++i) {
            if ((input[at + i] & 0xC0) != 0x80) return at;
        }
        at += size;
    }
    return at;
}

}  // extern "C"
