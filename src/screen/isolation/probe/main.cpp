// shoji-isolation-probe ATTACK [argument …]: exits 0 when the attack was stopped, 1 when it
// succeeded, 2 when there is no such attack.
#include "screen/isolation/probe/attacks.h"

#include <string>

int main(int argc, char** argv) {
    using namespace shoji::isolation::probe;
    if (argc < 2) return 2;
    const Arguments arguments(argv + 2, argv + argc);
    for (const auto& attacks : {file_attacks(), network_attacks(), process_attacks(),
                                kernel_attacks(), resource_attacks()}) {
        const auto found = attacks.find(argv[1]);
        if (found != attacks.end()) return found->second(arguments) ? 1 : 0;
    }
    return 2;
}
