/* C++ exceptions: unwinding through frames and destructors, rethrow, types, nested */
#include <cstdio>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

static std::string trail;

struct guard {
    char name;
    explicit guard(char n) : name(n)
    {
        trail += name;
    }
    ~guard()
    {
        trail += static_cast<char>(name - 'a' + 'A');
    }
};

struct base {
    virtual ~base() = default;
    virtual int number() const
    {
        return 1;
    }
};

struct derived : base {
    int number() const override
    {
        return 2;
    }
};

[[gnu::noinline]] static int dive(int depth, double x)
{
    guard g(static_cast<char>('a' + depth));
    if (depth == 0)
        throw std::runtime_error("bottom " + std::to_string(x));
    int result = dive(depth - 1, x * 1.5);
    return result + depth;
}

static int kinds(int which)
{
    try {
        switch (which) {
        case 0:
            throw 42;
        case 1:
            throw derived();
        case 2:
            throw "text";
        case 3:
            throw std::vector<int>(3);
        case 4:
            return (int)std::vector<int>().at(5);
        case 5:
            throw 2.5;
        }
    } catch (int n) {
        return n;
    } catch (const base &b) {
        return b.number();
    } catch (const char *s) {
        return s[0];
    } catch (const std::out_of_range &) {
        return -5;
    } catch (double d) {
        return static_cast<int>(d * 100);
    } catch (...) {
        return -1;
    }
    return 0;
}

static void again()
{
    try {
        guard g('y');
        dive(2, 1);
    } catch (const std::exception &e) {
        guard g('z');
        std::throw_with_nested(std::logic_error("outer"));
    }
}

struct thrower {
    guard member{'m'};
    thrower()
    {
        throw 7L;
    }
};

int main()
{
    try {
        dive(5, 1);
    } catch (const std::runtime_error &e) {
        std::printf("%s %s\n", e.what(), trail.c_str());
    }
    for (int i = 0; i < 7; i++)
        std::printf("%d: %d\n", i, kinds(i));
    trail.clear();
    try {
        again();
    } catch (const std::logic_error &e) {
        try {
            std::rethrow_if_nested(e);
        } catch (const std::exception &inner) {
            std::printf("%s < %s %s\n", e.what(), inner.what(), trail.c_str());
        }
    }
    trail.clear();
    try {
        thrower t;
    } catch (long n) {
        std::printf("%ld %s\n", n, trail.c_str());
    }
    int caught = 0;
    for (int i = 0; i < 200; i++)
        try {
            dive(i % 4, i);
        } catch (const std::exception &) {
            caught++;
        }
    std::printf("%d\n", caught);
    std::fflush(stdout);
    throw std::bad_alloc(); /* nobody catches: terminate, abort */
}
