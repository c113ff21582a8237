# What a measurement costs: time on the left and memory on the right against length, width, batch and number of cells, as
# measured once.
height = 1180
load "style.gp"
data = csv."/cost.csv"
sweeps = "length hidden batch cells"
others = "checkpoints none none cells2" # another way to do the same
power_of = "1 2 1 1"
array first[4] = [100, 16, 1, 1]
array last[4] = [1e6, 1024, 256, 4096]
array what[4] = [tr("comprimento T (H 64, B 1)", "length T (H 64, B 1)"), tr("largura H (B 32, T 100)", "width H (B 32, T 100)"), tr("lote B (H 64, T 100)", "batch B (H 64, T 100)"), tr("células (H 64, B 1, T 100)", "cells (H 64, B 1, T 100)")]
array hollow[4] = [tr("vazados: com checkpoints", "hollow: with checkpoints"), "", "", tr("vazados: duas por vez", "hollow: two at a time")]
unit = 1 # of the thin line, fixed by the last row of its sweep
y(sweep, name) = strcol("sweep") eq sweep ? (unit = column(name) / column(word(sweeps, p))**word(power_of, p), column(name)) : NaN
set multiplot
set logscale xy
do for [p = 1:4] { do for [c = 1:2] {
    bottom = 1.03 - 0.235 * p
    eval panel(0.49 * c - 0.39, 0.49 * c - 0.025, bottom, bottom + 0.165)
    set title p > 1 ? "" : c == 1 ? tr("tempo (ms)", "time (ms)") : tr("memória (MB)", "memory (MB)") offset 0, -0.5
    set xlabel what[p] offset 0, 0.4
    set xrange [first[p]:last[p]]
    low = 10 ** (c == 1 ? -2 : -1); high = 10 ** (c == 1 ? 4 : 3)
    set yrange [low:high]
    set ytics low, c == 1 ? 100 : 10
    set format x p == 1 ? decade : "%g"
    set format y decade
    set xtics p == 1 ? 100 : p == 2 ? 16 : 1, p == 1 ? 100 : p == 2 ? 4 : 8
    set label 1 "".(c == 1 ? hollow[p] : "") at graph 0.04, 0.9 left textcolor rgb QUIET
    tint = c == 1 ? SIGMOID : TANH
    if (p + c == 6) { eval foot(tr("linha fina: ∝ T, H², B, células; tempos de uma só máquina", "thin line: ∝ T, H², B, cells; times of one machine")) }
    name = c == 1 ? "ms" : "megabytes"
    plot data using (column(word(sweeps, p))):(y(word(others, p), name)) with linespoints linewidth 1.6 linecolor rgb tint dashtype (3, 3) pointtype 6 pointsize 1.3 * size, \
         data using (column(word(sweeps, p))):(y(word(sweeps, p), name)) with linespoints linewidth 2 linecolor rgb tint pointtype 7 pointsize size, \
         c == 1 ? unit * x**word(power_of, p) : NaN with lines linestyle 9
} }
unset multiplot
