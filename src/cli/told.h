// Reasons that programs give with words for people (core/base/words.h), in the reader's language.
#pragma once

#include "core/base/result.h"
#include "core/text/text.h"

#include <optional>
#include <string>
#include <string_view>

namespace shoji::cli {

// English where the catalogue has no such sentence.
std::string told(const base::Words& words, text::Language language);
// Where it is and what it is: "12 行目: …".
std::string told(const base::Error& error, text::Language language);

// What another program told in English alone, such as "fentry: attaching x: Operation not
// permitted": its sentences that are of the catalogue in the reader's language, the rest as it is.
std::string told(std::string_view english, text::Language language);

// For programs, whatever the reader's language: what it is, without where; …
std::string reason_of(const base::Error& error);
// … and the line, where it names one.
std::optional<std::string> line_of(const base::Error& error);

}  // namespace shoji::cli
