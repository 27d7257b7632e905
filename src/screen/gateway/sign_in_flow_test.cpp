// Sign-in as a browser sees it, against the real program.
#include "core/store/store.h"
#include "screen/gateway/clock.h"
#include "screen/gateway/testing/installation.h"
#include "screen/gateway/totp.h"

#include <thread>

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace shoji::gateway::testing {
namespace {

using namespace std::chrono_literals;

class SignInFlow : public ::testing::Test {
  protected:
    SignInFlow() {
        installation_.start();
        installation_.apply(example_policy());
    }

    std::string add_user(const std::string& name) {
        const auto added =
            installation_.done({{"command", "user.add"}, {"name", name}, {"role", "staff"}});
        return std::string(added.as_object().at("oneTimePassword").as_string());
    }
    static std::string credentials(const std::string& user, const std::string& password,
                                   const std::string& code = {}) {
        boost::json::object body{{"user", user}, {"password", password}};
        if (!code.empty()) body["code"] = code;
        return boost::json::serialize(body);
    }

    // Somebody who signed in with the one-time password and was shown a second factor.
    struct Enrolling {
        Browser browser;
        std::string secret;

        Answer finish(const std::string& password) {
            return browser.post("/api/enrol/finish",
                                boost::json::serialize(boost::json::object{
                                    {"password", password}, {"code", code_of(secret)}}));
        }
    };
    Enrolling begin_enrolment(const std::string& user, const std::string& once) {
        Enrolling enrolling{Browser(installation_.terminal()), {}};
        auto& browser = enrolling.browser;
        EXPECT_EQ(browser.post("/api/sign-in", credentials(user, once)).json().at("next"), "enrol");
        browser.csrf = browser.get("/api/state").json().at("csrf").as_string();
        enrolling.secret = browser.post("/api/enrol/begin", "{}").json().at("secret").as_string();
        return enrolling;
    }
    std::string next_step(const std::string& user, const std::string& password) {
        Browser browser(installation_.terminal());
        const auto answer = browser.post("/api/sign-in", credentials(user, password));
        return answer.status == 200 ? std::string(answer.json().at("next").as_string())
                                    : answer.error();
    }

    Installation installation_;
};

TEST_F(SignInFlow, EnrolsThenSignsInWithPasswordAndCode) {
    const std::string once = add_user("hanako");
    Browser browser(installation_.terminal());
    EXPECT_FALSE(browser.get("/api/state").json().at("signedIn").as_bool());
    const auto first = browser.post("/api/sign-in", credentials("hanako", once));
    ASSERT_EQ(first.status, 200U) << first.body;
    EXPECT_EQ(first.json().at("next"), "enrol");

    const auto state = browser.get("/api/state").json();
    EXPECT_TRUE(state.at("signedIn").as_bool());
    EXPECT_TRUE(state.at("mustEnrol").as_bool());
    EXPECT_EQ(state.at("zone"), "counter");
    browser.csrf = state.at("csrf").as_string();
    EXPECT_EQ(browser.get("/api/destinations").error(), "sign_in.enrol_first");

    const auto begun = browser.post("/api/enrol/begin", "{}").json();
    const std::string secret(begun.at("secret").as_string());
    EXPECT_TRUE(
        std::string(begun.at("uri").as_string()).starts_with("otpauth://totp/Shoji:hanako"));
    EXPECT_EQ(begun.at("qr").at("rows").as_array().size(),
              static_cast<std::size_t>(begun.at("qr").at("size").as_int64()));

    const auto finish = [&](const std::string& password, const std::string& code) {
        return browser.post("/api/enrol/finish", boost::json::serialize(boost::json::object{
                                                     {"password", password}, {"code", code}}));
    };
    EXPECT_EQ(finish("short", code_of(secret)).error(), "enrol.password_short");
    EXPECT_EQ(finish(once, code_of(secret)).error(), "enrol.password_same");
    EXPECT_EQ(finish(std::string(good_password), "000000").error(), "enrol.code_wrong");
    const std::string old_cookie = browser.cookie;
    const auto finished = finish(std::string(good_password), code_of(secret));
    ASSERT_EQ(finished.status, 200U) << finished.body;
    EXPECT_NE(browser.cookie, old_cookie) << "a sign-in gives a new token";

    Browser later(installation_.terminal());
    const std::string password(good_password);
    EXPECT_EQ(later.post("/api/sign-in", credentials("hanako", once)).error(), "sign_in.wrong");
    EXPECT_EQ(later.post("/api/sign-in", credentials("hanako", password)).json().at("next"),
              "code");
    EXPECT_TRUE(later.cookie.empty());
    const auto done =
        later.post("/api/sign-in", credentials("hanako", password, code_of(secret, 1)));
    EXPECT_EQ(done.json().at("next"), "done");
    const auto list = later.get("/api/destinations").json().at("destinations").as_array();
    ASSERT_EQ(list.size(), 1U) << "only what the role may see";
    EXPECT_EQ(list.at(0).at("id"), "demo");
    EXPECT_TRUE(list.at(0).at("allowed").as_bool());
}

TEST_F(SignInFlow, LetsNobodyEnrolOverTheOwner) {
    const std::string once = add_user("hanako");
    auto other = begin_enrolment("hanako", once);
    auto owner = begin_enrolment("hanako", once);
    ASSERT_EQ(owner.finish(std::string(good_password)).status, 200U);
    const auto late = other.finish("another long password");
    EXPECT_EQ(late.status, 401U);
    EXPECT_EQ(late.error(), "sign_in.required");
    EXPECT_FALSE(other.browser.get("/api/state").json().at("signedIn").as_bool());
    EXPECT_FALSE(owner.browser.get("/api/state").json().at("mustEnrol").as_bool());
    EXPECT_EQ(next_step("hanako", std::string(good_password)), "code");
}

// Whichever of the two comes first. The pauses let the reset fall into different moments of the
// enrolment, which hashes passwords between what it reads and what it writes.
TEST_F(SignInFlow, AnEnrolmentUnderWayDoesNotUndoAReset) {
    int number = 0;
    for (const auto pause : {0ms, 40ms, 80ms, 120ms, 160ms}) {
        const std::string name = "user-" + std::to_string(++number);
        auto enrolling = begin_enrolment(name, add_user(name));
        Answer finished;
        std::thread finishing([&] { finished = enrolling.finish(std::string(good_password)); });
        std::this_thread::sleep_for(pause);
        const auto reset = installation_.done({{"command", "user.reset"}, {"name", name}});
        finishing.join();
        if (finished.status != 200) {
            EXPECT_EQ(finished.status, 401U);
            EXPECT_EQ(finished.error(), "sign_in.required") << "the session is over";
        }
        EXPECT_FALSE(enrolling.browser.get("/api/state").json().at("signedIn").as_bool());
        EXPECT_EQ(next_step(name, std::string(reset.at("oneTimePassword").as_string())), "enrol");
    }
}

TEST_F(SignInFlow, AcceptsACodeOnce) {
    auto user = sign_in_as(installation_, "hanako", installation_.terminal());
    const std::string code = code_of(user.secret);
    Browser other(installation_.terminal());
    const std::string body = credentials("hanako", user.password, code);
    EXPECT_EQ(other.post("/api/sign-in", body).status, 200U);
    EXPECT_EQ(other.post("/api/sign-in", body).error(), "sign_in.wrong");
    EXPECT_EQ(
        other.post("/api/sign-in", credentials("hanako", user.password, code_of(user.secret, -1)))
            .error(),
        "sign_in.wrong")
        << "nor an older one";
}

TEST_F(SignInFlow, LocksUsersAndNamesOfNobodyAlike) {
    sign_in_as(installation_, "hanako", installation_.terminal());
    Browser browser(installation_.terminal());
    for (const auto* name : {"hanako", "nobody"}) {
        for (int i = 0; i < 5; ++i) {
            const auto answer = browser.post("/api/sign-in", credentials(name, "wrong"));
            EXPECT_EQ(answer.status, 401U);
            EXPECT_EQ(answer.error(), "sign_in.wrong");
        }
        const auto locked = browser.post("/api/sign-in", credentials(name, "wrong"));
        EXPECT_EQ(locked.status, 429U);
        EXPECT_EQ(locked.error(), "sign_in.locked");
        EXPECT_GE(locked.json().at("retryAfter").as_int64(), 25);
        EXPECT_EQ(locked.headers.at("retry-after"),
                  std::to_string(locked.json().at("retryAfter").as_int64()));
    }
    const std::string password(good_password);
    EXPECT_EQ(browser.post("/api/sign-in", credentials("hanako", password)).error(),
              "sign_in.locked");
    installation_.done({{"command", "user.unlock"}, {"name", "hanako"}});
    EXPECT_EQ(browser.post("/api/sign-in", credentials("hanako", password)).json().at("next"),
              "code");
}

TEST_F(SignInFlow, LimitsAttemptsOfOneName) {
    Browser browser(installation_.terminal());
    unsigned int status = 0;
    for (int i = 0; i < 30 && status != 429; ++i) {
        status = browser.post("/api/sign-in", credentials("name-of-nobody", "wrong")).status;
    }
    EXPECT_EQ(status, 429U);
}

TEST_F(SignInFlow, RecordsWhoSignedInAndNoSecret) {
    auto user = sign_in_as(installation_, "hanako", installation_.terminal());
    Browser browser(installation_.terminal());
    browser.post("/api/sign-in", credentials("my-Secret-typed-as-name", "wrong"));
    browser.post("/api/sign-in", credentials("hanako", "wrong-Secret"));
    auto& journal = installation_.journal();
    journal.wait_for([](const journal::Record& record) {
        return record.action == journal::Action::sign_in && record.who == "hanako" &&
               record.outcome == journal::Outcome::allowed;
    });
    journal.wait_for([](const journal::Record& record) {
        return record.action == journal::Action::sign_in && record.who == "unknown user" &&
               record.outcome == journal::Outcome::refused;
    });
    journal.wait_for([](const journal::Record& record) {
        return record.who == "hanako" && record.outcome == journal::Outcome::refused;
    });
    std::string all = installation_.log();
    for (const auto& record : journal.records()) {
        all += record.who + record.what + record.reason + record.terminal;
    }
    for (const std::string& secret : {std::string("Secret"), user.secret, user.browser.cookie,
                                      user.browser.csrf, std::string(good_password)}) {
        EXPECT_EQ(all.find(secret), std::string::npos) << secret;
    }
}

TEST_F(SignInFlow, SignsOut) {
    auto user = sign_in_as(installation_, "hanako", installation_.terminal());
    const std::string cookie = user.browser.cookie;
    EXPECT_EQ(user.browser.post("/api/sign-out", "{}").status, 200U);
    EXPECT_TRUE(user.browser.cookie.empty());
    user.browser.cookie = cookie;
    EXPECT_FALSE(user.browser.get("/api/state").json().at("signedIn").as_bool());
    EXPECT_EQ(user.browser.post("/api/screens", screen_request()).error(), "sign_in.required");
}

TEST_F(SignInFlow, RecoversAUserWhoLostTheirPhone) {
    auto user = sign_in_as(installation_, "hanako", installation_.terminal());
    const auto reset = installation_.done({{"command", "user.reset"}, {"name", "hanako"}});
    EXPECT_FALSE(user.browser.get("/api/state").json().at("signedIn").as_bool());
    Browser browser(installation_.terminal());
    EXPECT_EQ(browser.post("/api/sign-in", credentials("hanako", user.password)).error(),
              "sign_in.wrong");
    const std::string once(reset.as_object().at("oneTimePassword").as_string());
    EXPECT_EQ(browser.post("/api/sign-in", credentials("hanako", once)).json().at("next"), "enrol");
}

TEST_F(SignInFlow, SaysThatTheClockIsBehindTheLastCode) {
    auto user = sign_in_as(installation_, "hanako", installation_.terminal());
    EXPECT_EQ(installation_.done({{"command", "status"}}).at("usersAheadOfClock"), 0);
    installation_.kill();
    // As if the clock had been set back by an hour since.
    const std::int64_t step = totp_counter(now_seconds()) + 120;
    {
        auto store = store::Store::open(installation_.settings().gateway_state());
        ASSERT_TRUE(store) << store.error().message;
        ASSERT_TRUE((*store)->users.use_totp_counter((*store)->users.find("hanako")->id, step));
    }
    installation_.start();
    Browser browser(installation_.terminal());
    const auto answer =
        browser.post("/api/sign-in", credentials("hanako", user.password, code_of(user.secret)));
    EXPECT_EQ(answer.status, 503U);
    EXPECT_EQ(answer.error(), "sign_in.clock");
    EXPECT_EQ(browser.post("/api/sign-in", credentials("hanako", "wrong")).error(), "sign_in.wrong")
        << "nobody who does not know the password is told";
    const auto status = installation_.done({{"command", "status"}});
    EXPECT_EQ(status.at("usersAheadOfClock"), 1);
    EXPECT_EQ(status.at("newestSignIn"), step * totp_step_seconds);
}

TEST_F(SignInFlow, NeedsTheJournal) {
    auto user = sign_in_as(installation_, "hanako", installation_.terminal());
    const auto sign_in = [&] {
        Browser browser(installation_.terminal());
        return browser.post("/api/sign-in",
                            credentials("hanako", user.password, code_of(user.secret)));
    };
    installation_.journal().answer_with(journal::Acknowledgement::full);
    const auto full = sign_in();
    EXPECT_EQ(full.status, 503U);
    EXPECT_EQ(full.error(), "journal.full");
    EXPECT_EQ(user.browser.post("/api/screens", screen_request()).error(), "journal.full");
    EXPECT_EQ(installation_.done({{"command", "status"}}).as_object().at("journal"), "full");
    installation_.journal().answer_with(journal::Acknowledgement::failed);
    EXPECT_EQ(user.browser.post("/api/screens", screen_request()).error(), "journal.unavailable");
    installation_.journal().stop();
    EXPECT_EQ(user.browser.post("/api/screens", screen_request()).error(), "journal.unavailable");
    // What takes something away is done all the same, and told later.
    installation_.done({{"command", "user.remove"}, {"name", "hanako"}});
    installation_.journal().answer_with(journal::Acknowledgement::written);
    installation_.journal().start();
    installation_.journal().wait_for(
        [](const journal::Record& record) { return record.what == "user hanako removed"; });
}

TEST_F(SignInFlow, SurvivesARestartOfTheGateway) {
    auto user = sign_in_as(installation_, "hanako", installation_.terminal());
    EXPECT_EQ(installation_.stop(), 0);
    installation_.start();
    EXPECT_TRUE(user.browser.get("/api/state").json().at("signedIn").as_bool());
    EXPECT_EQ(user.browser.get("/api/destinations").status, 200U);
}

}  // namespace
}  // namespace shoji::gateway::testing
