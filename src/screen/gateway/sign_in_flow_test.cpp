// Sign-in as a browser sees it, against the real program.
#include "screen/gateway/testing/installation.h"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace shoji::gateway::testing {
namespace {

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
    const auto finished = finish(std::string(good_password), code_of(secret, -1));
    ASSERT_EQ(finished.status, 200U) << finished.body;
    EXPECT_NE(browser.cookie, old_cookie) << "a sign-in gives a new token";

    Browser later(installation_.terminal());
    const std::string password(good_password);
    EXPECT_EQ(later.post("/api/sign-in", credentials("hanako", once)).error(), "sign_in.wrong");
    EXPECT_EQ(later.post("/api/sign-in", credentials("hanako", password)).json().at("next"),
              "code");
    EXPECT_TRUE(later.cookie.empty());
    const auto done = later.post("/api/sign-in", credentials("hanako", password, code_of(secret)));
    EXPECT_EQ(done.json().at("next"), "done");
    const auto list = later.get("/api/destinations").json().at("destinations").as_array();
    ASSERT_EQ(list.size(), 1U) << "only what the role may see";
    EXPECT_EQ(list.at(0).at("id"), "demo");
    EXPECT_TRUE(list.at(0).at("allowed").as_bool());
}

}  // namespace
}  // namespace shoji::gateway::testing
