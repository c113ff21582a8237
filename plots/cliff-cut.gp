# Cuts through the surface along b: the error and the norm of its gradient, with the norm theory gives on the line.
height = 440
load "style.gp"
data = csv."/cliff-cut.csv"
array tint[4] = ["#0072B2", "#009E73", "#AA4499", "#D55E00"]
array dash[4] = [1, 2, 3, 4]
set dashtype 2 (12, 4)
set dashtype 3 (4, 3)
set dashtype 4 (12, 3, 3, 3)
row(i) = column("w") == i + 2
line(i) = 0.5 - (i + 2) / (1 + exp(-0.5)) # where the start is a fixed point
set multiplot
set xlabel tr("viés b", "bias b") offset 0, 0.3
set xrange [-4:-1]
set xtics 1
eval panel(0.08, 0.46, 0.17, 0.92)
set title tr("o erro E", "the error E") offset 0, -0.5
set yrange [0:0.5]
set ytics 0.1
array place[4] = [-1.28, -2.15, -2.65, -3.28]
do for [i = 1:4] { set label i sprintf(i % 3 == 1 ? "w = %d" : "%d", i + 2) at place[i], 0.3 - 0.05 * i right textcolor rgb tint[i] }
plot for [i = 1:4] data using (column("b")):(when(row(i), column("error"))) with lines linewidth 2.5 linecolor rgb tint[i] dashtype dash[i]

eval panel(0.6, 0.97, 0.17, 0.92)
set title tr("a norma do seu gradiente", "the norm of its gradient") offset 0, -0.5
set yrange [-4:7.8]
set ytics 2
set format y power
unset label
set label 1 tr("○ exato sobre o muro,\nb = ½ − w s(½)", "○ exact on the wall,\nb = ½ − w s(½)") at -1.05, 5.2 right
plot for [i = 1:4] data using (column("b")):(when(row(i), column("log10_norm"))) with lines linewidth 1.8 linecolor rgb tint[i] dashtype dash[i], \
     for [i = 1:4] data using (when(row(i) && column("b") == -4, line(i))):(column("log10_theory")):(sprintf("w = %d", i + 2)) with labels left offset (i == 1 ? -2 : 0.8), (i < 3 ? 1 : 0) textcolor rgb tint[i] point pointtype 6 pointsize 2 * size linewidth 1.6 linecolor rgb THEORY
unset multiplot
