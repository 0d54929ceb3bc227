/* C++ streams: formatting, manipulators, string streams, parsing, file streams */
#include <cstdio>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <limits>
#include <sstream>
#include <string>

int main()
{
    std::cout << "text " << 42 << ' ' << -7L << ' ' << 3.25 << ' ' << true << ' '
              << std::boolalpha << false << '\n';
    std::cout << std::hex << 255 << ' ' << std::showbase << 255 << ' ' << std::oct << 8
              << ' ' << std::dec << std::uppercase << std::hex << 48879
              << std::nouppercase << std::dec << '\n';
    std::cout << std::setw(8) << 42 << '|' << std::left << std::setw(8) << 42 << '|'
              << std::setfill('*') << std::right << std::setw(8) << "x" << '|'
              << std::internal << std::setw(8) << -42 << std::setfill(' ') << '\n';
    for (double d : {0.0, 1.0 / 3, 1e10, 1e-10, 123456.789})
        std::cout << d << ' ' << std::fixed << std::setprecision(3) << d << ' '
                  << std::scientific << d << std::defaultfloat << std::setprecision(6)
                  << '\n';
    std::cout << std::numeric_limits<long long>::min() << ' '
              << std::numeric_limits<unsigned long long>::max() << ' '
              << std::numeric_limits<double>::max() << '\n';

    std::istringstream in("12 0x1f 3.5 word rest of line\nnext 99x");
    int a = 0, b = 0, c = 0;
    double d = 0;
    std::string word, line;
    in >> a >> std::hex >> b >> std::dec >> d >> word;
    std::getline(in, line);
    std::cout << a << ' ' << b << ' ' << d << ' ' << word << " [" << line << "]\n";
    in >> word >> c;
    std::cout << word << ' ' << c << ' ' << in.good() << '\n';
    in >> c;
    std::cout << c << ' ' << in.fail() << '\n';

    {
        std::ofstream out("stream");
        for (int i = 0; i < 10; i++)
            out << i << ' ' << i * i << '\n';
    }
    std::ifstream file("stream");
    int sum = 0, count = 0;
    for (int x, y; file >> x >> y; count++)
        sum += x * y;
    std::cout << count << ' ' << sum << ' ' << file.eof() << std::endl;
    std::remove("stream");
    std::ostringstream out;
    out << std::setprecision(17) << 0.1 << ';' << 'c' << ';' << std::string(3, 'z');
    std::cout << out.str() << ' ' << out.str().size() << '\n';
    std::cerr << "to stderr\n";
    return std::ifstream("missing") ? 1 : 0;
}
