// Square matrices, multiplied by several threads.
#pragma once

#include <string>
#include <vector>

/// Multiplies two of that size; what came out, line by line.
std::vector<std::string> describe_product(int size, int workers);
