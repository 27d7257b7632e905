// Events as lines of JSON. Several values of one name in a row become a list; what is no UTF-8 is
// written with U+FFFD in its place.
#pragma once

#include "watch/event/names.h"
#include "watch/sensor/sink.h"

#include <string>
#include <string_view>

namespace shoji::sensor {

// A JSON string.
void append_json_text(std::string_view text, std::string& line);
void append_json(const event::Event& event, const event::Names& names, std::string& line);

class JsonSink : public Sink {
  public:
    // Writes to the descriptor, which must outlive it.
    JsonSink(const event::Names& names, int descriptor) : names_(names), output_(descriptor) {}
    void take(const event::Event& event) override;
    void pause() override;
    // The output is gone, and with it what was written since.
    [[nodiscard]] bool failed() const { return failed_; }

  private:
    const event::Names& names_;
    int output_;
    bool failed_ = false;
    std::string lines_;
};

}  // namespace shoji::sensor
