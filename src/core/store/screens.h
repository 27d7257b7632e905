// Screens that live, and the tickets that let a viewer in: what a restarted gateway needs to take
// its screens up again.
#pragma once

#include "core/store/database.h"

#include <optional>
#include <string>

namespace shoji::store {

struct Screen {
    ScreenId id{};
    RowId user = 0;
    Digest web_session{};  // the one that started it
    std::string destination;
    std::string zone;                   // of the terminal that started it
    std::string terminal;               // as people know it: its name, or its address
    std::optional<Digest> fingerprint;  // of the terminal's certificate
    Seconds started = 0;
};

class Screens {
  public:
    explicit Screens(Database& database) : database_(database) {}

    base::Result<void> add(const Screen& screen);
    base::Result<std::vector<Screen>> list();
    // Its tickets go with it.
    base::Result<void> remove(const ScreenId& id);

    // `expires` 0: as long as its screen. All former tickets of the screen are void.
    base::Result<void> set_ticket(const Digest& token, const ScreenId& screen, Seconds expires);
    // The screen that the ticket opens, and `next`, which opens it the next time: both are good as
    // long as the screen lives, until one of them is confirmed or used, for the line may break
    // before its viewer has the next. A ticket before them is void. With an error nothing changes;
    // `not_found` when the ticket is void, is too old or never was.
    base::Result<ScreenId> use_ticket(const Digest& token, const Digest& next, Seconds now);
    // Its viewer has this ticket: the one before it is void. Nothing happens when it is void
    // itself.
    base::Result<void> confirm_ticket(const Digest& token);

  private:
    Database& database_;
};

}  // namespace shoji::store
