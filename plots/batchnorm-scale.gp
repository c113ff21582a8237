# What normalisation does give: the factor per step against the initial scale, tanh with input, gamma 1.
load "style.gp"
data = csv."/batchnorm-scale.summary.csv"
norms = "none input full separate"
array tint[4] = ["#777777", "#009E73", "#D55E00", "#0072B2"]
array point[4] = [7, 9, 5, 13]
what(i) = word(tr("nada entrada tudo separada", "nothing input all separate"), i)
set title tr("tanh com entrada, γ = 1: quem ainda sente a escala inicial", "tanh with input, γ = 1: who still feels the initial scale")
set xlabel tr("escala inicial σ (desvio padrão de W vezes √H)", "initial scale σ (standard deviation of W times √H)")
set ylabel "r"
set logscale x 2
set logscale y
set xrange [0.22:5.9]
set yrange [0.14:2]
set xtics (tr("0,25", "0.25") 0.25, tr("0,5", "0.5") 0.5, "1" 1, "2" 2, "4" 4)
set ytics (tr("0,2", "0.2") 0.2, tr("0,5", "0.5") 0.5, "1" 1, "2" 2)
set bmargin 4.5
set arrow 1 from 0.22, 1 to 5.9, 1 nohead linecolor "#222222" linewidth 0.8 dashtype (6, 3)
set label 9 note at screen 0.985, 0.025 right font ",10" textcolor rgb QUIET
row(n) = strcol("norm") eq word(norms, n)
plot for [n = 1:4] data using (column("scale")):(when(row(n), column("theory_r"))) with lines linestyle 9, \
     for [n = 1:4] data using (column("scale")):(when(row(n), exp(column("slope")))):(exp(column("slope") - column("slope_sd"))):(exp(column("slope") + column("slope_sd"))) with yerrorbars pointtype point[n] pointsize 1.1 * size linewidth 1.4 linecolor rgb tint[n], \
     for [n = 1:4] data using (column("scale") * 1.06):(when(row(n) && column("scale") == 4, exp(column("slope")))):(what(n)) with labels left offset 0, (n == 1 ? 0.5 : n == 2 ? -0.5 : 0) textcolor rgb tint[n]
