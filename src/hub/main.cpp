// shoji-hub --state DIR: the collector of a city.
#include "core/program/installed.h"
#include "hub/program.h"

int main(int count, char** words) {
    return shoji::program::run_installed("shoji-hub", count, words, shoji::hub::run);
}
