# Clipping by norm and by value: what is left of the norm, of the direction, and of the share of each lag.
height = 840
load "style.gp"
data = csv."/clipping.summary.csv"
clips = "norm value"
scales = "0.9 2"
NORM = "#0072B2"; VALUE = "#D55E00"
set style line 11 linewidth 1.6 linecolor rgb NORM dashtype 1 pointtype 7 pointsize size
set style line 12 linewidth 1.6 linecolor rgb NORM dashtype (12, 4) pointtype 6 pointsize size
set style line 13 linewidth 1.6 linecolor rgb VALUE dashtype 1 pointtype 5 pointsize size
set style line 14 linewidth 1.6 linecolor rgb VALUE dashtype (12, 4) pointtype 4 pointsize size
set datafile missing NaN # rows of other cells do not break a line
set multiplot
cell(i, s) = strcol("clip") eq word(clips, i) && strcol("scale") eq word(scales, s)
first(i, s) = cell(i, s) && column("lag") == 0
set logscale x
set format x "10^{%L}"
set xrange [0.007:14000]
set xlabel tr("limiar", "threshold")
set bmargin 4
set size 0.5, 0.48

set origin 0, 0.52
set title tr("tamanho depois do recorte", "size after clipping")
set ylabel "‖g‖" offset 1
set logscale y
set yrange [0.004:30000]
set format y "10^{%L}"
set label 1 tr("por norma", "by norm") at 0.06, 0.015 left font ",11" textcolor rgb NORM
set label 2 tr("por valor", "by value") at 0.012, 60 left font ",11" textcolor rgb VALUE
plot x with lines linestyle 9, \
     for [i = 1:2] for [s = 1:2] data using (column("threshold")):(when(first(i, s), 10**column("log10_clipped_norm"))) with linespoints linestyle (8 + 2 * i + s), \
     for [s = 1:2] data using (when(first(1, s) && column("threshold") == 10000, 4000)):(10**column("log10_norm")):("σ = ".number(word(scales, s))) with labels center offset 0, 0.9 font ",11" textcolor rgb THEORY

set origin 0.5, 0.52
set title tr("ângulo entre g antes e depois", "angle between g before and after")
set ylabel tr("graus", "degrees")
unset logscale y
set yrange [-2:43]
set format y "%g"
gaussian = acos(sqrt(2 / pi)) * 180 / pi
set arrow 1 from 0.007, gaussian to 14000, gaussian nohead linecolor rgb THEORY linewidth 0.9
set label 1 at 0.012, 2
set label 2 at 0.4, 39.6
set label 3 tr("só os sinais, g gaussiano", "signs alone, g gaussian") at 13000, gaussian right offset 0, 0.6 font ",11" textcolor rgb QUIET
set label 4 "σ = ".number("0.9") at 0.1, 14 right font ",11" textcolor rgb THEORY
set label 5 "σ = 2" at 60, 24 left font ",11" textcolor rgb THEORY
plot for [s = 1:2] data using (column("threshold")):(when(first(1, s), column("turn"))) with linespoints linestyle (10 + s), \
     for [s = 1:2] data using (column("threshold")):(when(first(2, s), column("turn"))):(column("turn_sd")) with yerrorlines linestyle (12 + s)

unset arrow; unset label; unset logscale x
set label 9 tr("valores: média de 10 sementes; barra: ± 1 desvio padrão entre sementes", "mean of 10 seeds; bar: ± 1 standard deviation over seeds") at screen 0.985, 0.015 right font ",10" textcolor rgb QUIET
set size 1, 0.5
set origin 0, 0.02
set title tr("parcela de cada defasagem: sem recorte (linha fina), por norma (círculos), por valor (quadrados)", "share of each lag: unclipped (thin line), by norm (circles), by value (squares)") font ",14"
set xlabel tr("defasagem k (passos)", "lag k (steps)")
set ylabel tr("parte da defasagem, sobre ‖g‖", "part of the lag, over ‖g‖")
set label 1 tr("σ = 0,9, limiar 0,1", "σ = 0.9, threshold 0.1") at 27.5, -2.55 left font ",11" textcolor rgb THEORY
set label 2 tr("σ = 2, limiar 30", "σ = 2, threshold 30") at 3, -2.75 left font ",11" textcolor rgb THEORY
set format x "%g"
set format y "10^{%g}"
set xrange [0:38.5]
set yrange [-5.3:0.3]
plot for [s = 1:2] data using (column("lag")):(when(cell(1, s) && column("threshold") == (s == 1 ? 0.1 : 30), column("log10_share"))) with lines linestyle 9, \
     for [i = 1:2] for [s = 1:2] data using (column("lag")):(when(cell(i, s) && column("threshold") == (s == 1 ? 0.1 : 30), column("log10_clipped_share"))) with points linestyle (8 + 2 * i + s)
unset multiplot
