/* C++ objects: virtual and multiple inheritance, member pointers, RTTI */
#include <cstdio>
#include <cstring>
#include <typeinfo>

static int order;

struct shape {
    int serial = ++order;
    virtual ~shape()
    {
        std::printf("~shape %d\n", serial);
    }
    virtual double area() const = 0;
    virtual const char *name() const
    {
        return "shape";
    }
};

struct named {
    long tag = 77;
    virtual ~named() = default;
    virtual long label() const
    {
        return tag;
    }
};

struct square : shape, named {
    double side;
    explicit square(double s) : side(s)
    {
    }
    double area() const override
    {
        return side * side;
    }
    const char *name() const override
    {
        return "square";
    }
    long label() const override
    {
        return tag + static_cast<long>(side);
    }
};

struct circle final : shape {
    double radius;
    explicit circle(double r) : radius(r)
    {
    }
    double area() const override
    {
        return radius * radius * 3;
    }
};

struct top {
    int t = 1;
    virtual int value()
    {
        return t;
    }
    virtual ~top() = default;
};
struct left : virtual top {
    int l = 2;
    int value() override
    {
        return t + l;
    }
};
struct right : virtual top {
    int r = 3;
};
struct bottom : left, right {
    int b = 4;
    int value() override
    {
        return left::value() * 10 + r + b;
    }
};

struct early {
    const char *text;
    explicit early(const char *t) : text(t)
    {
        std::printf("constructed %s\n", t);
    }
    ~early()
    {
        std::printf("destroyed %s\n", text);
    }
};
static early one("one"), two("two");

template <typename T, int N> struct table {
    T values[N];
    T sum() const
    {
        T s{};
        for (const T &v : values)
            s += v;
        return s;
    }
};

int main()
{
    shape *shapes[] = {new square(3), new circle(2), new square(1.5)};
    for (shape *s : shapes) {
        std::printf("%s %g %d\n", s->name(), s->area(), s->serial);
        if (named *n = dynamic_cast<named *>(s))
            std::printf("label %ld\n", n->label());
        else
            std::printf("no label\n");
    }
    std::printf("%d %d\n", typeid(*shapes[0]) == typeid(*shapes[2]),
                typeid(*shapes[0]) == typeid(*shapes[1]));
    named *n = dynamic_cast<named *>(shapes[2]);
    delete n;
    delete shapes[1];
    delete shapes[0];
    bottom b;
    top *t = &b;
    right *r = &b;
    std::printf("%d %d %d\n", t->value(), r->value(), r->t);
    double (shape::*member)() const = &shape::area;
    square local(5);
    std::printf("%g\n", (local.*member)());
    int bottom::*field = &bottom::b;
    b.*field = 9;
    std::printf("%d\n", t->value());
    std::printf("%d %g\n", table<int, 4>{{1, 2, 3, 4}}.sum(),
                table<double, 2>{{0.5, 2}}.sum());
    static early inner("inner");
    return 0;
}
