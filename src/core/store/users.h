// The people who may sign in.
#pragma once

#include "core/store/database.h"
#include "core/store/vault.h"

#include <optional>
#include <string>

namespace shoji::store {

struct User {
    RowId id = 0;
    std::string name;
    std::string role;
    bool administrator = false;
    std::string password;        // argon2id in libsodium's text form, never the password
    Seconds one_time_until = 0;  // the password is good once, until then; 0: the user's own
    bool has_totp = false;
    std::int64_t totp_counter = 0;  // of the last code that was accepted (RFC 6238, T)
    Seconds created = 0;
};

class Users {
  public:
    Users(Database& database, const Vault& vault) : database_(database), vault_(vault) {}

    // `exists` when the name is taken. The password is a one-time one until `one_time_until`.
    base::Result<void> add(const std::string& name, const std::string& role, bool administrator,
                           const std::string& password, Seconds one_time_until, Seconds now);
    base::Result<User> find(const std::string& name);  // `not_found`
    base::Result<User> find(RowId id);                 // `not_found`
    base::Result<std::vector<User>> list();            // by name
    // Takes the user's web sessions, screens and tickets along.
    base::Result<void> remove(const std::string& name);
    // A new one-time password; the second factor and all web sessions are gone.
    base::Result<void> reset(const std::string& name, const std::string& password,
                             Seconds one_time_until);
    // The user's own password and second factor, at the end of enrolment. `totp_counter` is that of
    // the code which proved it.
    base::Result<void> enrol(RowId id, const std::string& password,
                             std::span<const std::uint8_t> totp_secret, std::int64_t totp_counter);

    base::Result<Bytes> totp_secret(RowId id);  // `not_found` before enrolment
    // True once for each counter: a code is never accepted again, nor any older one (RFC 6238,
    // section 5.2).
    base::Result<bool> use_totp_counter(RowId id, std::int64_t counter);

  private:
    Database& database_;
    const Vault& vault_;
};

}  // namespace shoji::store
