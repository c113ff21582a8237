# Clipping by norm and by value: what is left of the norm, of the direction, and of the share of each lag.
height = 880
load "style.gp"
data = csv."/clipping.summary.csv"
clips = "norm value"
scales = "0.9 2"
array tint[2] = ["#0072B2", "#D55E00"]
mark(i, s) = i == 1 ? 8 - s : 6 - s # circles by norm, squares by value; full at 0.9, hollow at 2
cell(i, s) = strcol("clip") eq word(clips, i) && strcol("scale") eq word(scales, s)
first(i, s) = cell(i, s) && column("lag") == 0
typical(i, s) = cell(i, s) && column("threshold") == (s == 1 ? 0.1 : 30)
set datafile missing NaN # rows of other cells do not break a line
set multiplot
set logscale x; set format x decade; set xrange [0.007:14000]; set xtics 1e-2, 100
set xlabel tr("limiar", "threshold") offset 0, 0.3
eval panel(0.11, 0.5, 0.635, 0.955)
set yrange [-2.4:4.5]; set ytics 2; set format y power
set label 1 tr("por norma", "by norm") at 0.35, -1.5 left textcolor rgb tint[1]
set label 2 tr("por valor", "by value") at 0.012, 2.8 left textcolor rgb tint[2]
set title tr("norma depois do recorte", "norm after clipping") offset 0, -0.5
plot for [i = 1:2] for [s = 1:2] data using (column("threshold")):(when(first(i, s), column("log10_clipped_norm"))) with linespoints linestyle s linewidth 1.6 linecolor rgb tint[i] pointtype mark(i, s) pointsize size, \
     for [s = 1:2] data using (when(first(1, s) && column("threshold") == 10000, 14000)):(column("log10_norm")):("σ = ".number(word(scales, s))) with labels right offset 0, (s == 1 ? -0.9 : 0.9)

eval panel(0.58, 0.97, 0.635, 0.955)
set title tr("graus que a direção gira", "degrees the direction turns")
set yrange [-7:43]; set ytics 10; set format y "%g"
signs = acos(sqrt(2 / pi)) * 180 / pi # of gaussian entries of which only the signs are left
set arrow 1 from graph 0, first signs to graph 1, first signs nohead linecolor rgb THEORY linewidth 0.9
set label 1 at 0.01, -4
set label 2 at 1e4, 20 right
set label 3 tr("só os sinais", "signs alone") at 1e4, signs right offset 0, 0.7
plot for [i = 1:2] for [s = 1:2] data using (column("threshold")):(when(first(i, s), column("turn"))):(column("turn_sd")) with yerrorlines linestyle s linewidth 1.6 linecolor rgb tint[i] pointtype mark(i, s) pointsize size

unset arrow; unset label; unset logscale x
eval panel(0.11, 0.97, 0.13, 0.5)
eval foot(tr("cheios: σ = 0,9; vazados: σ = 2; barra: ± 1 desvio-padrão", "filled: σ = 0.9; hollow: σ = 2; bar: ± 1 standard deviation"))
set title tr("fração de cada defasagem em ‖g‖", "share of each lag in ‖g‖")
set xlabel tr("defasagem k (passos)", "lag k (steps)")
set label 1 tr("σ = 0,9, limiar 0,1", "σ = 0.9, threshold 0.1") at 38, -1.9 right
set label 2 tr("σ = 2, limiar 30", "σ = 2, threshold 30") at 3, -2.75 left
set label 3 tr("linha: sem recorte", "line: unclipped") at 1, -4.7 left
set format x "%g"; set format y power; set xtics 10; set ytics 1; set xrange [0:38.5]; set yrange [-5.2:0.3]
plot for [s = 1:2] data using (column("lag")):(when(typical(1, s), column("log10_share"))) with lines linestyle 9, \
     for [i = 1:2] for [s = 1:2] data using (column("lag")):(when(typical(i, s), column("log10_clipped_share"))) with points pointtype mark(i, s) pointsize size linewidth 1.6 linecolor rgb tint[i]
unset multiplot
