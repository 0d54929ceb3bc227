/* C++ containers and algorithms: map, unordered_map, vector, deque, sort, string */
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <queue>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

static std::uint32_t state = 2463534242;

static std::uint32_t next()
{
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}

static void words()
{
    const std::string text = "the cat and the dog and the bird saw the cat";
    std::map<std::string, int> count;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = std::min(text.find(' ', at), text.size());
        count[text.substr(at, end - at)]++;
        at = end + 1;
    }
    for (const auto &[word, n] : count)
        std::printf("%s %d\n", word.c_str(), n);
    std::string copy(text.rbegin(), text.rend());
    copy.replace(copy.find("tac"), 3, "***").insert(3, "<>").erase(0, 1);
    std::printf("%s\n", copy.c_str());
}

static void numbers()
{
    std::vector<std::uint32_t> v(2000);
    std::generate(v.begin(), v.end(), next);
    std::sort(v.begin(), v.end());
    std::printf("%u %u\n", v.front(), v.back());
    std::stable_sort(v.begin(), v.end(),
                     [](auto a, auto b) { return a % 100 < b % 100; });
    std::printf("%u %u\n", v.front(), v.back());
    auto middle = v.begin() + 1000;
    std::nth_element(v.begin(), middle, v.end(), std::greater<>());
    std::printf("%u %d\n", *middle, (int)std::count_if(v.begin(), v.end(), [](auto n) {
                    return n % 3 == 0;
                }));
    std::set<int> distinct;
    std::unordered_map<int, int> hist;
    for (auto n : v) {
        distinct.insert(static_cast<int>(n % 500));
        hist[static_cast<int>(n % 7)]++;
    }
    std::printf("%d", (int)distinct.size());
    for (int i = 0; i < 7; i++)
        std::printf(" %d", hist[i]);
    std::printf(" sum %llu\n", std::accumulate(v.begin(), v.end(), 0ULL));
}

struct node {
    int value;
    std::unique_ptr<node> left, right;
};

static void insert(std::unique_ptr<node> &at, int value)
{
    if (!at)
        at = std::make_unique<node>(node{value, nullptr, nullptr});
    else
        insert(value < at->value ? at->left : at->right, value);
}

static int depth(const std::unique_ptr<node> &at)
{
    return at ? 1 + std::max(depth(at->left), depth(at->right)) : 0;
}

int main()
{
    words();
    numbers();
    std::unique_ptr<node> root;
    std::priority_queue<int> queue;
    std::deque<int> deque;
    for (int i = 0; i < 300; i++) {
        int n = static_cast<int>(next() % 1000);
        insert(root, n);
        queue.push(n);
        if (n % 2)
            deque.push_front(n);
        else
            deque.push_back(n);
    }
    std::printf("depth %d top %d front %d back %d\n", depth(root), queue.top(),
                deque.front(), deque.back());
    std::function<int(int)> f = [&](int n) { return n < 2 ? n : f(n - 1) + f(n - 2); };
    auto shared = std::make_shared<std::string>("shared");
    std::weak_ptr<std::string> weak = shared;
    std::printf("%d %d ", f(15), (int)weak.use_count());
    shared.reset();
    std::printf("%d\n", (int)weak.expired());
    return 0;
}
