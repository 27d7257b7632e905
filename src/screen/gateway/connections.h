// The connections that are open: how many there may be, and which belong to which terminal.
#pragma once

#include "core/store/types.h"
#include "screen/gateway/rate_limiter.h"

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace shoji::gateway {

class Connections {
  public:
    static constexpr std::size_t maximum = 2000;
    // A city hall may sit behind one address of a translator.
    static constexpr std::size_t maximum_of_address = 400;
    // New ones of one address: each costs a handshake before anybody is known.
    static constexpr RateRule rate{maximum_of_address, 0.02, 4096};

    struct Entry {
        std::string address;
        std::optional<store::Digest> fingerprint;
        bool viewer = false;
        std::function<void()> close;  // cuts it; may be called more than once
    };

    struct Book {
        std::list<Entry> entries;
        std::unordered_map<std::string, std::size_t> of_address;  // by rate_key()

        void forget(std::list<Entry>::iterator entry);
    };

    // One open connection; it is forgotten with this object. It keeps the book, for at the
    // program's end connections go after everything else.
    class Place {
      public:
        Place(std::shared_ptr<Book> book, std::list<Entry>::iterator entry)
            : book_(std::move(book)), entry_(entry) {}
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        Place(Place&& other) noexcept = default;
        Place& operator=(Place&&) = delete;
        ~Place() {
            if (book_) book_->forget(entry_);
        }
        Entry& entry() { return *entry_; }

      private:
        std::shared_ptr<Book> book_;
        std::list<Entry>::iterator entry_;
    };

    // None when there are too many, of this address (or IPv6 network of 64 bits) or in all, or when
    // they come too fast. `now`: seconds of a clock that is never set.
    std::optional<Place> admit(const std::string& address, double now);
    // Of one terminal: its viewers' connections, or the others.
    void close_of(const store::Digest& fingerprint, bool viewers);
    void close_all();

    [[nodiscard]] std::size_t size() const { return book_->entries.size(); }

  private:
    void close_where(const std::function<bool(const Entry&)>& which);

    std::shared_ptr<Book> book_ = std::make_shared<Book>();
    RateLimiter by_address_{rate};
};

}  // namespace shoji::gateway
