# What r is made of: the rate of the weights alone and the loss at the derivative, and their sum beside what was measured.
load "style.gp"
data = csv."/critical.summary.csv"
scales = "0.5 1 1.5 2"
set title tr("De que é feito ln r: a parte dos pesos e a parte da derivada", "What ln r is made of: the part of the weights and the part of the derivative")
set ylabel tr("por passo, logaritmo natural", "per step, natural logarithm")
set xrange [-0.7:18.7]
set yrange [-2.9:1.35]
set ytics 0.5
set style fill solid border
unset grid
set grid ytics
unset xtics
set border 2
set arrow 1 from -0.7, 0 to 18.7, 0 nohead linecolor "#222222" linewidth 0.8
place(i, j) = 5 * (i - 1) + (j - 1)
do for [i = 1:4] {
    set label i label_of(word(activations, i)) at place(i, 2.5), 1.22 center textcolor linestyle i
    do for [j = 1:4] {
        set label (10 * i + j) "σ = ".number(word(scales, j)) at place(i, j), -2.86 left rotate by 90 font ",10" textcolor rgb QUIET
    }
}
row(i, j) = strcol("activation") eq word(activations, i) && strcol("scale") eq word(scales, j)
bar = 0.36
set key at 19, -1 right samplen 2 spacing 1.2
plot for [i = 1:4] for [j = 1:4] data using (when(row(i, j), place(i, j) - bar / 2)):(column("part_weights")):(bar) with boxes linecolor rgb "#0072B2" fillstyle solid 0.85 title i + j == 2 ? tr("pesos", "weights") : "", \
     for [i = 1:4] for [j = 1:4] data using (when(row(i, j), place(i, j) + bar / 2)):(column("part_derivative")):(bar) with boxes linecolor rgb "#E69F00" fillstyle pattern 4 title i + j == 2 ? tr("derivada", "derivative") : "", \
     for [i = 1:4] for [j = 1:4] data using (when(row(i, j), place(i, j))):(column("part_weights") + column("part_derivative")) with points pointtype 6 pointsize 1.5 * size linewidth 1.4 linecolor rgb THEORY title i + j == 2 ? tr("soma das duas", "sum of both") : "", \
     for [i = 1:4] for [j = 1:4] data using (when(row(i, j), place(i, j))):(column("slope")):(column("slope_sd")) with yerrorbars pointtype 7 pointsize 0.7 * size linecolor rgb "#D55E00" title i + j == 2 ? tr("ln r medido", "ln r measured") : ""
