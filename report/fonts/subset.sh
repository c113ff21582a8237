#!/bin/sh
# Makes the four fonts of the report from a clone of https://github.com/stipub/stixfonts (tag v2.13b171, SIL OFL 1.1: OFL.txt).
# subset.sh CLONE; needs Debian's python3-fonttools and python3-brotli. Done once: the results are committed.
set -eu
cd "$(dirname "$0")"

greek=U+0391-03A9,U+03B1-03C9,U+03D1,U+03D5,U+03F5
text=U+0020-007E,U+00A0-00FF,U+0131,U+0152-0153,U+2010-2027,U+202F,U+2030-203A,U+20AC,U+2122,U+2190-2193,U+2212,$greek
# ASCII, accents, primes, letter-like, arrows, operators, fences, braces, and the bold, italic, script and double-struck alphabets.
math=U+0020-007E,U+00A0,U+00AC,U+00B1,U+00B7,U+00D7,U+00F7,U+0131,U+0237,U+0302-0304,U+0307-0308,$greek,U+2016,U+2026,U+2032-2034
math=$math,U+2061-2064,U+20D7,U+210B-2115,U+211D,U+2124,U+2190-2194,U+21A6,U+21D0-21D4,U+2200-221E,U+2223-222B,U+2234,U+223C
math=$math,U+2243-2248,U+2260-226B,U+2272-2273,U+2282-2287,U+2295-2299,U+22A4-22A5,U+22C5,U+22EE-22F1,U+2308-230B,U+23B4-23B5
math=$math,U+23DC-23DF,U+27E8-27E9,U+2A7D-2A7E,U+1D400-1D467,U+1D49C-1D4B5,U+1D538-1D56B,U+1D6A4-1D71B

subset() { # NAME FEATURES RANGES
    /usr/bin/python3 -m fontTools.subset "$1/fonts/static_ttf/$2.ttf" --layout-features="$3" --unicodes="$4" --no-hinting \
        --flavor=woff2 --output-file="$2.woff2"
}
subset "$1" STIXTwoMath-Regular ssty "$math"
for style in Regular Italic Bold; do
    subset "$1" "STIXTwoText-$style" kern,liga,lnum,tnum,mark "$text"
done
