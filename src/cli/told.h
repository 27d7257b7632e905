// Reasons that programs give with words for people (core/base/words.h), in the reader's language.
#pragma once

#include "core/base/result.h"
#include "core/text/text.h"

#include <optional>
#include <string>

namespace shoji::cli {

// English where the catalogue has no such sentence.
std::string told(const base::Words& words, text::Language language);
// Where it is and what it is: "12 行目: …".
std::string told(const base::Error& error, text::Language language);

// For programs, whatever the reader's language: what it is, without where; …
std::string reason_of(const base::Error& error);
// … and the line, where it names one.
std::optional<std::string> line_of(const base::Error& error);

}  // namespace shoji::cli
