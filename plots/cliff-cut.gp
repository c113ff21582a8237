# Cuts through the surface along b: the error and the norm of its gradient, with the norm theory gives on the line.
width = 980
load "style.gp"
data = csv."/cliff-cut.csv"
array tint[4] = ["#0072B2", "#009E73", "#E69F00", "#D55E00"]
array dash[4] = [1, 2, 3, 4]
set dashtype 2 (12, 4)
set dashtype 3 (4, 3)
set dashtype 4 (12, 3, 3, 3)
set multiplot layout 1, 2
set xlabel tr("viés b", "bias b")
set xrange [-4:-1]
set rmargin 3
set bmargin 4.5
row(i) = column("w") == i + 2
s = 1 / (1 + exp(-0.5))
line(i) = 0.5 - (i + 2) * s

set title tr("o erro", "the error")
set ylabel "E" offset 1
set yrange [0:0.5]
array place[4] = [-1.6, -2.1, -2.66, -3.28]
do for [i = 1:4] {
    if (i == 1) { set label i "w = 3" at place[i], 0.17 left textcolor rgb tint[i] } else { set label i sprintf("w = %d", i + 2) at place[i], 0.17 right textcolor rgb tint[i] }
}
plot for [i = 1:4] data using (column("b")):(when(row(i), column("error"))) with lines linewidth 2 linecolor rgb tint[i] dashtype dash[i]

set title tr("a norma do seu gradiente", "the norm of its gradient")
set ylabel "‖(∂E/∂w, ∂E/∂b)‖" offset 1
set yrange [-4:7.5]
unset label
set format y "10^{%g}"
set label 9 tr("círculos: valor exato sobre b = ½ − w σ(½)", "circles: exact value on b = ½ − w σ(½)") at screen 0.985, 0.025 right font ",10" textcolor rgb QUIET
plot for [i = 1:4] data using (column("b")):(when(row(i), column("log10_norm"))) with lines linewidth 1.6 linecolor rgb tint[i] dashtype dash[i], \
     for [i = 1:4] data using (when(row(i) && column("b") == -4, line(i))):(column("log10_theory")) with points pointtype 6 pointsize 1.6 * size linewidth 1.4 linecolor rgb THEORY, \
     for [i = 1:4] data using (when(row(i) && column("b") == -4, line(i))):(column("log10_theory")):(sprintf("w = %d", i + 2)) with labels left offset 1, (i < 3 ? 0.8 : 0) textcolor rgb tint[i]
unset multiplot
