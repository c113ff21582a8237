# What ln r is made of, a waterfall for each activation and scale: a bar from 0 to the rate of W alone, an arrow for what the
# derivative takes, and where it points, the sum, what was measured.
height = 600
load "style.gp"
data = csv."/critical.summary.csv"
scales = "0.5 1 1.5 2"
set title tr("ln r, por passo: o que vem de W e o que φ′ tira", "ln r, per step: what comes from W and what φ′ takes") offset 0, 0.9
set xrange [0.4:20.2]
set yrange [-2.35:0.95]
set ytics 0.5
set tmargin 4.2
set bmargin 4.2
unset grid
set grid ytics
eval fates(0)
set label 11 explodes at 20, 0.85 right textcolor rgb QUIET
set label 12 vanishes at 20, -2.22 right textcolor rgb QUIET
set label 13 tr("barra: só W, ln r_{/*1.22 W} ≈ ln σ", "bar: W alone, ln r_{/*1.22 W} ≈ ln σ") at 6.3, -1.4 textcolor rgb "#0072B2"
set label 14 tr("seta: φ′ tira ½ ln E[φ′²]", "arrow: φ′ takes ½ ln E[φ′²]") at 6.3, -1.62 textcolor linestyle 12
set label 15 tr("ponto: medido, ± 1 desvio-padrão", "dot: measured, ± 1 standard deviation") at 6.3, -1.84 textcolor rgb THEORY
place(i, j) = 5 * (i - 1) + j
row(i, j) = strcol("activation") eq word(activations, i) && strcol("scale") eq word(scales, j)
unset xtics
set xlabel tr("escala inicial σ", "initial scale σ") offset 0, -0.8
do for [i = 1:4] {
    set label i label_of(word(activations, i)) at place(i, 2.8), graph 1 center offset 0, 0.7
    do for [j = 1:4] { set label (10 * i + 10 + j) number(word(scales, j)) at place(i, j + 0.3), graph 0 center offset 0, -0.8 }
}
set style fill solid noborder
plot for [i = 1:4] for [j = 1:4] data using (when(row(i, j), place(i, j))):(column("part_weights") / 2):(0.19):(column("part_weights") / 2) with boxxyerror linecolor rgb "#0072B2", \
     for [i = 1:4] for [j = 1:4] data using (when(row(i, j) && column("part_derivative") < 0, place(i, j) + 0.37)):(column("part_weights")):(0):(column("part_derivative")) with vectors filled head size screen 0.014, 22 linewidth 2.5 linecolor rgb "#D55E00", \
     for [i = 1:4] for [j = 1:4] data using (when(row(i, j), place(i, j) + 0.66)):(column("slope")):(column("slope_sd")) with yerrorbars pointtype 7 pointsize 0.7 * size linewidth 1.4 linecolor rgb THEORY
