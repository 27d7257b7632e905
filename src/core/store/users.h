// The people who may sign in.
#pragma once

#include "core/store/database.h"
#include "core/store/vault.h"
#include "core/store/web_sessions.h"

#include <optional>
#include <string>

namespace shoji::store {

struct User {
    RowId id = 0;
    std::string name;
    std::string role;
    std::string password;        // argon2id in libsodium's text form, never the password
    Seconds one_time_until = 0;  // the password is good once, until then; 0: the user's own
    bool has_totp = false;
    std::int64_t totp_counter = 0;  // of the last code that was accepted (RFC 6238, T)
    Seconds created = 0;
};

// What a user chose at the end of enrolment.
struct Credentials {
    std::string password;  // as in User
    Bytes totp_secret;
    std::int64_t totp_counter = 0;  // of the code which proved the secret
};

// Users whose last code is of a later step than a moment's.
struct Ahead {
    std::int64_t users = 0;
    std::int64_t newest = 0;  // the latest of those steps; 0 without such users
};

class Users {
  public:
    Users(Database& database, const Vault& vault) : database_(database), vault_(vault) {}

    // `exists` when the name is taken. The password is a one-time one until `one_time_until`.
    base::Result<void> add(const std::string& name, const std::string& role,
                           const std::string& password, Seconds one_time_until, Seconds now);
    base::Result<User> find(const std::string& name);  // `not_found`
    base::Result<User> find(RowId id);                 // `not_found`
    base::Result<std::vector<User>> list();            // by name
    // Takes the user's web sessions, screens and tickets along.
    base::Result<void> remove(const std::string& name);
    // A new one-time password; the second factor and all web sessions are gone.
    base::Result<void> reset(const std::string& name, const std::string& password,
                             Seconds one_time_until);
    // The user's own password and second factor, at the end of enrolment; all web sessions of the
    // user end, so that nobody else who knew the one-time password enrols over them. `not_found`,
    // and nothing changes, unless `session` still lives and enrols, and the stored password is
    // still `former`, the one that was checked: a reset or another enrolment may have come between.
    base::Result<void> enrol(const WebSession& session, const std::string& former,
                             const Credentials& own);

    base::Result<Bytes> totp_secret(RowId id);  // `not_found` before enrolment
    // True once for each counter: a code is never accepted again, nor any older one (RFC 6238,
    // section 5.2).
    base::Result<bool> use_totp_counter(RowId id, std::int64_t counter);
    // Those who have used a code of a step after `counter`.
    base::Result<Ahead> ahead_of(std::int64_t counter);

  private:
    Database& database_;
    const Vault& vault_;
};

}  // namespace shoji::store
