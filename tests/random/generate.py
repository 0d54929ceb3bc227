#!/usr/bin/env python3
"""generate - random C programs without undefined behaviour, many in one file.

    generate.py COUNT SEED [--float]

Each program is a function with helpers of its own that are called in loops, arrays of all
widths that it reads and writes, branches, switches, loops in loops, calls through
pointers, and with --float doubles and floats. Everything is unsigned or wraps by casts,
shifts are masked, divisors are made odd, indices are masked. main prints one line a
program: its number and a checksum of all that it has written.
"""
import random
import sys

WIDTHS = [8, 16, 32, 64]
SIZE = 64  # elements of an array, a power of 2


class Program:
    def __init__(self, number, rng, floats):
        self.n, self.r, self.floats = number, rng, floats
        self.out, self.helpers, self.budget = [], [], 0

    def pick(self, *choices):
        return self.r.choice(choices)

    # -- expressions; all of type uint64_t, or double ------------------------------------
    def leaf(self, names):
        k = self.r.random()
        if k < 0.55:
            return self.r.choice(names)
        if k < 0.75:
            w = self.r.choice(WIDTHS)
            return f'(uint64_t)a{w}[{self.r.choice(names)} & {SIZE - 1}]'
        if k < 0.8:
            w = self.r.choice(WIDTHS)
            return f'(uint64_t)(int{w}_t)a{w}[{self.r.randrange(SIZE)}]'
        return self.constant()

    def constant(self):
        k = self.r.random()
        if k < 0.5:
            return f'{self.r.randrange(16)}ull'
        if k < 0.8:
            return f'{self.r.randrange(1 << self.r.choice([8, 12, 16, 31]))}ull'
        return f'0x{self.r.getrandbits(64):x}ull'

    def expression(self, names, depth):
        if depth == 0 or self.r.random() < 0.15:
            return self.leaf(names)
        a = self.expression(names, depth - 1)
        k = self.r.randrange(17)
        if k == 0:
            return self.pick('~', '-') + f'({a})'
        if k == 1:
            w = self.r.choice(WIDTHS[:3])
            return f'(uint64_t)({self.pick("", "u")}int{w}_t)({a})'
        b = self.expression(names, depth - 1)
        if k < 9:
            return f'({a} {self.pick("+", "-", "*", "&", "|", "^", "+", "-")} {b})'
        if k == 9:
            return f'({a} {self.pick("<<", ">>")} ({b} & 63))'
        if k == 10:
            return f'(uint64_t)((int64_t)({a}) >> ({b} & 63))'
        if k == 11:
            c = self.pick('uint32_t', 'int32_t')
            if c == 'int32_t':
                return f'(uint64_t)({c})(((int32_t)({a}) >> 1) {self.pick("/", "%")} ' \
                       f'(int32_t)(({b}) | 1))'
            return f'(uint64_t)(({c})({a}) {self.pick("/", "%")} (({c})({b}) | 1))'
        if k == 12:
            return f'(({a}) {self.pick("/", "%")} (({b}) | 1))'
        if k == 13:
            t = self.pick('int64_t', 'uint64_t', 'int32_t', 'uint32_t', 'int8_t')
            return f'(uint64_t)(({t})({a}) {self.pick("<", "<=", "==", "!=", ">")} ({t})({b}))'
        if k == 14:
            return f'(({self.condition(names)}) ? {a} : {b})'
        if k == 15:
            return f'(uint64_t)((uint32_t)({a}) {self.pick("+", "-", "*", "<< 3 ^", ">> 5 |")} ' \
                   f'(uint32_t)({b}))'
        return f'rotate({a}, {b})'

    def condition(self, names):
        a, b = self.leaf(names), self.leaf(names)
        t = self.pick('int64_t', 'uint64_t', 'int32_t', 'uint32_t', 'int16_t')
        return f'({t})({a}) {self.pick("<", "<=", "==", "!=", ">", ">=")} ({t})({b})'

    def real(self, depth):
        if depth == 0:
            return self.pick('x', 'y', 'z', 's', f'{self.r.uniform(-8, 8):.3f}',
                             f'd[i & {SIZE - 1}]', f'f[j & {SIZE - 1}]')
        a, b = self.real(depth - 1), self.real(depth - 1)
        k = self.r.randrange(8)
        if k < 5:
            return f'({a} {self.pick("+", "-", "*", "*", "/")} {b})'
        if k == 5:
            return f'(double)(float)({a})'
        if k == 6:
            return f'({a} {self.pick("<", "<=", "==")} {b} ? {a} : {b})'
        return f'(double)(int32_t)(uint32_t)({self.leaf(["i", "j"])})'

    # -- statements ----------------------------------------------------------------------
    def line(self, depth, text):
        self.out.append('    ' * depth + text)

    def statement(self, names, depth, loops):
        self.budget -= 1
        k = self.r.randrange(20)
        target = self.r.choice(['p', 'q', 't', 'u'])
        if k < 7:
            self.line(depth, f'{target} = {self.expression(names, 3)};')
        elif k < 11:
            w = self.r.choice(WIDTHS)
            self.line(depth, f'a{w}[({self.leaf(names)}) & {SIZE - 1}] '
                             f'{self.pick("=", "+=", "^=")} {self.expression(names, 2)};')
        elif k < 13 and self.floats:
            to = self.pick('x', 'y', 'z', f'd[i & {SIZE - 1}]', f'f[j & {SIZE - 1}]')
            self.line(depth, f'{to} = tame({self.real(2)});')
        elif k < 15 and self.helpers:
            f = self.r.choice(self.helpers)
            call = f'{f}({self.leaf(names)}, {self.leaf(names)})'
            if self.r.random() < 0.3:
                call = f'pointers{self.n}[{self.leaf(names)} % {len(self.helpers)}]' \
                       f'({self.leaf(names)}, {target})'
            self.line(depth, f'{target} ^= {call};')
        elif k < 17:
            self.line(depth, f'if ({self.condition(names)}) {{')
            self.block(names, depth + 1, loops, 2)
            if self.r.random() < 0.5:
                self.line(depth, '} else {')
                self.block(names, depth + 1, loops, 2)
            self.line(depth, '}')
        elif k == 17 and loops:
            self.line(depth, f'if ({self.condition(names)})')
            self.line(depth + 1, self.pick('break;', 'continue;'))
        elif k == 18:
            self.line(depth, f'switch ({self.leaf(names)} & 7) {{')
            for case in sorted(self.r.sample(range(8), self.r.randrange(3, 7))):
                self.line(depth, f'case {case}:')
                self.line(depth + 1, f'{target} += {self.expression(names, 1)};')
                if self.r.random() < 0.7:
                    self.line(depth + 1, 'break;')
            self.line(depth, 'default:')
            self.line(depth + 1, f'{target} ^= 5;')
            self.line(depth, '}')
        elif loops < 2:
            self.loop(names, depth, loops)
        else:
            self.line(depth, f'{target} += {self.leaf(names)};')

    def loop(self, names, depth, loops):
        v = 'ijk'[loops]
        self.line(depth, f'for ({v} = {self.r.randrange(3)}; {v} < '
                         f'{self.r.choice([3, 7, 20, 60])}; {v} += {self.r.randrange(1, 3)}) {{')
        self.block(names, depth + 1, loops + 1, 4)
        self.line(depth, '}')

    def block(self, names, depth, loops, most):
        for _ in range(self.r.randrange(1, most + 1)):
            if self.budget > 0:
                self.statement(names, depth, loops)
        self.line(depth, 't += 1;')

    def function(self, name, budget):
        self.budget = budget
        self.line(0, f'static NOINLINE uint64_t {name}(uint64_t p, uint64_t q)')
        self.line(0, '{')
        self.line(1, 'uint64_t t = p ^ 3, u = q + 1, i = 0, j = 0, k = 0;')
        if self.floats:
            self.line(1, 'double x = 1.5, y = (double)(uint32_t)p, z = -0.25, s = 3;')
        names = ['p', 'q', 't', 'u', 'i', 'j', 'k']
        self.block(names, 1, 0, 4)
        if not self.helpers:
            self.block(names, 1, 0, 2)
        else:
            self.loop(names, 1, 0)
        if self.floats:
            self.line(1, 't ^= bits(x) + bits(y) * 3 + bits(z) + bits(s);')
        self.line(1, 'return t + u * 31 + p * 17 + q + i + j + k;')
        self.line(0, '}')
        self.line(0, '')

    def write(self):
        helpers = []
        for h in range(self.r.randrange(1, 4)):
            name = f'helper{self.n}_{h}'
            self.function(name, 6)
            helpers.append(name)
        self.helpers = helpers
        self.line(0, f'static function *const pointers{self.n}[] = {{{", ".join(helpers)}}};')
        self.line(0, '')
        self.function(f'program{self.n}', 25)
        return '\n'.join(self.out)


