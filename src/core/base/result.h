// Errors as values: what was being done, to what, why it failed and what to do next.
#pragma once

#include "core/base/words.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <tl/expected.hpp>

namespace shoji::base {

enum class ErrorKind {
    invalid,      // what came in is malformed or out of bounds
    denied,       // a rule says no
    not_found,    // the named thing does not exist
    exists,       // the named thing exists already
    unavailable,  // another program, file or network is not there now; trying again may help
    full,         // a stated limit is reached
    system,       // the operating system refused
    corrupt,      // stored data is not what was written
};

struct Error {
    ErrorKind kind = ErrorKind::system;
    std::string message;  // English, for logs; never holds a secret
    // For people: a key of the message catalogue and what its message names. Empty where the error
    // has no words but `message`.
    std::string key{};
    std::vector<std::pair<std::string, std::string>> values{};
    // For people as well: where it is, the outermost first, and then what it is. Empty, or all that
    // `message` says.
    std::vector<Words> words{};

    // The same error, told from one level further out: "opening the store: <message>". The words
    // for people do not tell that, and go.
    Error context(std::string_view doing) && {
        message = fmt::format("{}: {}", doing, message);
        key.clear();
        values.clear();
        words.clear();
        return std::move(*this);
    }

    // The same error, and where it is: "line 12: <message>", for people too.
    Error inside(Words place) && {
        if (words.empty()) words.push_back(Words::quoted(message));
        message = fmt::format("{}: {}", place.english(), message);
        words.insert(words.begin(), std::move(place));
        key.clear();
        values.clear();
        return std::move(*this);
    }
};

template <class T>
using Result = tl::expected<T, Error>;
using Failure = tl::unexpected<Error>;

template <class... Arguments>
[[nodiscard]] Failure fail(ErrorKind kind, fmt::format_string<Arguments...> format,
                           Arguments&&... arguments) {
    return Failure(Error{kind, fmt::format(format, std::forward<Arguments>(arguments)...)});
}

// A failure that people read in their language: the sentence is one of the catalogue (words.h).
[[nodiscard]] inline Failure because(ErrorKind kind, Words words) {
    Error error{kind, words.english()};
    error.words.push_back(std::move(words));
    return Failure(std::move(error));
}
template <class... Arguments>
[[nodiscard]] Failure because(ErrorKind kind, fmt::format_string<Arguments...> sentence,
                              Arguments&&... arguments) {
    return because(kind, Words::of(sentence, std::forward<Arguments>(arguments)...));
}

// `error`, and where it is.
[[nodiscard]] inline Failure inside(Words place, Error error) {
    return Failure(std::move(error).inside(std::move(place)));
}

// `failure` with words for people.
[[nodiscard]] inline Failure worded(Failure failure, std::string_view key,
                                    std::vector<std::pair<std::string, std::string>> values = {}) {
    failure.value().key = key;
    failure.value().values = std::move(values);
    return failure;
}

// A failed system call: "opening /x: Permission denied".
[[nodiscard]] Failure fail_errno(int error_number, std::string_view doing);

}  // namespace shoji::base
