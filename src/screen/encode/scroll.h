// Finding what has moved: a scrolled page damages everything though most of it was sent before.
#pragma once

#include "screen/encode/canvas.h"
#include "screen/encode/encode.h"

#include <vector>

namespace shoji::encode {

struct Move {
    Rectangle to;
    int from_x = 0;
    int from_y = 0;
};

// What has moved up, down, left or right inside `region`, by one distance, in an order in which no
// move overwrites the source of a later one. A guess by hashes: the copies save bytes, and whatever
// differs after them has still to be sent.
// Precondition: `region` lies inside both pictures, which are of one size.
std::vector<Move> find_moves(const Canvas& before, const Image& now, const Rectangle& region);

}  // namespace shoji::encode
