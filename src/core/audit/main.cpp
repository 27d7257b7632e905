// shoji-audit --state DIR: the sole writer of the audit journal.
#include "core/audit/program.h"
#include "core/program/installed.h"

int main(int count, char** words) {
    return shoji::program::run_installed("shoji-audit", count, words, shoji::audit::run);
}
