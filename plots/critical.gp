# The factor per step against the initial scale: measured over seeds, mean field, and where it crosses 1.
height = 520
load "style.gp"
data = csv."/critical.summary.csv"
set title tr("r, o fator por passo de ", "r, the factor per step of ").dh offset 0, -0.5
set xlabel tr("escala inicial σ (desvio-padrão de W vezes √H)", "initial scale σ (standard deviation of W times √H)") offset 0, 0.3
set xrange [0.2:2.95]
set yrange [0.05:3.2]
set logscale y
set ytics (number("0.05") 0.05, number("0.1") 0.1, number("0.2") 0.2, number("0.5") 0.5, "1" 1, "2" 2)
set lmargin 6
set rmargin 2
set bmargin 5
set tmargin 2.2
eval fates(1)
set label 1 explodes at 0.25, 2.6 left textcolor rgb QUIET
set label 2 vanishes at 2.9, 0.062 right textcolor rgb QUIET
eval foot(thin."; ".spread(tr("barra", "bar")))
row(i) = strcol("activation") eq word(activations, i)
crossing(i) = row(i + 0) && column("scale") == 2.5 && column("theory_critical") < 2.75
plot for [i = 1:4] data using (column("scale")):(when(row(i), column("theory_r"))) with lines linestyle 9, \
     for [i = 1:4] data using (column("scale")):(when(row(i), exp(column("slope")))):(exp(column("slope") - column("slope_sd"))):(exp(column("slope") + column("slope_sd"))) with yerrorbars linestyle i dashtype 1 linewidth 2, \
     for [i = 1:4] data using (when(crossing(i), column("theory_critical"))):(1) with points pointtype 6 pointsize 2 * size linewidth 1.6 linecolor rgb THEORY, \
     for [i in "3 4"] data using (when(crossing(i), column("theory_critical"))):(1):(number(sprintf("%.2f", column("theory_critical")))) with labels offset 0, (i == 3 ? -1 : 1), \
     for [i = 1:4] data using (when(row(i) && column("scale") == 2.5, 2.55)):(exp(column("slope"))):(label_of(word(activations, i))) with labels left offset 0, (i == 1 ? -0.6 : 0) textcolor linestyle 10 + i
