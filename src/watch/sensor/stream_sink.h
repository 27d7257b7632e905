// Events as a stream of bytes (watch/event/stream_format.h), as `shoji hunt` and collectors read
// them.
#pragma once

#include "watch/event/stream_writer.h"
#include "watch/sensor/sink.h"

namespace shoji::sensor {

class StreamSink : public Sink {
  public:
    // Writes to the descriptor, which must outlive it.
    StreamSink(const event::Names& names, int descriptor);
    void take(const event::Event& event) override;
    void pause() override;

  private:
    event::StreamWriter writer_;
    int output_;
};

}  // namespace shoji::sensor