HEAD = '''/* made by tests/random/generate.py; seed %s */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NOINLINE __attribute__((noinline))
typedef uint64_t function(uint64_t, uint64_t);
static uint8_t a8[%d];
static uint16_t a16[%d];
static uint32_t a32[%d];
static uint64_t a64[%d];
static double d[%d];
static float f[%d];

static inline uint64_t rotate(uint64_t a, uint64_t b)
{
    b &= 63;
    return b ? a << b | a >> (64 - b) : a;
}

/* The bits of X; one NaN is like another. */
static NOINLINE uint64_t bits(double x)
{
    uint64_t n;
    memcpy(&n, &x, sizeof n);
    return x != x ? 1 : n;
}

/* X, kept where conversions to float don't overflow. */
static NOINLINE double tame(double x)
{
    return x != x || x > 1e12 || x < -1e12 ? 1.25 : x;
}
'''

TAIL = '''
static uint64_t sum(uint64_t h)
{
    for (int i = 0; i < %d; i++) {
        h = (h ^ a8[i] ^ (uint64_t)a16[i] << 8 ^ (uint64_t)a32[i] << 24) * 0x100000001b3u;
        h = (h ^ a64[i] ^ bits(d[i]) ^ bits(f[i])) * 0x100000001b3u;
    }
    return h;
}

int main(void)
{
    static function *const programs[] = {%s};
    for (unsigned i = 0; i < sizeof programs / sizeof *programs; i++) {
        uint64_t h = 0;
        for (unsigned k = 0; k < %d; k++) {
            a64[k] = k * 0x9e3779b97f4a7c15u;
            a32[k] = (uint32_t)(a64[k] >> 7);
            a16[k] = (uint16_t)(a64[k] >> 13);
            a8[k] = (uint8_t)(a64[k] >> 29);
            d[k] = k / 8.0;
            f[k] = (float)k;
        }
        for (unsigned round = 0; round < 12; round++)
            h = h * 31 + programs[i](round * 0x12345u, h);
        printf("%%u %%016llx\\n", i, (unsigned long long)sum(h));
    }
    return 0;
}
'''


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    floats = '--float' in sys.argv
    print(HEAD % ((seed,) + (SIZE,) * 6))
    for n in range(count):
        print(Program(n, random.Random(f'{seed}.{n}.{floats}'), floats).write())
    print(TAIL % (SIZE, ', '.join(f'program{n}' for n in range(count)), SIZE))


main()
