#include "CRE2.h"

#include <re2/re2.h>

#include <cstdio>
#include <new>
#include <string>

struct sluice_re2 {
    sluice_re2(re2::StringPiece pattern, const RE2::Options &options) : expression(pattern, options) {}

    RE2 expression;
};

extern "C" {

sluice_re2 *sluice_re2_create(
    const char *pattern, size_t length, char *reason, size_t reason_capacity, char *part, size_t part_capacity) {
    std::snprintf(reason, reason_capacity, "out of memory");
    std::snprintf(part, part_capacity, "%s", "");
    // Nothing but memory running out throws in there; an exception must not reach callers that know none.
    try {
        RE2::Options options;
        options.set_log_errors(false);
        // Only whether there is a match is asked: groups need no bookkeeping.
        options.set_never_capture(true);
        auto *created = new (std::nothrow) sluice_re2(re2::StringPiece(pattern, length), options);
        if (!created || created->expression.ok()) return created;
        std::string why = created->expression.error();
        const std::string &argument = created->expression.error_arg();
        std::snprintf(part, part_capacity, "%s", argument.c_str());
        // "missing ): a(b" ends with the part, which may be the whole pattern.
        if (!argument.empty() && why.size() > argument.size() + 2) why.resize(why.size() - argument.size() - 2);
        std::snprintf(reason, reason_capacity, "%s", why.c_str());
        delete created;
    } catch (...) {
    }
    return nullptr;
}

void sluice_re2_destroy(sluice_re2 *expression) { delete expression; }

int sluice_re2_size(const sluice_re2 *expression) { return expression->expression.ProgramSize(); }

bool sluice_re2_is_found(const sluice_re2 *expression, const uint8_t *text, size_t length) {
    try {
        re2::StringPiece piece(reinterpret_cast<const char *>(text), length);
        return expression->expression.Match(piece, 0, length, RE2::UNANCHORED, nullptr, 0);
    } catch (...) {
        return false;
    }
}

}  // extern "C"
