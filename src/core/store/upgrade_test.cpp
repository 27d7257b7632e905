// Databases that an earlier program wrote.
#include "core/base/random.h"
#include "core/store/migrations.h"
#include "core/store/store.h"

#include <filesystem>
#include <fstream>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace shoji::store {
namespace {

namespace fs = std::filesystem;

class UpgradeTest : public testing::Test {
  protected:
    UpgradeTest() : folder_(fs::temp_directory_path() / ("shoji-store-" + base::random_hex(8))) {
        fs::create_directory(folder_);
        const auto path = folder_ / "secrets.key";
        std::ofstream(path, std::ios::binary) << std::string(Vault::key_bytes, 'k');
        ::chmod(path.c_str(), 0600);
    }
    ~UpgradeTest() override { fs::remove_all(folder_); }

    fs::path folder_;
};

// The first version had users' "administrator".
TEST_F(UpgradeTest, KeepsTheUsersOfTheFirstVersion) {
    {
        auto store = Store::open(folder_);
        ASSERT_TRUE(store) << store.error().message;
        ASSERT_TRUE((*store)->users.add("hanako", "staff", "hash", 100, 1));
    }
    {
        SQLite::Database database((folder_ / "store.db").native(), SQLite::OPEN_READWRITE);
        database.exec(
            "ALTER TABLE user ADD COLUMN administrator INTEGER NOT NULL DEFAULT 1 "
            "CHECK (administrator IN (0, 1))");
        database.exec("PRAGMA user_version = 1");
    }
    auto store = Store::open(folder_);
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ((*store)->users.find("hanako")->password, "hash");
    EXPECT_TRUE((*store)->users.add("taro", "staff", "hash", 100, 1));
    SQLite::Database database((folder_ / "store.db").native(), SQLite::OPEN_READONLY);
    EXPECT_EQ(database.execAndGet("PRAGMA user_version").getInt(),
              static_cast<int>(gateway_steps().size()));
}

}  // namespace
}  // namespace shoji::store
