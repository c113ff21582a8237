# What normalisation does give: the factor per step against the initial scale, tanh with input, gamma 1.
height = 520
load "style.gp"
data = csv."/batchnorm-scale.summary.csv"
norms = "none input full separate"
array tint[4] = [QUIET, "#009E73", "#D55E00", "#0072B2"]
array mark[4] = [7, 9, 5, 13]
what(i) = word(tr("nada entrada tudo separada", "nothing input all separate"), i)
set title tr("r, tanh com entrada, γ = 1, conforme o que se normaliza", "r, tanh with input, γ = 1, by what is normalised") offset 0, -0.5
set xlabel tr("escala inicial σ (desvio-padrão de W vezes √H)", "initial scale σ (standard deviation of W times √H)") offset 0, 0.3
set logscale x 2
set logscale y
set xrange [0.22:7.6]
set yrange [0.14:2]
set xtics (number("0.25") 0.25, number("0.5") 0.5, "1" 1, "2" 2, "4" 4)
set ytics (number("0.2") 0.2, number("0.5") 0.5, "1" 1, "2" 2)
eval panel(0.09, 0.97, 0.215, 0.935)
eval fates(1)
set label 1 explodes at 0.235, 1.8 left textcolor rgb QUIET
set label 2 vanishes at 7.2, 0.155 right textcolor rgb QUIET
eval foot(thin."; ".spread(tr("barra", "bar")))
row(n) = strcol("norm") eq word(norms, n)
plot for [n = 1:4] data using (column("scale")):(when(row(n), column("theory_r"))) with lines linestyle 9, \
     for [n = 1:4] data using (column("scale")):(when(row(n), exp(column("slope")))):(exp(column("slope") - column("slope_sd"))):(exp(column("slope") + column("slope_sd"))) with yerrorbars pointtype mark[n] pointsize 1.5 * size linewidth 1.6 linecolor rgb tint[n], \
     for [n = 1:4] data using (column("scale") * 1.08):(when(row(n) && column("scale") == 4, exp(column("slope")))):(what(n)) with labels left offset 0, (n == 1 ? 0.5 : n == 2 ? -0.5 : 0) textcolor rgb tint[n]
