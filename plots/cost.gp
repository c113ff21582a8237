# What a measurement costs: time and memory against length, width, batch and number of cells, as measured once.
height = 720
load "style.gp"
data = csv."/cost.csv"
set logscale xy
set logscale y2
set format "10^{%T}"
set border 11
set ytics nomirror textcolor rgb SIGMOID
set y2tics nomirror out scale 0.6 textcolor rgb TANH
set title font ",14"
set style line 5 linecolor rgb SIGMOID linewidth 2 dashtype 1 pointtype 7 pointsize 0.6 * size
set style line 6 linecolor rgb TANH linewidth 2 dashtype (12, 4) pointtype 5 pointsize 0.6 * size
set style line 7 linecolor rgb SIGMOID linewidth 1.3 dashtype (3, 3) pointtype 6 pointsize 0.9 * size
set style line 8 linecolor rgb TANH linewidth 1.3 dashtype (3, 3) pointtype 4 pointsize 0.9 * size
set ylabel tr("tempo (ms)", "time (ms)") textcolor rgb SIGMOID offset 1.3, 0
set y2label tr("memória (MB)", "memory (MB)") textcolor rgb TANH offset -1.3, 0
set multiplot layout 2, 2 margins 0.1, 0.895, 0.135, 0.945 spacing 0.215, 0.16
set label 9 tr("círculos: tempo; quadrados: memória; linha fina: proporcional a T, H², B, células; tempos de uma só máquina", \
    "circles: time; squares: memory; thin line: proportional to T, H², B, cells; times of one machine") at screen 0.985, 0.02 right font ",10" textcolor rgb QUIET
# The y of a row of this sweep; the last one fixes the thin line.
ms(sweep, x, power) = strcol("sweep") eq sweep ? (unit = column("ms") / x**power, column("ms")) : NaN
megabytes(sweep) = strcol("sweep") eq sweep ? column("megabytes") : NaN

set title tr("comprimento T, com H 64 e B 1", "length T, with H 64 and B 1")
set xlabel tr("T (passos)", "T (steps)")
set yrange [1e-2:1e4]
set xrange [100:1e6]
set y2range [1e-3:1e3]
set label 1 tr("vazados: com\npontos de retomada", "hollow: with checkpoints") at graph 0.05, 0.93 left font ",11" textcolor rgb QUIET
plot data using (column("length")):(ms("checkpoints", column("length"), 1)) with linespoints linestyle 7, \
     data using (column("length")):(megabytes("checkpoints")) axes x1y2 with linespoints linestyle 8, \
     data using (column("length")):(ms("length", column("length"), 1)) with linespoints linestyle 5, \
     data using (column("length")):(megabytes("length")) axes x1y2 with linespoints linestyle 6, \
     unit * x with lines linestyle 9
unset label

set format x "%g"
set title tr("largura H, com B 32 e T 100", "width H, with B 32 and T 100")
set xlabel tr("H (unidades)", "H (units)")
set xrange [16:1024]
set xtics 16, 4, 1024
plot data using (column("hidden")):(ms("hidden", column("hidden"), 2)) with linespoints linestyle 5, \
     data using (column("hidden")):(megabytes("hidden")) axes x1y2 with linespoints linestyle 6, \
     unit * x**2 with lines linestyle 9

set title tr("lote B, com H 64 e T 100", "batch B, with H 64 and T 100")
set xlabel tr("B (sequências)", "B (sequences)")
set xrange [1:256]
set xtics 1, 4, 256
plot data using (column("batch")):(ms("batch", column("batch"), 1)) with linespoints linestyle 5, \
     data using (column("batch")):(megabytes("batch")) axes x1y2 with linespoints linestyle 6, \
     unit * x with lines linestyle 9

set title tr("células, com H 64, B 1 e T 100", "cells, with H 64, B 1 and T 100")
set xlabel tr("células (redes medidas)", "cells (networks measured)")
set xrange [1:4096]
set xtics 1, 8, 4096
set label 1 tr("vazados: duas por vez", "hollow: two at a time") at graph 0.96, 0.06 right font ",11" textcolor rgb QUIET
plot data using (column("cells")):(ms("cells2", column("cells"), 1)) with linespoints linestyle 7, \
     data using (column("cells")):(ms("cells", column("cells"), 1)) with linespoints linestyle 5, \
     data using (column("cells")):(megabytes("cells")) axes x1y2 with linespoints linestyle 6, \
     unit * x with lines linestyle 9
unset multiplot
