// What responses come to, in words: for `shoji respond` and `shoji order`.
#pragma once

#include "cli/commands.h"

#include <string>

#include <boost/json/value.hpp>

namespace shoji::cli {

// What the command line asks for, checked.
base::Result<response::Request> request_of(const RespondRequest& wished);

// What it is about: a process, a path, a digest, an item; "-" for none.
std::string target_of(const response::Action& action);

// A member of what the privileged process answered; empty for none.
std::string text_of(const boost::json::object& object, std::string_view name);
// What was done and how it is undone; or the error.
Exit show_outcome(const Context& context, const base::Result<boost::json::value>& answer);
// Its first sentence.
std::string sentence_of(const base::Result<boost::json::value>& answer, text::Language language);

}  // namespace shoji::cli
