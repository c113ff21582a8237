# Share of seeds that learn temporal order, against the length, one panel a set-up; the short-range control beside it.
height = 520
load "style.gp"
order = csv."/learning.summary.csv"
control = csv."/learning-control.summary.csv"
kinds = "sigmoid relu tanh orthogonal linear gru lstm irnn"
names = "sigmoid ReLU tanh orthogonal linear GRU LSTM IRNN"
name_of(i) = i == 1 ? label_of("sigmoid") : i == 4 ? tr("ortogonal", "orthogonal") : word(names, i)
array tint[8] = [SIGMOID, RELU, TANH, "#56B4E9", LINEAR, "#882255", "#222222", "#E69F00"]
set multiplot
set logscale x
set xrange [8.7:82]
set yrange [-0.06:1.1]
set ytics 0.5
set xtics (10, 20, "" 30, 50, "" 70)
do for [i = 1:8] {
    left = 0.105 + 0.2245 * ((i - 1) % 4); top = i > 4 ? 0.50 : 0.935
    eval panel(left, left + 0.207, top - 0.31, top)
    of(x) = when(strcol("kind") eq word(kinds, i), x)
    set title name_of(i) offset 0, -0.6
    if (i == 1) { set label 1 tr("fração que resolve", "share solved") at screen 0.025, 0.56 center rotate textcolor rgb THEORY; set label 2 tr("comprimento T", "length T") at screen 0.54, 0.085 center textcolor rgb THEORY }
    if (i == 2) { unset label 1; unset label 2 }
    if (i == 8) { eval foot(tr("quadrado: controle, um passo atrás; faixa: intervalo de 95 %", "square: control, one step back; band: 95 % interval")) }
    set format x (i > 4 ? "%g" : "")
    if (i < 5) { set xtics ("" 10, "" 20, "" 30, "" 50, "" 70) } else { set xtics (10, 20, "" 30, 50, "" 70) }
    set format y (i % 4 == 1 ? "%g" : "")
    plot order using (of(column("length"))):(wilson_low(column("solved"), column("seeds"))):(wilson_high(column("solved"), column("seeds"))) with filledcurves fillcolor rgb tint[i] fillstyle transparent solid 0.2 noborder, \
         order using (of(column("length"))):(column("solved")) with linespoints linecolor rgb tint[i] linewidth 2.4 pointtype 7 pointsize 0.9 * size, \
         control using (of(column("length"))):(column("solved")) with points linecolor rgb THEORY linewidth 1.4 pointtype 4 pointsize 1.7 * size
}
unset multiplot
